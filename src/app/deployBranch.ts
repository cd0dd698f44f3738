import type { BranchName } from "../domain/branch.ts";
import { commandLine } from "../domain/plainText.ts";
import type { ObjectRef } from "../domain/cluster.ts";
import type { Machine, Pool, TeamConfig } from "../domain/config.ts";
import { planDeploy, type DeployPlan, type Refusal } from "../domain/deployment.ts";
import { operationRef } from "../domain/operation.ts";
import type { Person } from "../domain/person.ts";
import type { Result } from "../domain/result.ts";
import { busyRelease } from "./busyRelease.ts";
import { gatherFacts, type Gathered } from "./deployFacts.ts";
import { deployOrder, targetOf, unfitMachine } from "./deployTarget.ts";
import type { DeployFailure, DeployOutcome, DeployPhase, LockTruth } from "./deployOutcome.ts";
import type {
  ClusterIdentity,
  Confirm,
  Deployer,
  DeployerTool,
  LockStore,
  Log,
  ReleaseStore,
  Repository,
  WaitingStore,
  WorkloadReader,
} from "./ports.ts";
import type { EvidenceReader } from "./diagnosePorts.ts";
import type { OperationRefused } from "./operationLease.ts";
import { getMachine, type GetMachineServices, type GotMachine } from "./getMachine.ts";
import { proveOutcome } from "./proveRollout.ts";
import type { RunningOperation } from "./renewedOperation.ts";
import type { HoldStore } from "./rollbackPorts.ts";
import { runRelease } from "./runRelease.ts";

/** `holdOperation` with its services already given to it. */
export type HoldOperation = (
  ref: ObjectRef,
  who: { readonly by: Person; readonly what: string },
  signal: AbortSignal,
) => Promise<Result<RunningOperation, OperationRefused>>;

/** What a devdeploy needs of the world. */
export interface DeployServices extends GetMachineServices {
  readonly log: Log;
  readonly confirm: Confirm;
  readonly identity: ClusterIdentity;
  readonly locks: LockStore;
  readonly waiting: WaitingStore;
  readonly holds: HoldStore;
  readonly holdOperation: HoldOperation;
  readonly releases: ReleaseStore;
  readonly workloads: WorkloadReader;
  readonly evidence: EvidenceReader;
  readonly deployer: Deployer;
  /** How long all pods must stay ready without a restart (setting `devdeploy.proof.steadySeconds`). */
  readonly steadySeconds: number;
}

/** What is to be devdeployed where. */
export interface DeployOrderedBranch {
  readonly pool: Pool;
  readonly config: TeamConfig;
  readonly repository: Repository;
  /** A branch that was chosen: it is deployed as the remote has it. Without one, what HEAD is at. */
  readonly branch?: BranchName;
  /** A machine of the pool that the person insists on. */
  readonly machine?: Machine;
}

/**
 * Devdeploys a branch: facts, plan, claim, helm, proof. Every ending is a `DeployOutcome`;
 * aborting stops at the next safe moment and waits for what helm then says.
 */
export async function deployBranch(
  services: DeployServices,
  order: DeployOrderedBranch,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  onPhase({ kind: "checking" });
  const gathered = await gatherFacts(services, order, signal);
  if (!gathered.ok) return failedBefore(signal, gathered.error, { lock: { kind: "none" } });
  const ready = await prepare(services, order, gathered.value, signal);
  if ("outcome" in ready) return ready.outcome;

  const { pool } = order;
  const { facts, expected } = gathered.value;
  onPhase({
    kind: "claiming",
    pool: pool.name,
    ...(expected === undefined ? {} : { machine: expected.name }),
  });
  const { branch, commit } = ready.plan;
  const only = order.machine === undefined ? {} : { machine: order.machine };
  const wanted = { pool, person: facts.person, branch, commit, ...only };
  const gotten = await getMachine(services, wanted, onPhase, signal);
  if (gotten.kind !== "got") return withoutMachine(order, gathered.value, gotten, signal);
  const { machine, hold, got } = gotten;
  const how = got === undefined ? {} : { got };
  const lock: LockTruth = { kind: "held", machine: machine.name, until: hold.until, ...how };
  const { tool, plan } = ready;
  return deployTo(services, { ...order, machine, lock, tool, plan, person: facts.person }, onPhase, signal);
}

