import type { CommitHash } from "./branch.ts";
import type { CommitFacts } from "./commitMatch.ts";
import type { ImageDrift } from "./history.ts";
import type { ReleaseHook, ReleaseStatus } from "./release.ts";
import type { ClusterError, ObjectVersion } from "./cluster.ts";

/** An object that a manifest names. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Empty where the manifest names none: the release's, or none at all. */
  readonly namespace: string;
}

/** What a rollback does to one object of the release. */
export interface ObjectChange {
  readonly object: ManifestObject;
  readonly what: "created" | "deleted" | "changed";
  /** Paths that differ, e.g. `spec.template.spec.containers[app].image`; masked values never stand here. At most 20. */
  readonly paths: readonly string[];
}

/** A value (as the person gave it to helm) that differs. Texts are masked where their key or place says secret. */
export interface ValueChange {
  /** e.g. `image.tag`. */
  readonly path: string;
  readonly before?: string;
  readonly after?: string;
  readonly isMasked: boolean;
}

/** Which commits a rollback takes away, and which it brings. */
export type CommitRange =
  | {
      readonly kind: "known";
      /** In what runs, not in the target; newest first. */
      readonly undone: readonly RangeCommit[];
      /** In the target, not in what runs: when going forward, or across branches. */
      readonly returning: readonly RangeCommit[];
      /** More than were read. */
      readonly isCut: boolean;
    }
  | { readonly kind: "same" }
  | {
      readonly kind: "unknown";
      readonly why: "from-unknown" | "to-unknown" | "not-in-clone" | "git-failed";
      readonly detail: string;
    };

export interface RangeCommit extends CommitFacts {
  /** Files of it that match the team's patterns of migrations; at most 20. */
  readonly migrations: readonly string[];
}

/** Whether an image is still where the target's pods would pull it. */
export type ImageAnswer =
  | { readonly kind: "exists"; readonly image: string }
  | { readonly kind: "missing"; readonly image: string }
  | { readonly kind: "denied"; readonly image: string }
  /** Could not be asked: no answer, no such registry, a protocol we do not know. An answer too. */
  | { readonly kind: "not-asked"; readonly image: string; readonly detail: string };

/** One thing to know before rolling back. */
export type Risk =
  | { readonly kind: "images"; readonly answers: readonly ImageAnswer[] }
  /** The application's images have the same tag on both sides: going back brings no other code by itself. */
  | {
      readonly kind: "same-images";
      readonly images: readonly string[];
      /** The pods' template differs otherwise, so pods restart all the same; absent where nothing restarts. */
      readonly podsRestart?: true;
    }
  | { readonly kind: "migrations"; readonly commits: number; readonly files: readonly string[] }
  | { readonly kind: "crds"; readonly names: readonly string[] }
  /** Hooks of the target that will run; what they did before is not undone. */
  | { readonly kind: "hooks"; readonly hooks: readonly Pick<ReleaseHook, "kind" | "name" | "events">[] }
  | { readonly kind: "immutable"; readonly object: ManifestObject; readonly path: string }
  | { readonly kind: "volumes"; readonly claims: readonly string[]; readonly deleted: readonly string[] }
  | { readonly kind: "deleted"; readonly objects: readonly ManifestObject[] }
  /** After this rollback helm drops these oldest revisions; `target` where it is one of them. */
  | { readonly kind: "pruned"; readonly revisions: readonly number[]; readonly target: boolean }
  | { readonly kind: "drift"; readonly differences: readonly ImageDrift[] }
  | { readonly kind: "target-status"; readonly status: ReleaseStatus }
  | { readonly kind: "rolled-back-from"; readonly revision: number }
  /** Whether the API server lets the person do it (SelfSubjectAccessReview); `missing` is empty where it does. */
  | { readonly kind: "rights"; readonly missing: readonly string[]; readonly notAsked?: ClusterError }
  | { readonly kind: "nobody-at-work" }
  | { readonly kind: "at-work"; readonly by: string; readonly what: string }
  | { readonly kind: "no-operation-lease"; readonly error: ClusterError };

/** How a risk is to be looked at. */
export type RiskLevel = "fine" | "note" | "warning" | "danger";

/** What a person reviewed: anything newer makes it stale. */
export interface ReviewedState {
  readonly newest: number;
  readonly status: ReleaseStatus;
  readonly version: ObjectVersion;
  /** The target's very record. */
  readonly target: ObjectVersion;
}

/** A revision as a rollback names it. */
export interface RollbackEnd {
  readonly revision: number;
  readonly commit?: CommitHash;
  readonly status: ReleaseStatus;
}
