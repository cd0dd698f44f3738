import type { Json, JsonObject } from "../json.ts";
import { at, childOf, isEqual, listOf, objectOf, setDefault, textOf, without } from "../json.ts";
import type { Cause } from "../refusal.ts";
import { required, unsupported, wrong } from "./causes.ts";
import { readQuantity } from "./quantity.ts";

/** What keeps a claim for as long as a pod uses it. */
export const CLAIM_PROTECTION = "kubernetes.io/pvc-protection";

/** Fills in what the API server fills in for a PersistentVolumeClaim, or for the template of one. In place. */
export function defaultClaim(claim: JsonObject): void {
  setDefault(childOf(claim, "spec"), "volumeMode", "Filesystem");
  setDefault(childOf(claim, "status"), "phase", "Pending");
}

const ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const STORAGE = ["spec", "resources", "requests", "storage"] as const;

/** What is wrong with a claim. */
export function validateClaim(claim: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const modes = listOf(at(claim, "spec", "accessModes")).map(textOf);
  if (modes.length === 0) causes.push(required("spec.accessModes", "at least 1 access mode is required"));
  for (const mode of modes) {
    if (!ACCESS_MODES.includes(mode)) causes.push(unsupported("spec.accessModes", mode, ACCESS_MODES));
  }
  const storage = at(claim, ...STORAGE);
  if (storage === undefined) causes.push(required("spec.resources[storage]"));
  else if (readQuantity(storage).millis <= 0n)
    causes.push(wrong("spec.resources[storage]", storage, "must be greater than zero"));
  return causes;
}

/** What must not change of a claim: of one that is bound all but its size, which may grow. */
export function validateClaimUpdate(before: JsonObject, after: JsonObject): Cause[] {
  const isBound = at(before, "status", "phase") === "Bound";
  const hasVolume = textOf(at(before, "spec", "volumeName")) !== "";
  const fixed = (claim: JsonObject): Json => {
    const { resources, ...spec } = without(objectOf(claim["spec"]), ...(hasVolume ? [] : ["volumeName"]));
    const { requests, ...limits } = objectOf(resources);
    return {
      ...spec,
      limits,
      requests: isBound ? without(objectOf(requests), "storage") : objectOf(requests),
    };
  };
  const forbidden = (field: string, why: string): Cause => ({
    reason: "FieldValueForbidden",
    message: `Forbidden: ${why}`,
    field,
  });
  const causes = isEqual(fixed(before), fixed(after)) ? [] : [forbidden("spec", IMMUTABLE)];
  const size = (claim: JsonObject): bigint => readQuantity(at(claim, ...STORAGE)).millis;
  const capacity = readQuantity(at(before, "status", "capacity", "storage")).millis;
  if (size(after) < size(before) && size(after) <= capacity)
    causes.push(forbidden(STORAGE.join("."), "field can not be less than status.capacity"));
  return causes;
}

/** The server shows the difference behind it. */
const IMMUTABLE =
  "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
