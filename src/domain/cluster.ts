import type { EpochMs } from "./time.ts";

/** Why a cluster did not answer as asked. Expected, so a value; each has a sentence in ui/messages.ts. */
export type ClusterError =
  | { readonly reason: "kubeconfig-absent"; readonly paths: readonly string[] }
  | { readonly reason: "kubeconfig-unreadable"; readonly path: string; readonly detail: string }
  | { readonly reason: "context-unknown"; readonly context: string; readonly known: readonly string[] }
  /** The kubeconfig was edited amid an operation, and the context leads to another cluster than at its beginning. */
  | { readonly reason: "context-changed"; readonly context: string }
  | { readonly reason: "credential-plugin"; readonly command: string; readonly detail: string }
  | { readonly reason: "unreachable"; readonly server: string; readonly detail: string }
  | { readonly reason: "timeout"; readonly server: string; readonly afterMs: number }
  | { readonly reason: "not-kubernetes"; readonly server: string; readonly detail: string }
  | { readonly reason: "unauthorized"; readonly context: string }
  | { readonly reason: "forbidden"; readonly detail: string }
  | { readonly reason: "not-found"; readonly what: string }
  | { readonly reason: "throttled"; readonly retryAfterMs: number }
  | { readonly reason: "server-error"; readonly status: number; readonly detail: string }
  | { readonly reason: "aborted" };

/** The reasons for which a further attempt, later, may go well. */
export const mayHeal = (error: ClusterError): boolean =>
  error.reason === "unreachable" ||
  error.reason === "timeout" ||
  error.reason === "not-kubernetes" ||
  error.reason === "throttled" ||
  error.reason === "server-error";

/** An object in a cluster, fully named. Two contexts can lead to one cluster; a context is what people name. */
export interface ObjectRef {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
}

export const refKey = (ref: ObjectRef): string => `${ref.context}/${ref.namespace}/${ref.name}`;

/** What a write has to name so that it changes exactly the object that was read. */
export interface ObjectVersion {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Whether what is shown is what the cluster holds now. */
export type Liveness =
  | { readonly kind: "connecting" }
  | { readonly kind: "live"; readonly verifiedAt: EpochMs }
  | { readonly kind: "stale"; readonly since: EpochMs; readonly error: ClusterError };
