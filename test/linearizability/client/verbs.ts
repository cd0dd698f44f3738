import { claimMachine } from "../../../src/app/claimMachine.ts";
import { extendLock } from "../../../src/app/extendLock.ts";
import { takeOver } from "../../../src/app/takeOver.ts";
import { unlockMachine } from "../../../src/app/unlockMachine.ts";
import {
  lockDuration,
  lockRef,
  shownLock,
  type LockRecord,
  type ShownLock,
} from "../../../src/domain/lock.ts";
import { aBranch, aCommit } from "../../builders/deploy.ts";
import { NOBODYS, type EntryOf, type LockSeen, type Verb } from "../history.ts";
import type { Random } from "../random.ts";
import { CONTEXT } from "./job.ts";
import { lockSeenOf } from "./lockSeen.ts";
import type { RecordingLocks } from "./recordingLocks.ts";
import { poolOf, type Surroundings } from "./surroundings.ts";

/** What a verb of the application answered, as the history tells it. */
export interface Answer {
  readonly answer: string;
  readonly said: EntryOf<"return">["said"];
  readonly machine?: string;
  readonly lock?: LockSeen;
}

export interface VerbTools {
  readonly surroundings: Surroundings;
  readonly locks: RecordingLocks;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** How long a person looks at the most at a dialog that shows whose lock it is. */
const THINKS_MS = 300;

/** Does with a machine (or, claiming, with the pool) what a person's command does. */
export async function perform(verb: Verb, machine: string, tools: VerbTools): Promise<Answer> {
  switch (verb) {
    case "read":
      return read(machine, tools);
    case "claim":
      return claim(tools.surroundings.plan.machines, tools);
    case "extend":
      return extend(machine, tools);
    case "unlock":
      return unlock(machine, undefined, tools);
    case "unlock-other":
      return ofShown(machine, tools, (shown) => unlock(machine, shown, tools));
    case "steal":
      return ofShown(machine, tools, (shown) => steal(machine, shown, tools));
  }
}

const services = ({ surroundings, locks, random }: VerbTools) => ({
  locks,
  waiting: surroundings.cluster.waiting,
  log: surroundings.log,
  clock: surroundings.clock,
  random: () => random.next(),
  newNonce: () => crypto.randomUUID(),
});

const refOf = ({ surroundings: { job } }: VerbTools, machine: string) =>
  lockRef(machine, { context: CONTEXT, namespace: job.namespace });

const placeOf = (tools: VerbTools, machine: string) => ({
  ref: refOf(tools, machine),
  pool: tools.surroundings.job.pool,
});

const seen = (record: LockRecord): { readonly lock: LockSeen } => ({ lock: lockSeenOf(record) });

async function read(machine: string, tools: VerbTools): Promise<Answer> {
  const found = await tools.locks.read(refOf(tools, machine), tools.signal);
  return found.ok
    ? { answer: "read", said: "done", machine, ...seen(found.value.value.record) }
    : { answer: found.error.reason, said: "not-done" };
}

/** Of the whole pool, or of the one machine that the person chose. */
async function claim(machines: readonly string[], tools: VerbTools): Promise<Answer> {
  const { surroundings, signal } = tools;
  const outcome = await claimMachine(
    services(tools),
    {
      pool: poolOf(surroundings.job, machines),
      claim: { by: surroundings.plan.person, branch: aBranch(), commit: aCommit() },
    },
    signal,
  );
  switch (outcome.kind) {
    case "claimed": {
      const { machine, lock, how } = outcome;
      return { answer: `claimed ${how}`, said: "done", machine: machine.name, ...seen(lock.record) };
    }
    case "full":
      return { answer: "full", said: "unknown" };
    case "failed":
      return { answer: outcome.error.reason, said: outcome.mayBeHeld ? "unknown" : "not-done" };
  }
}

async function extend(machine: string, tools: VerbTools): Promise<Answer> {
  const { surroundings, random, signal } = tools;
  const lasts = lockDuration(surroundings.job.lockHours) * random.between(0.5, 2);
  const order = { ...placeOf(tools, machine), by: surroundings.plan.person, lasts };
  const outcome = await extendLock(services(tools), order, signal);
  switch (outcome.kind) {
    case "extended":
      return { answer: outcome.kind, said: "done", machine };
    case "not-longer":
    case "not-holder":
    case "ended":
      return { answer: outcome.kind, said: "unknown", machine };
    case "failed":
      return { answer: outcome.error.reason, said: outcome.mayBeDone ? "unknown" : "not-done", machine };
  }
}

/** Shows the person whose lock it is; they think for a while, and decide. */
async function ofShown(
  machine: string,
  tools: VerbTools,
  decided: (shown: ShownLock) => Promise<Answer>,
): Promise<Answer> {
  const { locks, random, signal, surroundings } = tools;
  const found = await locks.read(refOf(tools, machine), signal);
  if (!found.ok) return { answer: found.error.reason, said: "not-done", machine };
  const shown = shownLock(found.value.value);
  if (shown === undefined) return { answer: NOBODYS, said: "not-done", machine };
  await surroundings.clock.sleep(random.between(0, THINKS_MS) * surroundings.plan.rate, signal);
  return decided(shown);
}

async function unlock(machine: string, shown: ShownLock | undefined, tools: VerbTools): Promise<Answer> {
  const order = {
    ...placeOf(tools, machine),
    by: tools.surroundings.plan.person,
    ...(shown === undefined ? {} : { shown, reason: "needed for a fix" }),
  };
  const outcome = await unlockMachine(services(tools), order, tools.signal);
  switch (outcome.kind) {
    case "unlocked":
      return { answer: outcome.kind, said: "done", machine };
    case "already-free":
    case "not-holder":
    case "changed":
      return { answer: outcome.kind, said: "unknown", machine };
    case "failed":
      return { answer: outcome.error.reason, said: outcome.mayBeFree ? "unknown" : "not-done", machine };
  }
}

async function steal(machine: string, shown: ShownLock, tools: VerbTools): Promise<Answer> {
  const { surroundings, signal } = tools;
  const pool = poolOf(surroundings.job, surroundings.plan.machines);
  const chosen = pool.machines.find(({ name }) => name === machine);
  if (chosen === undefined) throw new Error(`There is no machine ${machine}.`);
  const claim = { by: surroundings.plan.person, branch: aBranch(), commit: aCommit() };
  const order = { pool, machine: chosen, claim, shown, reason: "needed for a fix" };
  const outcome = await takeOver(services(tools), order, signal);
  switch (outcome.kind) {
    case "claimed":
      return { answer: outcome.how, said: "done", machine, ...seen(outcome.lock.record) };
    case "changed":
      return { answer: outcome.kind, said: "unknown", machine };
    case "failed":
      return { answer: outcome.error.reason, said: outcome.mayBeHeld ? "unknown" : "not-done", machine };
  }
}
