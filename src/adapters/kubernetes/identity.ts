import type { ClusterIdentity } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { KubernetesApi } from "./api.ts";
import { textAt } from "./json.ts";

const REVIEW_API = "authentication.k8s.io/v1";
const TIMEOUT_MS = 5 * SECOND_MS;

/** Asks the API server who we are: the kubeconfig's own name for a user is known to nobody else. */
export class ReviewedIdentity implements ClusterIdentity {
  readonly #api: KubernetesApi;

  constructor(api: KubernetesApi) {
    this.#api = api;
  }

  async whoAmI(context: string, signal: AbortSignal): Promise<Result<string, ClusterError>> {
    const answer = await this.#api.request(
      context,
      {
        method: "POST",
        path: `/apis/${REVIEW_API}/selfsubjectreviews`,
        body: { apiVersion: REVIEW_API, kind: "SelfSubjectReview" },
        timeoutMs: TIMEOUT_MS,
      },
      signal,
    );
    if (!answer.ok) {
      const { error } = answer;
      if (error.reason === "conflict") return fail({ reason: "server-error", status: 409, detail: "" });
      // Servers before Kubernetes 1.28 do not have it.
      return fail(error.reason === "not-found" ? { reason: "not-found", what: "SelfSubjectReview" } : error);
    }
    const user = textAt(answer.value.body, "status", "userInfo", "username");
    return user === undefined || user === ""
      ? fail({ reason: "not-kubernetes", server: context, detail: "the review names no user" })
      : ok(user);
  }
}
