import type { JsonObject } from "../json.ts";
import { isObject, textOf } from "../json.ts";
import { timeText } from "../object.ts";
import type { Person } from "../people.ts";
import { isAllowed, userInfoOf } from "../people.ts";

/** Answers "who am I?". */
export const subjectReview = (person: Person, now: number): JsonObject => ({
  kind: "SelfSubjectReview",
  apiVersion: "authentication.k8s.io/v1",
  metadata: { creationTimestamp: timeText(now) },
  status: { userInfo: userInfoOf(person) },
});

/** Answers "may I?", by the same rule that decides about requests. */
export function accessReview(person: Person, body: JsonObject): JsonObject {
  const spec = isObject(body["spec"]) ? body["spec"] : {};
  const asked = isObject(spec["resourceAttributes"]) ? spec["resourceAttributes"] : {};
  const allowed = isAllowed(person, {
    verb: textOf(asked["verb"]),
    group: textOf(asked["group"]),
    resource: textOf(asked["resource"]),
    subresource: textOf(asked["subresource"]),
    namespace: textOf(asked["namespace"]),
    name: textOf(asked["name"]),
  });
  return {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: { allowed },
  };
}
