import type { DeployServices } from "../../app/deployBranch.ts";
import type { BranchFates } from "../../app/branchFates.ts";
import type { Disposable, Listen } from "../../app/emitter.ts";
import type { LivePods, PodsSubject } from "../../app/livePods.ts";
import type { LockBoard } from "../../app/lockBoard.ts";
import type { Monitored, MonitorListener } from "../../app/monitors.ts";
import type { Repository, RepositoryError } from "../../app/ports.ts";
import type { EnvironmentView, MachineReleaseView } from "../../app/releaseSummary.ts";
import type { AskOrder, AskOutcome, KeepOrder, KeepOutcome } from "../../app/askHolder.ts";
import type { ExtendOrder, ExtendOutcome } from "../../app/extendLock.ts";
import type { UnlockOrder, UnlockOutcome } from "../../app/unlockMachine.ts";
import type {
  AcknowledgeOrder,
  AcknowledgeOutcome,
  JoinOrder,
  JoinOutcome,
  LeaveOutcome,
  WaitingOrder,
} from "../../app/waitingList.ts";
import type { DocumentReader } from "../../app/rolloutPorts.ts";
import type { LockPlace } from "../../app/changeLock.ts";
import type { Machine, TeamConfig } from "../../domain/config.ts";
import type { Result } from "../../domain/result.ts";
import type { RollbackConnection } from "./rollbackConnection.ts";
import type { RolloutConnection } from "./rolloutConnection.ts";

/** What is released where, live. */
export interface ReleaseBoard extends Disposable {
  /** In the order of devdeploy.json. */
  readonly environments: readonly EnvironmentView[];
  readonly machines: readonly MachineReleaseView[];
  readonly onChange: Listen<void>;
  follow(config: TeamConfig | undefined): void;
  relist(): void;
}

/** An order about a machine's lock, wherever that lies. */
export type OfMachine<O extends LockPlace> = Omit<O, keyof LockPlace> & { readonly machine: Machine };
export type UnlockRequest = OfMachine<UnlockOrder>;

/** A folder's live models and use cases, built once it may talk to clusters and run git. */
export interface Connection extends Disposable {
  readonly locks: Pick<
    LockBoard,
    "machines" | "pools" | "environments" | "onChange" | "follow" | "serverNow" | "relist" | "dispose"
  >;
  readonly releases: ReleaseBoard;
  readonly fates: Pick<BranchFates, "fateOf" | "onChange" | "follow" | "see" | "refresh" | "dispose">;
  /** Settings are read with every call. */
  deployServices(): Omit<DeployServices, "confirm" | "whenFull">;
  unlockMachine(request: UnlockRequest, signal: AbortSignal): Promise<UnlockOutcome>;
  extendLock(request: OfMachine<ExtendOrder>, signal: AbortSignal): Promise<ExtendOutcome>;
  askHolder(request: OfMachine<AskOrder>, signal: AbortSignal): Promise<AskOutcome>;
  joinWaiting(request: JoinOrder, signal: AbortSignal): Promise<JoinOutcome>;
  leaveWaiting(request: WaitingOrder, signal: AbortSignal): Promise<LeaveOutcome>;
  keepMachine(request: OfMachine<KeepOrder>, signal: AbortSignal): Promise<KeepOutcome>;
  acknowledgeKept(request: AcknowledgeOrder, signal: AbortSignal): Promise<AcknowledgeOutcome>;
  readonly rollback: RollbackConnection;
  /** The live pods of a release or a workload. Whoever asks for them disposes them. */
  pods(subject: PodsSubject): LivePods;
  readonly rollouts: RolloutConnection;
  /** What a person opens to read. */
  readonly documents: DocumentReader;
  /** Watches what was deployed until it tells that it is over, or is disposed. */
  monitor(entry: Monitored, listener: MonitorListener): Disposable;
  repository(signal: AbortSignal): Promise<Result<Repository, RepositoryError>>;
}
