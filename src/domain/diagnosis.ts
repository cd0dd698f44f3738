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
  /** How often it was seen, for events. */
  readonly count?: number;
}

interface InPod {
  readonly pod: string;
  readonly container: string;
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
  | ({ readonly kind: "init-failed"; readonly exitCode: number | undefined } & InPod)
  /** `probe` is what the kubelet asked and got, e.g. `HTTP probe failed with statuscode: 503`. */
  | ({ readonly kind: "not-ready"; readonly probe: string | undefined } & InPod)
  | { readonly kind: "unschedulable"; readonly pod: string; readonly message: string }
  | { readonly kind: "quota"; readonly workload: string; readonly message: string }
  /** Turned away by an admission webhook or by Pod Security. */
  | { readonly kind: "admission"; readonly workload: string; readonly message: string }
  | {
      readonly kind: "missing-config";
      readonly resource: "Secret" | "ConfigMap" | "key" | "volume";
      readonly name: string;
      readonly pod: string;
    }
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
  | { readonly kind: "waited-too-long" }
  /** Nothing that we know: helm's own words stand in the evidence. */
  | { readonly kind: "unknown" };