/** Why there is no machine for the person, and what they hold all the same. */
function withoutMachine(
  { pool, machine }: DeployOrderedBranch,
  gathered: Gathered,
  gotten: Exclude<GotMachine, { readonly kind: "got" }>,
  signal: AbortSignal,
): DeployOutcome {
  const lock = ownLock(gathered);
  switch (gotten.kind) {
    case "full":
      return signal.aborted
        ? { kind: "cancelled", truth: { kind: "nothing-done" }, lock }
        : { kind: "pool-full", pool: pool.name, locks: gotten.full.machines, answer: gotten.answer, lock };
    case "taken":
      return { kind: "machine-taken", machine: machine?.name ?? "", state: gotten.state, lock };
    case "failed": {
      const expected = gathered.expected === undefined ? {} : { machine: gathered.expected.name };
      const truth: LockTruth = gotten.mayBeHeld ? { kind: "unknown", ...expected } : lock;
      return failedBefore(signal, { stage: "locks", error: gotten.error }, { lock: truth });
    }
  }
}

interface Ready {
  readonly plan: DeployPlan;
  readonly tool: DeployerTool;
}

/** Everything that can say no before anything is written anywhere. */
async function prepare(
  services: DeployServices,
  order: DeployOrderedBranch,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<Ready | { readonly outcome: DeployOutcome }> {
  const lock = ownLock(gathered);
  const refused = (refusal: Refusal): { outcome: DeployOutcome } => ({
    outcome: { kind: "refused", refusal, lock },
  });
  const planned = planDeploy(gathered.facts);
  if (planned.kind === "refused") return refused(planned.refusal);
  const { plan } = planned;
  if (order.machine !== undefined && gathered.blocked !== undefined) {
    const { name } = order.machine;
    return { outcome: { kind: "machine-taken", machine: name, state: gathered.blocked, lock } };
  }
  const unfit = unfitMachine(order.pool, plan, gathered.facts.person);
  if (unfit !== undefined) return refused(unfit);

  const tool = await services.deployer.tool(signal);
  if (!tool.ok) return { outcome: failedBefore(signal, { stage: "tool", error: tool.error }, { lock }) };
  if (tool.value.warning !== undefined) {
    services.log.warn(`${tool.value.name} ${tool.value.version}: ${tool.value.warning}`);
  }
  const { expected } = gathered;
  if (expected !== undefined) {
    // A courtesy, so that nobody locks a machine that somebody is still at work on; what counts is read later.
    const target = targetOf(expected, plan, gathered.facts.person);
    const latest = await services.releases.latest(target.release, signal);
    if (!latest.ok) {
      const failure: DeployFailure = { stage: "release", error: latest.error };
      return { outcome: failedBefore(signal, failure, { machine: expected.name, lock }) };
    }
    const now = services.clock.now();
    const busy = await busyRelease(services.releases, target, latest.value, { now, signal });
    if (busy !== undefined) return { outcome: { kind: "busy", machine: expected.name, busy, lock } };
  }
  if (plan.warnings.length > 0) {
    const machine = expected === undefined ? {} : { machine: expected.name };
    const isConfirmed = await services.confirm.devdeploy({ plan, pool: order.pool.name, ...machine }, signal);
    if (!isConfirmed) return { outcome: { kind: "cancelled", truth: { kind: "nothing-done" }, lock } };
  }
  if (signal.aborted) return { outcome: { kind: "cancelled", truth: { kind: "nothing-done" }, lock } };
  return { plan, tool: tool.value };
}

interface Claimed extends DeployOrderedBranch {
  readonly machine: Machine;
  readonly lock: LockTruth;
  readonly tool: DeployerTool;
  readonly plan: DeployPlan;
  readonly person: Person;
}

/** From the claim on: the machine is the person's, whatever happens here. */
async function deployTo(
  services: DeployServices,
  claimed: Claimed,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const { machine, lock, plan, person } = claimed;
  const at = { machine: machine.name, lock };
  const target = targetOf(machine, plan, person);
  const operation = await services.holdOperation(
    operationRef(machine.name, machine.target, machine.locks),
    { by: person, what: `devdeploy ${plan.branch}` },
    signal,
  );
  if (!operation.ok) {
    const { error } = operation;
    return error.reason === "busy"
      ? {
          kind: "busy",
          busy: { kind: "operation", by: error.by, what: error.what, isMine: error.isMine },
          ...at,
        }
      : failedAfter(signal, { stage: "operation", error }, at);
  }
  try {
    const latest = await services.releases.latest(target.release, signal);
    if (!latest.ok) return failedAfter(signal, { stage: "release", error: latest.error }, at);
    const now = services.clock.now();
    const busy = await busyRelease(services.releases, target, latest.value, { now, signal });
    if (busy !== undefined) return { kind: "busy", busy, ...at };
    const moved = await movedMeanwhile(claimed, signal);
    if (moved !== undefined) return moved;
    if (signal.aborted) return { kind: "cancelled", truth: { kind: "claimed-only" }, ...at };

    const order = deployOrder(target, { ...claimed, operation: operation.value.held }, latest.value);
    services.log.info(commandLine(services.deployer.command(claimed.tool, order)));
    const run = { order, tool: claimed.tool, operation: operation.value };
    const ran = await runRelease(services, run, onPhase, signal);
    const outcome: DeployOutcome =
      ran.kind === "done"
        ? await proveOutcome(services, { order, lock }, onPhase, signal)
        : { ...ran, ...at };
    await services.deployer.told(order);
    return outcome;
  } finally {
    await operation.value.release();
  }
}

/** The commit shown is the commit deployed, so the remote is asked again at the last moment. */
async function movedMeanwhile(claimed: Claimed, signal: AbortSignal): Promise<DeployOutcome | undefined> {
  const { branch, commit } = claimed.plan;
  const at = { machine: claimed.machine.name, lock: claimed.lock };
  const remote = await claimed.repository.remoteCommit(branch, signal);
  if (!remote.ok) return failedAfter(signal, { stage: "git", error: remote.error }, at);
  if (remote.value === commit) return undefined;
  const reason = claimed.branch === undefined ? "moved-meanwhile" : "chosen-moved";
  const refusal: Refusal = { reason, branch, commit, remoteCommit: remote.value };
  return { kind: "refused", refusal, lock: claimed.lock };
}

const ownLock = ({ own }: Gathered): LockTruth =>
  own === undefined ? { kind: "none" } : { kind: "held", machine: own.machine.name, until: own.hold.until };

/** A failure in the midst of a cancellation is the cancellation's doing, and is told as such. */
function failedBefore(
  signal: AbortSignal,
  failure: DeployFailure,
  at: { readonly machine?: string; readonly lock: LockTruth },
): DeployOutcome {
  if (!signal.aborted) return { kind: "failed", failure, ...at };
  return { kind: "cancelled", truth: { kind: "nothing-done" }, lock: at.lock };
}

/** The same once the machine is claimed. */
function failedAfter(
  signal: AbortSignal,
  failure: DeployFailure,
  at: { readonly machine: string; readonly lock: LockTruth },
): DeployOutcome {
  if (!signal.aborted) return { kind: "failed", failure, ...at };
  return { kind: "cancelled", truth: { kind: "claimed-only" }, ...at };
}
