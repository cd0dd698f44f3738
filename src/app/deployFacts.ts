import type { BranchName } from "../domain/branch.ts";
import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import type { DeployFacts } from "../domain/deployment.ts";
import {
  chooseMachine,
  judgeLock,
  lockRef,
  type Hold,
  type LockState,
  type MachineLock,
} from "../domain/lock.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import type { DeployOrderedBranch, DeployServices } from "./deployBranch.ts";
import type { DeployFailure } from "./deployOutcome.ts";

/** All that a devdeploy knows before it decides anything. */
export interface Gathered {
  readonly facts: DeployFacts;
  /** What the person holds in the pool already. */
  readonly own: { readonly machine: Machine; readonly hold: Hold } | undefined;
  /** The machine that will most likely be taken; undefined where the pool is full. */
  readonly expected: Machine | undefined;
}

/** Reads git, the person and the locks; whatever does not depend on each other is asked at once. */
export async function gatherFacts(
  services: DeployServices,
  { pool, config, repository }: DeployOrderedBranch,
  signal: AbortSignal,
): Promise<Result<Gathered, DeployFailure>> {
  const head = await repository.head(signal);
  if (!head.ok) return fail({ stage: "git", error: head.error });
  const branch = head.value.kind === "branch" ? head.value.branch : undefined;
  const { commit } = head.value;
  const [remote, uncommitted, distance, git, user, locks] = await Promise.all([
    branch === undefined ? ok(undefined) : repository.remoteCommit(branch, signal),
    repository.uncommittedFiles(signal),
    repository.aheadBehind(commit, config.defaultBranch, signal),
    repository.person(signal),
    services.identity.whoAmI(config.locks.context, signal),
    readLocks(services, pool, signal),
  ]);
  if (!remote.ok) return fail({ stage: "git", error: remote.error });
  if (!uncommitted.ok) return fail({ stage: "git", error: uncommitted.error });
  if (!git.ok) return fail({ stage: "git", error: git.error });
  if (!user.ok) return fail({ stage: "identity", error: user.error });
  if (!locks.ok) return fail({ stage: "locks", error: locks.error });

  const person: Person = { user: user.value, ...git.value };
  const own = ownHold(pool, locks.value, person);
  const isAncestor =
    remote.value === undefined || remote.value === commit
      ? undefined
      : await repository.isAncestor(remote.value, commit, signal);
  const facts: DeployFacts = {
    branch,
    commit,
    remoteCommit: remote.value,
    remoteIsAncestor: isAncestor,
    uncommittedFiles: uncommitted.value,
    behindDefault: distance?.behind,
    defaultBranch: config.defaultBranch,
    person,
    ...ownBranch(own),
  };
  return ok({ facts, own, expected: expectedMachine(pool, locks.value, person) });
}

/**
 * The locks of a pool, each from a quorum read and judged by the clock of that very answer; without a clock
 * nothing has ended. Only for what is shown beforehand: the claim reads and judges anew.
 */
async function readLocks(
  { locks }: DeployServices,
  pool: Pool,
  signal: AbortSignal,
): Promise<Result<readonly MachineLock[], ClusterError>> {
  const read = await Promise.all(
    pool.machines.map(async (machine) => ({
      machine,
      answer: await locks.read(lockRef(machine.name, machine.locks), signal),
    })),
  );
  const states = read.map(({ machine, answer }) => ({
    machine: machine.name,
    state: answer.ok
      ? judgeLock(answer.value.value.record, answer.value.serverTime ?? 0)
      : unreadLock(answer.error),
  }));
  // One lock that cannot be read is not taken; when none can, there is nothing to go on.
  const errors = read.flatMap(({ answer }) =>
    answer.ok || answer.error.reason === "not-found" ? [] : [answer.error],
  );
  const [first] = errors;
  return first !== undefined && errors.length === read.length ? fail(first) : ok(states);
}

const unreadLock = (error: ClusterError): LockState =>
  error.reason === "not-found" ? { kind: "missing" } : { kind: "unknown", error };

function ownHold(pool: Pool, locks: readonly MachineLock[], person: Person): Gathered["own"] {
  for (const { machine: name, state } of locks) {
    if (state.kind !== "held" || !isSamePerson(state.hold.by, person)) continue;
    const machine = pool.machines.find((candidate) => candidate.name === name);
    if (machine !== undefined) return { machine, hold: state.hold };
  }
  return undefined;
}

function ownBranch(own: Gathered["own"]): { own: { machine: string; branch: BranchName } } | object {
  return own?.hold.branch === undefined
    ? {}
    : { own: { machine: own.machine.name, branch: own.hold.branch } };
}

function expectedMachine(pool: Pool, locks: readonly MachineLock[], person: Person): Machine | undefined {
  const choice = chooseMachine(locks, person);
  return choice.kind === "full" ? undefined : pool.machines.find(({ name }) => name === choice.machine);
}
