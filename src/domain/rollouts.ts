import type { CommitHash } from "./branch.ts";
import type { ObjectVersion } from "./cluster.ts";
import type { ConditionFact } from "./releaseFacts.ts";
import type { ContainerImage, Json } from "./release.ts";
import type { Risk } from "./rollback.ts";
import type { PodReading, WorkloadReading } from "./rollout.ts";
import type { DurationMs, EpochMs } from "./time.ts";

/** Kinds of `apps/v1` whose template is rolled out in revisions. */
export type WorkloadKind = WorkloadReading["kind"];

/** What Devdeploy recorded on a workload, in the same patch as the template, so that it stays with that revision. */
export interface RolloutMark {
  readonly commit?: CommitHash;
  readonly branch?: string;
  /** Who made this revision: a name for showing. */
  readonly by?: string;
  readonly at?: EpochMs;
  readonly reason?: string;
  /** The number that the revision had that this one went back to. */
  readonly undoneTo?: number;
  /** The number of the revision that this one went back from. */
  readonly undoneFrom?: number;
}

/** One revision of a workload: a ReplicaSet of its, or a ControllerRevision. */
export interface RolloutRevision {
  /** By the controller's annotation or field; 0 where it wrote none. Not stable: going back gives a new number. */
  readonly revision: number;
  /** Numbers that the same object had before, oldest first (`deployment.kubernetes.io/revision-history`). */
  readonly was: readonly number[];
  readonly object: {
    readonly kind: "ReplicaSet" | "ControllerRevision";
    readonly name: string;
    readonly uid: string;
  };
  /** pod-template-hash or controller-revision-hash. Together with the uid it names a target. */
  readonly hash: string;
  /** When the object was made: the first time that this template was rolled out. */
  readonly createdAt: EpochMs;
  readonly images: readonly ContainerImage[];
  /** `kubernetes.io/change-cause`. */
  readonly changeCause?: string;
  readonly mark?: RolloutMark;
  /** Pods of this revision, by the ReplicaSet's own count; undefined for a ControllerRevision, which counts none. */
  readonly pods?: { readonly ready: number; readonly wanted: number };
  /** The pods' template without the labels that the controller adds. */
  readonly template: Json;
  /** As the controller copied them at the time; without those that it never copies. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** Who else keeps a workload as it is: what is undone past them comes back, or makes their record untrue. */
export type Manager =
  | { readonly kind: "helm"; readonly release: string; readonly namespace: string }
  | { readonly kind: "argo-cd"; readonly application: string }
  | {
      readonly kind: "flux";
      readonly what: "Kustomization" | "HelmRelease";
      readonly name: string;
      /** Where that lies; Flux's own default where nothing says so. */
      readonly namespace?: string;
    };

/** A workload as it is now, with all its revisions; one reading. */
export interface RolloutReading {
  readonly kind: WorkloadKind;
  readonly name: string;
  readonly namespace: string;
  readonly version: ObjectVersion;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly isPaused: boolean;
  /** spec.revisionHistoryLimit; 10 where it is not set. 0 keeps nothing to go back to. */
  readonly historyLimit: number;
  /** spec.updateStrategy or strategy: `OnDelete` replaces no pod by itself. */
  readonly strategy: string;
  /** Deployments: how long the controller waits for progress before it says so; undefined for the others. */
  readonly progressDeadline?: DurationMs;
  /** StatefulSets: `OrderedReady` waits for a broken pod for ever. */
  readonly podManagement?: string;
  readonly conditions: readonly ConditionFact[];
  readonly template: Json;
  /** All of its own annotations. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly manager?: Manager;
  /** The revision whose template the workload has now; undefined until the controller has made it. */
  readonly current?: { readonly uid: string; readonly revision: number };
  /**
   * StatefulSets that replace their pods by themselves: the number of the newest revision whose rollout came to its end
   * (`status.currentRevision`); of the first one where none did.
   */
  readonly completed?: number;
  /** Newest first. */
  readonly revisions: readonly RolloutRevision[];
}

/** Why a pod has no node yet, in the scheduler's words. */
export interface NoNode {
  /** `Unschedulable`, or `SchedulingGated` where somebody else has to let it go on. */
  readonly reason: string;
  readonly message: string;
  /** Who that is: the names of its scheduling gates. */
  readonly gates: readonly string[];
}

/** A pod of the newest template as a live list shows it. */
export interface LivePod extends PodReading {
  readonly namespace: string;
  readonly uid: string;
  readonly phase: string;
  readonly containers: { readonly ready: number; readonly all: number; readonly names: readonly string[] };
  readonly createdAt: EpochMs;
  readonly isBeingDeleted: boolean;
  readonly noNode?: NoNode;
}

/** A workload, its revisions and the pods of its newest template, as of one moment. */
export interface WorkloadSight {
  readonly rollout: RolloutReading;
  /** What a proof judges; `pods` as below. */
  readonly now: WorkloadReading;
  readonly pods: readonly LivePod[];
}

/** One thing to know before an undo. */
export type UndoRisk =
  | Extract<
      Risk,
      {
        readonly kind:
          | "images"
          | "same-images"
          | "migrations"
          | "rights"
          | "nobody-at-work"
          | "at-work"
          | "no-operation-lease";
      }
    >
  | { readonly kind: "undone-from"; readonly revision: number }
  /** helm, Argo CD or Flux keeps the workload as it is: it puts back what is undone, or its record becomes untrue. */
  | { readonly kind: "managed"; readonly by: Manager }
  /** What `kubectl rollout undo` leaves as it is: replicas, strategy, ConfigMaps. */
  | { readonly kind: "not-restored" }
  /** The update strategy is OnDelete: no pod is replaced until somebody deletes it. */
  | { readonly kind: "on-delete" }
  /** A StatefulSet waits for a pod that never becomes ready: it has to be deleted by hand (kubernetes#67250). */
  | { readonly kind: "ordered-ready"; readonly pod: string };
