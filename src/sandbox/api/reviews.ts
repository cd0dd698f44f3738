import type { JsonObject } from "../json.ts";
import { isObject, textOf } from "../json.ts";
import { timeText } from "../object.ts";
import type { Person } from "../people.ts";
import { isAllowed, userInfoOf } from "../people.ts";
import { Refusal } from "../refusal.ts";

/** Answers "who am I?". */
export const subjectReview = (person: Person, now: number): JsonObject => ({
  kind: "SelfSubjectReview",
  apiVersion: "authentication.k8s.io/v1",
  metadata: { creationTimestamp: timeText(now) },
  status: { userInfo: userInfoOf(person) },
});

/** Answers "may I?", by the same rule that decides about requests. */
export function accessReview(person: Person, body: JsonObject): JsonObject | Refusal {
  const spec = isObject(body["spec"]) ? body["spec"] : {};
  if (isObject(spec["resourceAttributes"]) === isObject(spec["nonResourceAttributes"])) return oneOfTwo();
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

function oneOfTwo(): Refusal {
  const message =
    "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified";
  const cause = { reason: "FieldValueInvalid", message, field: "spec.resourceAttributes" };
  return new Refusal(422, "Invalid", `.authorization.k8s.io "" is invalid: ${cause.field}: ${message}`, {
    group: "authorization.k8s.io",
    causes: [cause],
  });
}
