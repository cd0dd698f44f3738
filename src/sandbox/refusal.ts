import { type JsonObject, textOf } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { resourceName, SERVICE } from "./kinds.ts";

/** One field that is wrong, as the real server words it. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** An answer that is not what was asked for: becomes a Status object, whose texts are those of the real server. */
export class Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details: JsonObject | undefined;

  constructor(code: number, reason: string, message: string, details?: JsonObject) {
    this.code = code;
    this.reason = reason;
    this.message = message;
    this.details = details;
  }

  toStatus(): JsonObject {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: this.details }),
      code: this.code,
    };
  }
}

export const isRefusal = (value: unknown): value is Refusal => value instanceof Refusal;

const resourceDetails = (kind: Kind, name: string): JsonObject => ({
  ...(name === "" ? {} : { name }),
  ...(kind.group === "" ? {} : { group: kind.group }),
  kind: kind.plural,
});

const kindDetails = (kind: Kind, name: string): JsonObject => ({
  ...resourceDetails(kind, name),
  kind: kind.kind,
});

/** `Lease.coordination.k8s.io`, the way the server names a kind in validation messages. */
const kindName = (kind: Kind): string => (kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`);

export const badRequest = (message: string): Refusal => new Refusal(400, "BadRequest", message);

export const unauthorized = (): Refusal => new Refusal(401, "Unauthorized", "Unauthorized");

/** The server's page for paths it does not know is no Status; this code marks it. */
export const notServed = (): Refusal => new Refusal(404, "", "404 page not found");

/** A path below a group that is served, to something that is not. */
export const noSuchResource = (): Refusal =>
  new Refusal(404, "NotFound", "the server could not find the requested resource", {});

/** Mistakes for which the real server has no better answer. */
export const serverError = (message: string): Refusal => new Refusal(500, "", message);

/** A patch whose result is no object of the kind; `given` is what the server shows of it. */
export function invalidPatch(given: string, problem: string): Refusal {
  const message = `Invalid value: ${JSON.stringify(given)}: ${problem}`;
  const cause = { reason: "FieldValueInvalid", message, field: "patch" };
  return new Refusal(422, "Invalid", ` "" is invalid: patch: ${message}`, { causes: [cause] });
}

export const notFound = (kind: Kind, name: string): Refusal =>
  new Refusal(404, "NotFound", `${resourceName(kind)} "${name}" not found`, resourceDetails(kind, name));

export const methodNotAllowed = (): Refusal =>
  new Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

export const notAcceptable = (): Refusal =>
  new Refusal(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    {},
  );

export const alreadyExists = (kind: Kind, name: string): Refusal =>
  new Refusal(
    409,
    "AlreadyExists",
    `${resourceName(kind)} "${name}" already exists`,
    resourceDetails(kind, name),
  );

const MODIFIED =
  "the object has been modified; please apply your changes to the latest version and try again";

/** A write that named another resourceVersion than the present one. */
export const conflict = (kind: Kind, name: string, why = MODIFIED): Refusal =>
  new Refusal(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`,
    resourceDetails(kind, name),
  );

/** A delete whose preconditions do not hold; the server names the kind here, not the resource. */
export const preconditionFailed = (kind: Kind, name: string, why: string): Refusal =>
  new Refusal(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${kindName(kind)} "${name}": ${why}`,
    kindDetails(kind, name),
  );

/** An update that named another uid than the present one, or any uid where nothing is. */
export function uidConflict(
  kind: Kind,
  key: { namespace: string; name: string },
  uids: [string, string],
): Refusal {
  const folder = kind === SERVICE ? "services/specs" : kind.plural;
  const path = ["/registry", folder, ...(key.namespace === "" ? [] : [key.namespace]), key.name].join("/");
  return conflict(
    kind,
    key.name,
    `StorageError: invalid object, Code: 4, Key: ${path}, ResourceVersion: 0, AdditionalErrorMsg: ` +
      `Precondition failed: UID in precondition: ${uids[0]}, UID in object meta: ${uids[1]}`,
  );
}

export const forbidden = (kind: Kind, name: string, why: string): Refusal =>
  new Refusal(
    403,
    "Forbidden",
    `${resourceName(kind)}${name === "" ? "" : ` "${name}"`} is forbidden: ${why}`,
    resourceDetails(kind, name),
  );

/** Old versions are forgotten; whoever asks for them has to list again. */
export const expired = (message: string): Refusal => new Refusal(410, "Expired", message);

export const unsupportedMediaType = (accepted: readonly string[]): Refusal =>
  new Refusal(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

/** Fields that break a rule of their kind. */
export function invalid(kind: Kind, name: string, causes: readonly Cause[]): Refusal {
  return invalidAs(kindName(kind), kindDetails(kind, name), causes);
}

/** The one validation message that names the resource instead of the kind: an update without a version. */
export function versionRequired(kind: Kind, name: string): Refusal {
  const cause: Cause = {
    reason: "FieldValueInvalid",
    message: "Invalid value: 0: must be specified for an update",
    field: "metadata.resourceVersion",
  };
  return invalidAs(resourceName(kind), resourceDetails(kind, name), [cause]);
}

/** Options of a list or watch that do not go together. */
export const invalidListOptions = (causes: readonly Cause[]): Refusal =>
  invalidAs("ListOptions.meta.k8s.io", { group: "meta.k8s.io", kind: "ListOptions" }, causes);

function invalidAs(what: string, details: JsonObject, causes: readonly Cause[]): Refusal {
  // What is said twice is one line, and still two causes.
  const lines = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))];
  const text = lines.length === 1 ? (lines[0] ?? "") : `[${lines.join(", ")}]`;
  return new Refusal(422, "Invalid", `${what} "${textOf(details["name"])}" is invalid: ${text}`, {
    ...details,
    causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** A request that makes no sense for what is stored, such as a patch whose `test` fails. */
export const unprocessable = (): Refusal =>
  new Refusal(422, "Invalid", "the server rejected our request due to an error in our request", {});
