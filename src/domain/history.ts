import type { ClusterError } from "./cluster.ts";
import type { CommitFacts, CommitMatch } from "./commitMatch.ts";
import type { ReleaseStatus, Revision, RevisionLabel } from "./release.ts";
import type { DurationMs, EpochMs } from "./time.ts";

/** What is known of a revision's record: it is decoded when it is needed, one after the other. */
export type RecordState =
  | { readonly kind: "reading" }
  | { readonly kind: "read"; readonly revision: Revision; readonly match: CommitMatch }
  | { readonly kind: "unreadable"; readonly detail: string }
  /** The cluster could not be asked for it; it is tried again. */
  | { readonly kind: "unread"; readonly detail: string };

/** One revision of a release as its history shows it. */
export interface HistoryEntry {
  readonly label: RevisionLabel;
  readonly status: ReleaseStatus;
  readonly record: RecordState;
  /** As the clone has it; undefined while it is looked up and where the clone has not got it. */
  readonly commit?: CommitFacts;
  /** Who made it, as recorded on this very revision. */
  readonly by?: string;
  /** When helm made it: from the record, until then from the object. */
  readonly deployedAt: EpochMs;
  /**
   * For how long it ran: from its making to that of the next one that reached the cluster, be it with success or
   * without. Undefined for the one that nothing came after, for those that never succeeded, and where it is unknown.
   */
  readonly ranFor?: DurationMs;
  /** A later rollback went from what this revision is of to something earlier. */
  readonly wasRolledBackFrom: boolean;
}

/** What runs, by the images that the workloads have now: a fact of its own, apart from helm's status words. */
export type WhatRuns =
  | { readonly kind: "reading" }
  /** The workloads run the images of this revision's manifest; `isDeployed` is helm's word for it. */
  | { readonly kind: "revision"; readonly revision: number; readonly isDeployed: boolean }
  /** They run something else than the newest applied revision says: somebody changed them past helm. */
  | {
      readonly kind: "drift";
      /** The revision whose manifest they should run. */
      readonly revision: number;
      readonly differences: readonly ImageDrift[];
    }
  /** The release has no workloads, or none is there. */
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown"; readonly detail: string; readonly error?: ClusterError };

/** A container that runs another image than helm's record says. */
export interface ImageDrift {
  /** e.g. `Deployment/web`. */
  readonly workload: string;
  readonly container: string;
  /** Empty where helm's record has no such container: it was added by hand, or left over. */
  readonly recorded: string;
  /** Undefined where the workload or the container is gone. */
  readonly live?: string;
}

/** The revision that a person who wants to go back most likely means, with the reason; or why there is none. */
export type Recommendation =
  | {
      readonly kind: "revision";
      readonly revision: number;
      /** How long it ran, where that is known. */
      readonly ranFor?: DurationMs;
      /** Newer ones that were passed over, and why: newest first. */
      readonly skipped: readonly Skipped[];
    }
  | { readonly kind: "none"; readonly skipped: readonly Skipped[] }
  /** Records are still being read. */
  | { readonly kind: "reading" };

export interface Skipped {
  readonly revision: number;
  readonly why: NotATarget;
}

/** Why a revision is not recommended. Those that helm itself could still go to may be chosen by hand. */
export type NotATarget =
  | "failed"
  | "pending"
  | "uninstalled"
  | "unknown-status"
  | "rolled-back-from"
  | "same-commit"
  | "unreadable"
  | "commit-unknown";

/** Whether a person may choose it by hand: never what failed, is pending or cannot be read. */
export const mayBeChosen = (why: NotATarget): boolean =>
  why === "rolled-back-from" || why === "same-commit" || why === "commit-unknown";

/** A pending record that nobody seems to work at any more: helm's time limit and a margin have passed. */
export interface StuckRelease {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly by?: string;
  readonly since: EpochMs;
  readonly age: DurationMs;
  /** From when on it may be cleared: helm's time limit and a margin. */
  readonly freeAt: EpochMs;
  /** The newest revision before that ran. */
  readonly lastGood?: number;
}

/** Things about a release's records that a person has to know. */
export type HistoryWarning =
  /** helm says of two revisions that they are deployed; the newest counts (helm's own rule). */
  | { readonly kind: "two-deployed"; readonly revisions: readonly number[] }
  /** Revisions between the oldest and the newest are missing. */
  | { readonly kind: "missing"; readonly revisions: readonly number[] }
  /** Records of helm 2 are there, which we do not read. */
  | { readonly kind: "helm-2" }
  /** Both kinds of records are there; which one helm uses depends on HELM_DRIVER. */
  | { readonly kind: "two-drivers" };
