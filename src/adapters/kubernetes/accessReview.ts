import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { KubernetesApi } from "./api.ts";
import { valueAt } from "./json.ts";
import type { Right } from "./rights.ts";

const REVIEW_API = "authorization.k8s.io/v1";

/** Whether we may do something (SelfSubjectAccessReview). A grant for one object alone shows only where it is named. */
export async function isAllowed(
  api: KubernetesApi,
  context: string,
  { verb, group, resource, namespace, name }: Right & { readonly name?: string },
  signal: AbortSignal,
): Promise<Result<boolean, ClusterError>> {
  const resourceAttributes = {
    verb,
    group,
    resource,
    namespace,
    ...(name === undefined ? {} : { name }),
  };
  const body = {
    apiVersion: REVIEW_API,
    kind: "SelfSubjectAccessReview",
    spec: { resourceAttributes },
  };
  const path = `/apis/${REVIEW_API}/selfsubjectaccessreviews`;
  const answer = await api.request(context, { method: "POST", path, body }, signal);
  if (answer.ok) return ok(valueAt(answer.value.body, "status", "allowed") === true);
  return answer.error.reason === "conflict"
    ? fail({ reason: "server-error", status: 409, detail: "" })
    : fail(answer.error);
}
