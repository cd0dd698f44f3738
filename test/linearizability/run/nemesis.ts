import { setTimeout as delay } from "node:timers/promises";
import { objectsAt, textAt } from "../../../src/adapters/kubernetes/json.ts";
import { isOperationName } from "../../../src/domain/operation.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { now, type Recorder } from "../history.ts";
import { seeded, seedOf, type Random } from "../random.ts";
import { adminOf, LEASES } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import type { WorkerProcess } from "./workerProcess.ts";

/** What a nemesis needs; `until` is the moment when all faults heal. */
export interface Battlefield {
  readonly target: Target;
  readonly crew: readonly WorkerProcess[];
  readonly recorder: Recorder;
  readonly seed: number;
  readonly until: number;
}

/** Signals that stop and continue a process are not known to Windows. */
const CAN_PAUSE = process.platform !== "win32";
const WEATHER_MS = [1_500, 4_000] as const;
const RESTART_EVERY_MS = [9_000, 15_000] as const;
const KILL_EVERY_MS = [5_000, 9_000] as const;
const PAUSE_OPERATIONS_EVERY_MS = [500, 2_000] as const;
const PAUSE_EVERY_MS = [4_000, 8_000] as const;
/** One to three lengths of a lock. */
const LOCKS_PAUSED_MS = [1_000, 8_000] as const;
/** One to three lengths of an operation Lease on the fast clock, so that another one takes it meanwhile. */
const OPERATIONS_PAUSED_MS = [17_000, 27_000] as const;

/** All that goes wrong, until it heals. Every process is running again afterwards. */
export async function plague(field: Battlefield): Promise<void> {
  const { target, recorder } = field;
  await Promise.all([
    repeat(field, "weather", WEATHER_MS, (random) => {
      target.requests?.change(random);
      return Promise.resolve();
    }),
    repeat(field, "restart", RESTART_EVERY_MS, (random) => restart(field, random.between(100, 2_000))),
    repeat(field, "kill", KILL_EVERY_MS, (random) => kill(field, random)),
    ...(CAN_PAUSE
      ? [
          repeat(field, "pause", PAUSE_EVERY_MS, (random) => pauseLocks(field, random)),
          repeat(field, "pause operations", PAUSE_OPERATIONS_EVERY_MS, (random) =>
            pauseOperations(field, random),
          ),
        ]
      : []),
  ]);
  target.requests?.heal();
  recorder.write({ entry: "healed", at: now() });
}

/** Hurts again and again until the time is over; the last one is finished. */
async function repeat(
  { seed, until }: Battlefield,
  name: string,
  [least, most]: readonly [number, number],
  hurt: (random: Random) => Promise<void>,
): Promise<void> {
  const random = seeded(seedOf(seed, name));
  for (;;) {
    const wait = random.between(least, most);
    if (now() + wait * 1000 > until) break;
    await delay(wait);
    await hurt(random);
  }
  await delay(Math.max(0, (until - now()) / 1000));
}

async function restart({ target, recorder }: Battlefield, downMs: number): Promise<void> {
  const at = now();
  await target.restart(downMs);
  recorder.write({ entry: "fault", at, fault: "API restart", until: now(), clients: [] });
}

async function kill({ crew, recorder }: Battlefield, random: Random): Promise<void> {
  const victim = choose(crew, /^(?!quiet)/u, random);
  if (victim === undefined) return;
  const at = now();
  const { clients } = victim;
  await victim.kill();
  recorder.write({ entry: "fault", at, fault: "client killed", until: now(), clients: [...clients] });
  await delay(random.between(100, 1_000));
  await victim.start();
  victim.begin();
}

async function pauseLocks(field: Battlefield, random: Random): Promise<void> {
  const victim = choose(field.crew, /^locks/u, random);
  if (victim !== undefined) await pause(field, victim, random.between(...LOCKS_PAUSED_MS));
}

/** Whoever is at work at the most machines; not those on the fast clock, who are to take what is left. */
async function pauseOperations(field: Battlefield, random: Random): Promise<void> {
  const busy = await peopleAtWork(field.target).catch(() => new Set<string>());
  const machinesOf = ({ plan }: WorkerProcess): number =>
    plan.clients.filter(({ person }) => busy.has(holderIdentity(person))).length;
  const [victim] = field.crew
    .filter(({ plan, isPaused }) => plan.name.startsWith("operations") && !isPaused)
    .filter((worker) => machinesOf(worker) > 0)
    .sort((a, b) => machinesOf(b) - machinesOf(a));
  if (victim !== undefined) await pause(field, victim, random.between(...OPERATIONS_PAUSED_MS));
}

async function peopleAtWork(target: Target): Promise<ReadonlySet<string>> {
  const admin = adminOf(target);
  try {
    const { body } = await admin.get(LEASES);
    const operations = objectsAt(body, "items").filter((lease) =>
      isOperationName(textAt(lease, "metadata", "name") ?? ""),
    );
    return new Set(operations.map((lease) => textAt(lease, "spec", "holderIdentity") ?? ""));
  } finally {
    admin.close();
  }
}

async function pause({ recorder, until }: Battlefield, victim: WorkerProcess, lasts: number): Promise<void> {
  if (now() + lasts * 1000 > until) return;
  const at = now();
  const { clients } = victim;
  victim.pause();
  await delay(lasts);
  victim.resume();
  recorder.write({ entry: "fault", at, fault: "client paused", until: now(), clients: [...clients] });
}

function choose(crew: readonly WorkerProcess[], names: RegExp, random: Random): WorkerProcess | undefined {
  const [first, ...others] = crew.filter(({ plan, isPaused }) => names.test(plan.name) && !isPaused);
  return first === undefined ? undefined : random.pick([first, ...others]);
}
