import type { EpochMs } from "./time.ts";

/** Why a rollout or a run of helm failed, with what says so. Texts are the cluster's, redacted, never markup. */
export interface Diagnosis {
  readonly cause: DiagnosisCause;
  readonly evidence: readonly Evidence[];
}

/** A fact that speaks for a cause. */
export interface Evidence {
  readonly kind: "condition" | "event" | "log" | "status" | "helm";
  /** e.g. `Pod/web-6d9f-x2lqp`, `Deployment/web`; empty for helm's own words. */
  readonly about: string;
  /** One or several lines, redacted and bounded. */
  readonly text: string;
  /** How often it was seen, and when last, for events. */
  readonly count?: number;
  readonly at?: EpochMs;
}

interface InPod {
  readonly pod: string;
  readonly container: string;
  /** Absent for the containers that a pod is there for. A sidecar is an init container that restarts always. */
  readonly role?: "init" | "sidecar";
}

export type DiagnosisCause =
  | { readonly kind: "release-not-found"; readonly release: string }
  | { readonly kind: "revision-pruned"; readonly revision: number | undefined }
  | { readonly kind: "another-operation" }
  | {
      readonly kind: "forbidden";
      readonly verb: string;
      readonly resource: string;
      readonly namespace: string;
    }
  | { readonly kind: "unauthorized" }
  | { readonly kind: "unreachable" }
  | { readonly kind: "hook-failed"; readonly hook: string; readonly event: string }
  | ({
      readonly kind: "image";
      readonly why: "missing" | "denied" | "platform" | "bad-name" | "registry" | "other";
      readonly image: string;
    } & InPod)
  | ({
      readonly kind: "crash-loop";
      readonly exitCode: number | undefined;
      readonly restarts: number;
    } & InPod)
  | ({ readonly kind: "out-of-memory"; readonly limit: string | undefined } & InPod)
  | ({
      readonly kind: "init-failed";
      readonly exitCode: number | undefined;
      readonly restarts: number;
    } & InPod)
  /** An init container that has not come to its end yet: those after it, and the application, wait. */
  | ({ readonly kind: "init-running" } & InPod)
  /** `probe` is what the kubelet asked and got, e.g. `HTTP probe failed with statuscode: 503`. */
  | ({ readonly kind: "not-ready"; readonly probe: string | undefined } & InPod)
  /** The kubelet ends the container again and again, since a probe of it fails. */
  | ({
      readonly kind: "killed-by-probe";
      readonly which: "liveness" | "startup";
      /** As above; undefined where only the killing was told. */
      readonly probe: string | undefined;
      readonly restarts: number;
    } & InPod)
  /** All containers are ready, and something outside of the pod has not set its condition. */
  | { readonly kind: "readiness-gate"; readonly pod: string; readonly gate: string }
  | { readonly kind: "unschedulable"; readonly pod: string; readonly message: string }
  | { readonly kind: "quota"; readonly workload: string; readonly message: string }
  /** Turned away by an admission webhook or by Pod Security. */
  | { readonly kind: "admission"; readonly workload: string; readonly message: string }
  | {
      readonly kind: "missing-config";
      readonly resource: "Secret" | "ConfigMap" | "key" | "volume" | "ServiceAccount";
      readonly name: string;
      /** Or the workload, where no pod came to exist. */
      readonly pod: string;
    }
  /** Its containers are not even made: the sandbox of the pod, or a volume that nobody names. */
  | { readonly kind: "stuck-creating"; readonly pod: string; readonly message: string }
  | ({ readonly kind: "cannot-start"; readonly reason: string } & InPod)
  | { readonly kind: "immutable-field"; readonly object: string; readonly field: string }
  | {
      readonly kind: "field-conflict";
      readonly object: string;
      readonly manager: string;
      readonly fields: readonly string[];
    }
  | { readonly kind: "removed-api"; readonly resource: string }
  | { readonly kind: "evicted"; readonly pod: string; readonly reason: string }
  /** The pod's node does not answer any more. */
  | { readonly kind: "node-lost"; readonly pod: string; readonly node: string }
  /** New pods have to wait until an old one is gone, or well. */
  | {
      readonly kind: "old-pod-stays";
      readonly workload: string;
      readonly pod: string;
      readonly why: "terminating" | "not-ready";
      /** What has to be taken away before it can go. */
      readonly finalizers: readonly string[];
    }
  /** The update strategy replaces no pod, or not all of them. */
  | { readonly kind: "held-back"; readonly workload: string; readonly by: "on-delete" | "partition" }
  /** Every pod is ready, and minReadySeconds have not passed. */
  | {
      readonly kind: "not-yet-available";
      readonly workload: string;
      readonly minReadySeconds: number;
      readonly secondsLeft: number | undefined;
    }
  | {
      readonly kind: "scaled-to-zero";
      readonly workload: string;
      /** The HorizontalPodAutoscaler that is set on it, which does not scale what has no replica. */
      readonly autoscaler?: string;
    }
  /** A DaemonSet, of which no node is to have a pod. */
  | { readonly kind: "no-node-matches"; readonly workload: string }
  /** The controller has not seen the newest spec: it does not run, or cannot keep up. */
  | { readonly kind: "not-observed"; readonly workload: string; readonly seconds: number }
  | { readonly kind: "paused"; readonly workload: string }
  /** The controller gave up waiting (progressDeadlineSeconds), and no pod says why. */
  | { readonly kind: "deadline-exceeded"; readonly workload: string }
  /** It was deleted, or never made. */
  | { readonly kind: "workload-gone"; readonly workload: string }
  | { readonly kind: "waited-too-long" }
  /** Nothing that we know: helm's own words stand in the evidence. */
  | { readonly kind: "unknown" };
