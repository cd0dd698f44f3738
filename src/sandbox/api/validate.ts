import type { Json, JsonObject } from "../json.ts";
import { at, isEqual, isObject, listOf, objectOf, textOf, textsOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { CONTROLLER_REVISION, NAMESPACE, PERSISTENT_VOLUME_CLAIM, SERVICE, STATEFUL_SET } from "../kinds.ts";
import { nameOf } from "../object.ts";
import type { Cause } from "../refusal.ts";
import { isLabel, LABEL_RULE, required, wrong } from "./causes.ts";
import { validateClaim, validateClaimUpdate } from "./claims.ts";
import {
  validateJob,
  validatePodSpec,
  validateStatefulSetUpdate,
  validateWorkload,
} from "./validateWorkload.ts";

const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const SERVICE_NAME = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/u;
const QUALIFIED = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  String.raw`'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const SERVICE_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
  "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')";
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation " +
  "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric " +
  "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const DATA_KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  " +
  "or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** The largest a Secret or a ConfigMap may be, in bytes of its values. */
const MAX_DATA = 1024 * 1024;

/** What is wrong with an object, in the order and the words of the real server. */
export function validate(kind: Kind, object: JsonObject): Cause[] {
  return [...validateName(kind, object), ...validateLabels(object), ...(RULES[kind.kind]?.(object) ?? [])];
}

const RULES: Readonly<Record<string, (object: JsonObject) => Cause[]>> = {
  Lease: validateLease,
  Secret: validateData,
  ConfigMap: validateData,
  Deployment: validateWorkload,
  ReplicaSet: validateWorkload,
  StatefulSet: validateWorkload,
  DaemonSet: validateWorkload,
  Job: validateJob,
  Pod: (pod) => validatePodSpec(objectOf(pod["spec"]), "spec"),
  Service: validateService,
  PersistentVolumeClaim: validateClaim,
};

function validateName(kind: Kind, object: JsonObject): Cause[] {
  const name = nameOf(object);
  if (name === "") return [required("metadata.name", "name or generateName is required")];
  if (kind === NAMESPACE) return isLabel(name) ? [] : [wrong("metadata.name", name, LABEL_RULE)];
  if (kind === SERVICE) return SERVICE_NAME.test(name) ? [] : [wrong("metadata.name", name, SERVICE_RULE)];
  if (name.length > 253) {
    return [wrong("metadata.name", name, "must be no more than 253 characters")];
  }
  return SUBDOMAIN.test(name) ? [] : [wrong("metadata.name", name, SUBDOMAIN_RULE)];
}

function validateLabels(object: JsonObject): Cause[] {
  return Object.entries(textsOf(at(object, "metadata", "labels"))).flatMap(([key, value]) => {
    const causes: Cause[] = [];
    const name = key.slice(key.indexOf("/") + 1);
    if (!QUALIFIED.test(name)) causes.push(wrong("metadata.labels", key, KEY_RULE));
    if (name.length > 63)
      causes.push(wrong("metadata.labels", key, "name part must be no more than 63 bytes"));
    if (value.length > 63) causes.push(wrong("metadata.labels", value, "must be no more than 63 bytes"));
    if (value !== "" && !QUALIFIED.test(value)) causes.push(wrong("metadata.labels", value, VALUE_RULE));
    return causes;
  });
}

function validateLease(lease: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const duration = at(lease, "spec", "leaseDurationSeconds");
  if (typeof duration === "number" && duration <= 0) {
    causes.push(wrong("spec.leaseDurationSeconds", duration, "must be greater than 0"));
  }
  const transitions = at(lease, "spec", "leaseTransitions");
  if (typeof transitions === "number" && transitions < 0) {
    causes.push(wrong("spec.leaseTransitions", transitions, "must be greater than or equal to 0"));
  }
  return causes;
}

function validateData(object: JsonObject): Cause[] {
  const data = textsOf(object["data"]);
  const causes = Object.keys(data)
    .filter((key) => !/^[-._a-zA-Z0-9]+$/u.test(key))
    .map((key) => wrong(`data[${key}]`, key, DATA_KEY_RULE));
  const size = Object.values(data).reduce((sum, value) => sum + sizeOf(object, value), 0);
  if (size <= MAX_DATA) return causes;
  const field = object["kind"] === "Secret" ? "data" : "[]";
  const message = `Too long: may not be more than ${MAX_DATA} bytes`;
  return [...causes, { reason: "FieldValueTooLong", message, field }];
}

const sizeOf = (object: JsonObject, value: string): number =>
  object["kind"] === "Secret" ? Buffer.byteLength(value, "base64") : Buffer.byteLength(value);

function validateService(service: JsonObject): Cause[] {
  const type = at(service, "spec", "type");
  const hasPorts = listOf(at(service, "spec", "ports")).length > 0;
  const needsNone = type === "ExternalName" || at(service, "spec", "clusterIP") === "None";
  return hasPorts || needsNone ? [] : [required("spec.ports")];
}

/** The one address follows the list of them, so that the server complains about the list. */
function movedService(before: JsonObject, after: JsonObject): Cause[] {
  const address = (service: JsonObject): string => textOf(at(service, "spec", "clusterIP"));
  if (address(before) === "" || address(after) === "" || address(before) === address(after)) return [];
  return [wrong("spec.clusterIPs[0]", [address(after)], "may not change once set")];
}

const HAVE_FIXED_SELECTOR = ["Deployment", "ReplicaSet", "DaemonSet"];
const JOB_FIXED = ["spec.completions", "spec.selector", "spec.template", "spec.completionMode"];

/** What must not change once an object is there. */
export function validateUpdate(kind: Kind, before: JsonObject, after: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const immutable = (field: string): void => {
    const path = field.split(".");
    const value = at(after, ...path) ?? null;
    if (!isEqual(at(before, ...path) ?? null, value)) causes.push(immutableField(field, value));
  };
  if (HAVE_FIXED_SELECTOR.includes(kind.kind)) immutable("spec.selector");
  if (kind === STATEFUL_SET) causes.push(...validateStatefulSetUpdate(before, after));
  if (kind === CONTROLLER_REVISION && !isEqual(before["data"], after["data"])) {
    // The server shows the bytes of the patch as the object that it never is.
    causes.push(immutableField("data", {}));
  }
  if (kind.kind === "Job") for (const field of JOB_FIXED) immutable(field);
  if (kind === SERVICE) causes.push(...movedService(before, after));
  if (kind === PERSISTENT_VOLUME_CLAIM) causes.push(...validateClaimUpdate(before, after));
  if (kind.kind === "Secret") immutable("type");
  if (before["immutable"] === true && !isEqual(before["data"], after["data"])) {
    causes.push({
      reason: "FieldValueForbidden",
      message: "Forbidden: field is immutable when `immutable` is set",
      field: "data",
    });
  }
  return causes;
}

const immutableField = (field: string, value: Json): Cause =>
  isObject(value)
    ? {
        reason: "FieldValueInvalid",
        message: `Invalid value: ${JSON.stringify(value)}: field is immutable`,
        field,
      }
    : wrong(field, value, "field is immutable");

/** A patch that names another uid than the object's. The server says it twice. */
export const wrongUid = (uid: string): Cause[] => {
  const cause = wrong("metadata.uid", uid, "field is immutable");
  return [cause, cause];
};
