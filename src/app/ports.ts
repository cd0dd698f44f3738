import type { BranchName, CommitHash, KnownBranch } from "../domain/branch.ts";
import type { ClusterError, Liveness, ObjectRef, ObjectVersion } from "../domain/cluster.ts";
import type { ConfigState, HelmDriver, ValueTree } from "../domain/config.ts";
import type { DeployPlan } from "../domain/deployment.ts";
import type { LockRecord, StoredLock } from "../domain/lock.ts";
import type { HeldOperation, OperationRecord, StoredOperation } from "../domain/operation.ts";
import type { HolderIdentity } from "../domain/person.ts";
import type { RecordDriver, Revision, RevisionLabel, RevisionMark } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import type { WorkloadReading } from "../domain/rollout.ts";
import type { StoredWaiting, Waiter } from "../domain/waiting.ts";
import type { DurationMs, EpochMs } from "../domain/time.ts";
import type { Disposable, Listen } from "./emitter.ts";

/** Time, injected, so that tests need no waiting. */
export interface Clock {
  /** Wall clock. */
  now(): EpochMs;
  /** Never goes backwards and is not moved by setting the clock; only differences mean something. */
  monotonic(): DurationMs;
  /** Resolves after the delay, or at once when aborted; never rejects. */
  sleep(delay: DurationMs, signal: AbortSignal): Promise<void>;
  /** Calls back once after the delay, unless disposed before. */
  after(delay: DurationMs, run: () => void): Disposable;
}

/** An answer of the API server together with its clock: the `Date` header of that very answer. */
export interface Reading<T> {
  readonly value: T;
  /** Undefined where a proxy took the header away. */
  readonly serverTime: EpochMs | undefined;
}

export type WriteError = ClusterError | { readonly reason: "conflict" };

