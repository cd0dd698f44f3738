import type { BranchName, CommitHash } from "../domain/branch.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../domain/cluster.ts";
import type { CommitFacts, RepositoryLinks } from "../domain/commitMatch.ts";
import type { EnvironmentHold } from "../domain/hold.ts";
import type { ManifestPiece } from "../domain/manifest.ts";
import type { HeldOperation } from "../domain/operation.ts";
import type { ContainerImage, Json, RecordDriver, Revision, RevisionLabel } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import type { ImageAnswer, ManifestObject, RangeCommit } from "../domain/rollback.ts";
import type {
  DeployerEnd,
  DeployerError,
  DeployerTool,
  Reading,
  ReleaseReadError,
  ReleaseRef,
  WriteError,
} from "./ports.ts";

/** A release's revisions by their labels alone, newest first. */
export interface ReleaseListing {
  readonly revisions: readonly RevisionLabel[];
  /** There are no other records, and some of helm 2 where Tiller keeps them. */
  readonly hasHelm2: boolean;
}

/** helm's whole history of a release, read natively. */
export interface ReleaseHistoryStore {
  list(ref: ReleaseRef, signal: AbortSignal): Promise<Result<ReleaseListing, ClusterError>>;
  /**
   * One record, decoded; from memory where the very record (uid and resourceVersion) was read before. Undefined where
   * it is gone meanwhile.
   */
  record(
    ref: ReleaseRef,
    label: Pick<RevisionLabel, "revision" | "driver" | "version">,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>>;
}

/** Commits, as the clone has them. Nothing here writes to the working tree. */
export interface CommitHistory {
  /** All commits of the clone that begin with these digits (at least seven), at most two: none, one, or not unique. */
  resolve(digits: string, signal: AbortSignal): Promise<readonly CommitHash[]>;
  /** Undefined for those that the clone has not got; one call of git for all of them. */
  facts(
    commits: readonly CommitHash[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<CommitHash, CommitFacts | undefined>>;
  /**
   * Commits of `commit` that `without` has not, newest first, with the files that match the patterns (git's glob
   * pathspecs). Undefined where the clone has not got either of them.
   */
  between(
    range: {
      readonly commit: CommitHash;
      readonly without: CommitHash;
      readonly migrations: readonly string[];
      readonly atMost: number;
    },
    signal: AbortSignal,
  ): Promise<readonly RangeCommit[] | undefined>;
  /** Fetches from the remote what it may have of a commit; whether the clone has it then. */
  fetch(
    commit: string,
    defaultBranch: BranchName,
    signal: AbortSignal,
  ): Promise<
    Result<boolean, { readonly reason: "remote-unreachable" | "git-failed"; readonly detail: string }>
  >;
  /** Undefined where the remote's address is none of a host that we know. */
  links(signal: AbortSignal): Promise<RepositoryLinks | undefined>;
}

/** What a cluster holds of a release's objects now, beside the pods. */
export interface LiveObjects {
  /** The images that the manifest's workloads have in their templates now; an absent workload has none. */
  images(
    ref: ReleaseRef,
    manifest: string,
    signal: AbortSignal,
  ): Promise<Result<readonly ContainerImage[], ClusterError>>;
  /** What a person may not do here of all this, e.g. `update deployments`; empty is well (SelfSubjectAccessReview). */
  missingRights(
    ref: ReleaseRef,
    wish: {
      /** What is to be there in the end. */
      readonly manifest: string;
      /** What is to go. */
      readonly deletes: readonly Pick<ManifestObject, "apiVersion" | "kind" | "namespace">[];
      readonly driver: RecordDriver;
    },
    signal: AbortSignal,
  ): Promise<Result<readonly string[], ClusterError>>;
}

/** Manifests as YAML. */
export interface Manifests {
  /**
   * A manifest's documents, one after the other, giving way between them. Never answers by a throw: what is no YAML
   * comes back as the text that it is.
   */
  read(manifest: string): Promise<readonly ManifestPiece[]>;
  write(value: Json): string;
  /** Lets everything else have its turn: extensions share one thread. */
  giveWay(): Promise<void>;
}

/** Asks registries whether images exist, with Docker's credentials; never pulls, never answers by a throw. */
export interface ImageRegistry {
  look(images: readonly string[], signal: AbortSignal): Promise<readonly ImageAnswer[]>;
}

/** Holds on the Leases of environments; written upon what was read. */
export interface HoldStore {
  read(
    ref: ObjectRef,
    signal: AbortSignal,
  ): Promise<
    Result<
      Reading<{ readonly hold: EnvironmentHold | undefined; readonly version: ObjectVersion }>,
      ClusterError
    >
  >;
  /** Undefined lifts it. */
  write(
    ref: ObjectRef,
    expected: ObjectVersion,
    hold: EnvironmentHold | undefined,
    signal: AbortSignal,
  ): Promise<Result<undefined, WriteError>>;
  create(ref: ObjectRef, hold: EnvironmentHold, signal: AbortSignal): Promise<Result<undefined, WriteError>>;
}

/** What is kept of a rollback, so that any window can follow it to its proof. Nothing in it is secret. */
export interface KeptRollback {
  readonly kind: "rollback";
  /** The machine or environment. */
  readonly subject: string;
  readonly release: ReleaseRef;
  readonly from: { readonly revision: number; readonly commit?: CommitHash };
  readonly to: { readonly revision: number; readonly commit?: CommitHash; readonly version: ObjectVersion };
  /** The revision that this rollback makes: the newest one plus one. */
  readonly revision: number;
  readonly timeoutMinutes: number;
  readonly historyMax: number;
  /** Where this release's records are, if not in Secrets: helm has to be told, or it would find no release. */
  readonly records?: RecordDriver;
  /** The application's container, where the team named it. */
  readonly container?: string;
  /** The Lease that is held meanwhile; absent where the person confirmed that it is done without. */
  readonly operation?: HeldOperation;
  /** Where a hold belongs once it is proven, and what it is to say. */
  readonly hold?: {
    readonly ref: ObjectRef;
    readonly by: string;
    readonly name: string;
    readonly undone: readonly string[];
  };
}

/** Runs `helm rollback`, supervised like every run of helm; see `Deployer`. */
export interface RollbackRunner {
  tool(signal: AbortSignal): Promise<Result<DeployerTool, DeployerError>>;
  rollbackCommand(tool: DeployerTool, order: KeptRollback): readonly string[];
  /**
   * Runs to the end. Aborting before helm is started begins nothing (`cancelled`); after that helm goes on, since its
   * rollback has no soft end, and only the following is over (`run-lost`).
   */
  rollBack(
    tool: DeployerTool,
    order: KeptRollback,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd>;
  /** What became of it is settled and this window lives to tell it. */
  rollbackTold(order: KeptRollback): Promise<void>;
}

/** A release that is to go altogether: a first installation that was never finished. */
export interface RemovalOrder {
  readonly release: ReleaseRef;
  readonly timeoutMinutes: number;
  readonly records?: RecordDriver;
  readonly operation?: HeldOperation;
}

/** Runs `helm uninstall`. What is aborted goes on, as with a rollback; what became of it, the records tell. */
export interface ReleaseRemover {
  tool(signal: AbortSignal): Promise<Result<DeployerTool, DeployerError>>;
  removeCommand(tool: DeployerTool, order: RemovalOrder): readonly string[];
  remove(
    tool: DeployerTool,
    order: RemovalOrder,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd>;
}
