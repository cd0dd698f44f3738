import { now, type Verb } from "../history.ts";
import { seeded, type Random } from "../random.ts";
import { RecordingLocks, withoutCompareAndSwap } from "./recordingLocks.ts";
import type { Surroundings } from "./surroundings.ts";
import { perform, type Answer } from "./verbs.ts";

/** How often each verb comes, of a hundred. */
const SHARES: readonly (readonly [Verb, number])[] = [
  ["claim", 38],
  ["read", 22],
  ["extend", 14],
  ["unlock", 12],
  ["unlock-other", 6],
  ["steal", 8],
];
/** Chance that a person cancels a command while it runs. */
const CANCELLED = 0.02;

/** One operation after another, chosen by the seed, until told to end. */
export async function runLockClient(surroundings: Surroundings, ending: AbortSignal): Promise<void> {
  const { plan, job, recorder, cluster } = surroundings;
  const random = seeded(plan.seed);
  const store = job.isBroken ? withoutCompareAndSwap(cluster.locks) : cluster.locks;
  const locks = new RecordingLocks(store, recorder, plan.name);
  for (let count = 1; !ending.aborted; count += 1) {
    const verb = chooseVerb(random);
    const machine = plan.machines[Math.floor(random.next() * plan.machines.length)] ?? "";
    const operation = `${plan.name}#${count}`;
    const cancel = new AbortController();
    const cancelled = random.chance(CANCELLED) ? random.between(0, 100) : undefined;
    const timer =
      cancelled === undefined
        ? undefined
        : surroundings.clock.after(cancelled, () => {
            cancel.abort();
          });
    locks.present = { operation, verb };
    recorder.write({ entry: "call", client: plan.name, at: now(), operation, verb });
    const answer = await perform(verb, machine, { surroundings, locks, random, signal: cancel.signal });
    returned(surroundings, operation, answer);
    timer?.dispose();
    await pause(surroundings, random);
  }
}

function returned({ recorder, plan }: Surroundings, operation: string, answer: Answer): void {
  recorder.write({ entry: "return", client: plan.name, at: now(), operation, ...answer });
}

/** In true time, so that fast and slow clocks press equally hard. */
function pause({ job, clock, plan }: Surroundings, random: Random): Promise<void> {
  return clock.sleep(random.between(0, job.pauseMs) * plan.rate, new AbortController().signal);
}

function chooseVerb(random: Random): Verb {
  let draw = random.next() * 100;
  for (const [verb, share] of SHARES) {
    draw -= share;
    if (draw < 0) return verb;
  }
  return "read";
}
