import type { WriteError } from "../../app/ports.ts";
import type { Result } from "../../domain/result.ts";
import type { DurationMs, EpochMs } from "../../domain/time.ts";
import type { ClusterPin } from "./pin.ts";

/** One call of the API server. Everything is named; there is no default namespace and no current context. */
export interface ApiCall {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Path below the server's URL, its parts already encoded, e.g. `/api/v1/namespaces/web/secrets`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly accept?: string;
  /** Default `application/json`. */
  readonly contentType?: string;
  /** A good answer is text as it stands, e.g. a log, and no JSON; `body` is a string then. */
  readonly reads?: "text";
  /** Default 15 s. */
  readonly timeoutMs?: DurationMs;
  /** With it the call is sent only to the cluster that this pin's first call went to, else `context-changed`. */
  readonly pin?: ClusterPin;
}

export interface ApiAnswer {
  /** The parsed JSON of a 2xx answer, or its text where the call `reads` that. */
  readonly body: unknown;
  /** The `Date` header of this very answer; undefined where a proxy took it away. */
  readonly serverTime: EpochMs | undefined;
}

/**
 * The API servers of the kubeconfig's contexts. Reads (GET) are retried where that can help; writes only where the
 * API server turned them away unseen (429).
 * `conflict` is 409 for a Conflict as well as for AlreadyExists.
 */
export interface KubernetesApi {
  request(context: string, call: ApiCall, signal: AbortSignal): Promise<Result<ApiAnswer, WriteError>>;
}
