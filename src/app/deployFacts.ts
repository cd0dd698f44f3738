import type { BranchName } from "../domain/branch.ts";
import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import type { DeployFacts } from "../domain/deployment.ts";
import { chooseMachine, type Hold, type LockState, type MachineLock } from "../domain/lock.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import type { DeployOrderedBranch, DeployServices } from "./deployBranch.ts";
import { isInDefaultBranch, subjectOf } from "./deploySubject.ts";
import { readPool } from "./readPool.ts";
import { rolledBackCommits } from "./rolledBackCommits.ts";
import type { DeployFailure } from "./deployOutcome.ts";

/** All that a devdeploy knows before it decides anything. */
export interface Gathered {
  readonly facts: DeployFacts;
  /** What the person holds in the pool already; the machine that they chose before another one. */
  readonly own: { readonly machine: Machine; readonly hold: Hold } | undefined;
  /** The machine that will most likely be taken; undefined where there is none to be had. */
  readonly expected: Machine | undefined;
  /** Why none is, where a lock says so; what is not known yet may turn out well. */
  readonly blocked?: LockState;
}

const isTaken = ({ state }: MachineLock): boolean =>
  state.kind === "held" || state.kind === "kept" || state.kind === "unreadable";

/** Reads git, the person and the locks; whatever does not depend on each other is asked at once. */
export async function gatherFacts(
  services: DeployServices,
  order: DeployOrderedBranch,
  signal: AbortSignal,
): Promise<Result<Gathered, DeployFailure>> {
  const { pool, config, repository } = order;
  const subject = await subjectOf(order, signal);
  if (!subject.ok) return fail({ stage: "git", error: subject.error });
  const { branch, commit } = subject.value;
  const [uncommitted, distance, git, user, locks] = await Promise.all([
    subject.value.isCheckedOut ? repository.uncommittedFiles(signal) : ok(0),
    repository.aheadBehind(commit, config.defaultBranch, signal),
    repository.person(signal),
    services.identity.whoAmI(config.locks.context, signal),
    readLocks(services, pool, signal),
  ]);
  if (!uncommitted.ok) return fail({ stage: "git", error: uncommitted.error });
  if (!git.ok) return fail({ stage: "git", error: git.error });
  if (!user.ok) return fail({ stage: "identity", error: user.error });
  if (!locks.ok) return fail({ stage: "locks", error: locks.error });

  const person: Person = { user: user.value, ...git.value };
  const held = heldMachines(pool, locks.value, person);
  const own = ownHold(order, held);
  const eligible = locks.value.filter(({ machine }) => machine === (order.machine?.name ?? machine));
  const choice = chooseMachine(eligible, person);
  const expected =
    choice.kind === "full" ? undefined : pool.machines.find(({ name }) => name === choice.machine);
  const facts: DeployFacts = {
    branch,
    commit,
    remoteCommit: subject.value.remoteCommit,
    remoteIsAncestor: subject.value.remoteIsAncestor,
    leftOutCommits: subject.value.leftOutCommits,
    uncommittedFiles: uncommitted.value,
    behindDefault: distance?.behind,
    defaultBranch: config.defaultBranch,
    person,
    ...(await replaced(order, { own, branch }, signal)),
    ...particular(order, held),
    rolledBack: await rolledBackCommits(services, { config, repository, commit, machine: expected }, signal),
  };
  const blocked = choice.kind === "full" ? choice.locks.find(isTaken)?.state : undefined;
  return ok({
    facts,
    own,
    expected,
    ...(blocked === undefined ? {} : { blocked }),
  });
}

/**
 * The locks of a pool by a quorum read, for what is shown beforehand: the claim reads and judges anew. One that
 * cannot be read is not taken; when none can, there is nothing to go on.
 */
async function readLocks(
  services: DeployServices,
  pool: Pool,
  signal: AbortSignal,
): Promise<Result<readonly MachineLock[], ClusterError>> {
  const { machines, locks } = await readPool(services, pool, signal);
  const errors = machines.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const [first] = errors;
  return first !== undefined && errors.length === machines.length ? fail(first) : ok(locks);
}

interface HeldMachine {
  readonly machine: Machine;
  readonly hold: Hold;
}

const heldMachines = (
  { machines }: Pool,
  locks: readonly MachineLock[],
  person: Person,
): readonly HeldMachine[] =>
  machines.flatMap((machine) => {
    const state = locks.find((lock) => lock.machine === machine.name)?.state;
    return state?.kind === "held" && isSamePerson(state.hold.by, person)
      ? [{ machine, hold: state.hold }]
      : [];
  });

const ownHold = (order: DeployOrderedBranch, held: readonly HeldMachine[]): Gathered["own"] =>
  held.find(({ machine }) => machine.name === order.machine?.name) ?? held[0];

/** The branch on the machine that will be deployed to, where that is the person's own and another branch. */
async function replaced(
  order: DeployOrderedBranch,
  { own, branch }: { readonly own: Gathered["own"]; readonly branch: BranchName | undefined },
  signal: AbortSignal,
): Promise<Pick<DeployFacts, "own">> {
  if (own?.hold.branch === undefined) return {};
  if (order.machine !== undefined && order.machine.name !== own.machine.name) return {};
  const isMerged =
    own.hold.branch === branch || own.hold.commit === undefined
      ? undefined
      : await isInDefaultBranch(order, own.hold.commit, signal);
  return { own: { machine: own.machine.name, branch: own.hold.branch, isMerged } };
}

/** Whoever chose a machine that they hold anyway does not insist on anything. */
function particular(
  { machine }: DeployOrderedBranch,
  held: readonly HeldMachine[],
): Pick<DeployFacts, "particular"> {
  if (machine === undefined || held.some((one) => one.machine.name === machine.name)) return {};
  const also = held[0]?.machine.name;
  return { particular: { machine: machine.name, ...(also === undefined ? {} : { also }) } };
}