/** Reservations on Leases. Nothing here decides; a write names uid and resourceVersion, or it is not sent. */
export interface LockStore {
  /** A quorum read (no resourceVersion), fit to decide on. An absent Lease is `not-found`. */
  read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredLock>, ClusterError>>;
  write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: LockRecord,
    pool: string,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredLock>, WriteError>>;
  /** For a Lease that an admin has not made beforehand. `conflict` where somebody else was first. */
  create(
    ref: ObjectRef,
    first: LockRecord,
    pool: string,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredLock>, WriteError>>;
}

/** Operation Leases: short, renewed while helm works; same rules of writing. */
export interface OperationStore {
  read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredOperation>, ClusterError>>;
  write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: OperationRecord,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredOperation>, WriteError>>;
  create(
    ref: ObjectRef,
    first: OperationRecord,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredOperation>, WriteError>>;
}

/** Waiting lists on the Leases of the pools; same rules of writing. */
export interface WaitingStore {
  read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredWaiting>, ClusterError>>;
  write(
    ref: ObjectRef,
    expected: ObjectVersion,
    waiters: readonly Waiter[],
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredWaiting>, WriteError>>;
  create(
    ref: ObjectRef,
    waiters: readonly Waiter[],
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredWaiting>, WriteError>>;
}

/** What a person has been told, on this computer: across windows and restarts. */
export interface Told {
  /** True for the first who asks with this key, in whatever window, and for nobody after. */
  first(key: string): Promise<boolean>;
}

/** A set of objects that a watch keeps current. The latest event says all; nothing is to be added up. */
export interface WatchEvent<T> {
  readonly items: ReadonlyMap<string, T>;
  readonly liveness: Liveness;
  /** Server's clock minus ours, as of the newest answer; undefined until one came. */
  readonly serverOffset: DurationMs | undefined;
}

export interface Watch<T> extends Disposable {
  readonly current: WatchEvent<T>;
  readonly onChange: Listen<WatchEvent<T>>;
  /** Reads everything again at once; the person's Refresh, and what a wake-up from sleep does. */
  relist(): void;
}

export type WatchedLease =
  /** A machine's reservation, or a pool's own Lease with its waiting list: their names tell which. */
  | { readonly kind: "lock"; readonly lock: StoredLock; readonly waiters: readonly Waiter[] }
  | { readonly kind: "operation"; readonly operation: StoredOperation };

export interface ClusterWatches {
  /** All Leases of a namespace, by name. */
  leases(context: string, namespace: string): Watch<WatchedLease>;
  /** The helm releases of a namespace, by release name: revisions newest first, from labels alone. */
  releases(context: string, namespace: string): Watch<readonly RevisionLabel[]>;
}

export interface ClusterIdentity {
  /** The user name that the API server knows us by (SelfSubjectReview). */
  whoAmI(context: string, signal: AbortSignal): Promise<Result<string, ClusterError>>;
}

export interface ReleaseRef {
  readonly context: string;
  readonly namespace: string;
  readonly release: string;
}

/** helm's release records, read natively. */
export interface ReleaseStore {
  /** The newest revision whatever its status; undefined where the release does not exist. */
  latest(ref: ReleaseRef, signal: AbortSignal): Promise<Result<Revision | undefined, ReleaseReadError>>;
  revision(
    ref: ReleaseRef,
    revision: number,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>>;
}

export type ReleaseReadError =
  ClusterError | { readonly reason: "unreadable-record"; readonly record: string; readonly detail: string };

export interface WorkloadReader {
  /** The workloads that a revision's manifest names, as they are now. One that is absent is missing in the answer. */
  read(
    ref: ReleaseRef,
    manifest: string,
    signal: AbortSignal,
  ): Promise<Result<readonly WorkloadReading[], ClusterError>>;
}

/** What helm's own words come down to, where we know them; `other` leaves them to speak for themselves. */
export type HelmCause =
  | "another-operation"
  | "waited-too-long"
  | "cluster-unreachable"
  | "forbidden"
  | "unauthorized"
  | "context-unknown"
  | "bad-chart"
  | "bad-release-name"
  | "not-ours"
  | "field-conflict"
  | "immutable-field"
  | "unknown-kind"
  | "record-too-large"
  | "hook-failed"
  | "other";

export type DeployerError =
  | { readonly reason: "helm-absent"; readonly tried: readonly string[] }
  | { readonly reason: "helm-refused"; readonly path: string; readonly detail: string }
  | {
      readonly reason: "helm-too-old";
      readonly path: string;
      readonly version: string;
      readonly needed: string;
    }
  | {
      readonly reason: "chart-absent";
      readonly chart: string;
      readonly commit: CommitHash;
      readonly detail: string;
    }
  | { readonly reason: "temporary-files"; readonly detail: string }
  | {
      readonly reason: "helm-failed";
      /** Undefined where a signal ended it, or where it could not be started. */
      readonly exitCode: number | undefined;
      readonly cause: HelmCause;
      readonly output: string;
    }
  /** The process that watches over helm has gone without a word; helm may still be running. */
  | { readonly reason: "run-lost"; readonly output: string }
  /** The tool was asked to stop: by the person, or because somebody else (`takenBy`) was read in the operation Lease. */
  | { readonly reason: "cancelled"; readonly output: string; readonly takenBy?: string };

/** How a run of the tool ended. */
export type DeployerEnd = Result<{ readonly output: string }, DeployerError>;

/** The tool that deploys, once found and judged. */
export interface DeployerTool {
  readonly name: "helm";
  readonly path: string;
  readonly version: string;
  /** Known vulnerabilities of this version, to be shown once. */
  readonly warning?: string;
}

/**
 * What is kept of a deploy, so that any window can follow it to its proof: nothing of it depends on a repository or
 * a configuration that may have changed meanwhile, and nothing is secret.
 */
export interface KeptOrder {
  /** The machine or environment that this is for. */
  readonly subject: string;
  readonly url?: string;
  readonly release: ReleaseRef;
  readonly mark: RevisionMark;
  /** Where this release's records are, if not in Secrets: helm has to be told, or it would begin a second history. */
  readonly records?: RecordDriver;
  /** The revision that this order makes, if nobody else comes between. */
  readonly revision: number;
  readonly driver: Pick<HelmDriver, "container" | "timeoutMinutes">;
  /** The reservation that this rests on, and whose it is. */
  readonly lock?: { readonly ref: ObjectRef; readonly by: HolderIdentity };
  /** The operation Lease that whoever runs the tool keeps alive meanwhile. */
  readonly operation?: HeldOperation;
}

export interface DeployOrder extends KeptOrder {
  readonly driver: HelmDriver;
  /** Values with every template filled. */
  readonly values: ValueTree;
  /** Root of the repository that holds the chart. */
  readonly repositoryRoot: string;
}

/** One way to deploy. helm is the first; a further one is one file and one line in extension.ts. */
export interface Deployer {
  tool(signal: AbortSignal): Promise<Result<DeployerTool, DeployerError>>;
  /** The command as it will be run, for the log and for copying. */
  command(tool: DeployerTool, order: DeployOrder): readonly string[];
  /**
   * Runs to the end. Aborting asks the tool to stop and waits for what it then says. What is kept of the run stays
   * until `told`, so that another window can go on from there.
   */
  run(
    tool: DeployerTool,
    order: DeployOrder,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd>;
  /** What became of the order is settled and this window lives to tell it: nothing more is kept. */
  told(order: DeployOrder): Promise<void>;
}

export type RepositoryError =
  | { readonly reason: "git-absent" }
  | { readonly reason: "not-a-repository"; readonly folder: string }
  | { readonly reason: "no-commits" }
  | { readonly reason: "no-remote" }
  /** Several, none of them `origin`, and none is the branch's own. */
  | { readonly reason: "remote-unclear"; readonly remotes: readonly string[] }
  | { readonly reason: "remote-unreachable"; readonly remote: string; readonly detail: string }
  | { readonly reason: "no-mail" }
  | { readonly reason: "bad-branch-name"; readonly text: string; readonly detail: string }
  | { readonly reason: "git-failed"; readonly detail: string }
  /** Neither the clone nor the remote has it. */
  | { readonly reason: "branch-absent"; readonly branch: BranchName }
  | { readonly reason: "aborted" };

/** Where HEAD is. */
export type Head =
  | { readonly kind: "branch"; readonly branch: BranchName; readonly commit: CommitHash }
  | { readonly kind: "detached"; readonly commit: CommitHash };

export interface Repository {
  readonly root: string;
  head(signal: AbortSignal): Promise<Result<Head, RepositoryError>>;
  /** Number of changed or untracked files in the working tree. */
  uncommittedFiles(signal: AbortSignal): Promise<Result<number, RepositoryError>>;
  /** The remote's own answer (ls-remote), not what was last fetched; undefined where the remote has no such branch. */
  remoteCommit(
    branch: BranchName,
    signal: AbortSignal,
  ): Promise<Result<CommitHash | undefined, RepositoryError>>;
  /** Commits that `commit` has and `base` (a branch, as last fetched or local) has not, and the other way round; undefined where either is unknown. */
  aheadBehind(
    commit: CommitHash,
    base: BranchName,
    signal: AbortSignal,
  ): Promise<{ readonly ahead: number; readonly behind: number } | undefined>;
  /** Whether `ancestor` is in the history of `commit`; undefined where either is not in the clone. */
  isAncestor(ancestor: CommitHash, commit: CommitHash, signal: AbortSignal): Promise<boolean | undefined>;
  person(
    signal: AbortSignal,
  ): Promise<Result<{ readonly name: string; readonly mail: string }, RepositoryError>>;
  /** Where a branch of the clone itself is; undefined where the clone has none of this name. */
  localCommit(
    branch: BranchName,
    signal: AbortSignal,
  ): Promise<Result<CommitHash | undefined, RepositoryError>>;
  /** All branches that the clone knows of, its own and the remote's as last fetched, each once, newest first. */
  branches(signal: AbortSignal): Promise<Result<readonly KnownBranch[], RepositoryError>>;
  /** All branches of the remote by its own answer (ls-remote). */
  remoteBranches(signal: AbortSignal): Promise<Result<ReadonlyMap<BranchName, CommitHash>, RepositoryError>>;
  /** Makes sure that the clone has a commit of a branch of the remote: fetches the branch where it has not. */
  fetchCommit(
    branch: BranchName,
    commit: CommitHash,
    signal: AbortSignal,
  ): Promise<Result<undefined, RepositoryError>>;
}

/** devdeploy.json of one workspace folder, read again when it is saved. */
export interface ConfigSource extends Disposable {
  readonly current: ConfigState;
  readonly onChange: Listen<ConfigState>;
}

/** Asks the person before something is done that they may not expect. The answer no is also what closing means. */
export interface Confirm {
  devdeploy(question: DevdeployQuestion, signal: AbortSignal): Promise<boolean>;
}

/** What a devdeploy with warnings is about to do. */
export interface DevdeployQuestion {
  readonly plan: DeployPlan;
  readonly pool: string;
  /** The machine that will most likely be taken; undefined where the pool is full or was not read. */
  readonly machine?: string;
}

/** Facts for people who look for a cause: never secrets. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}
