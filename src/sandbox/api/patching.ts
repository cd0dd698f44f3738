import type { Json, JsonObject } from "../json.ts";
import { at, isObject, objectOf, textOf, without } from "../json.ts";
import { nameOf, namespaceOf } from "../object.ts";
import { apply } from "../patch/apply.ts";
import { jsonPatch } from "../patch/jsonPatch.ts";
import { mergePatch } from "../patch/mergePatch.ts";
import { strategicMerge } from "../patch/strategicMerge.ts";
import { groupVersion, type Kind } from "../kinds.ts";
import { badRequest, invalidPatch, isRefusal, notFound, Refusal } from "../refusal.ts";
import { asKind, decodeApply, decodePatch, typeProblem } from "./decode.ts";
import type { Change, Objects, Place, Write } from "./objects.ts";

/** A PATCH request: what it changes, how its body is to be read, and by whom it is sent. */
export interface Patch {
  readonly type: string;
  readonly body: Buffer;
  readonly isForced: boolean;
}

const APPLY = ["application/apply-patch+yaml", "application/apply-patch+cbor"];
const JSON_PATCH = "application/json-patch+json";
const MERGE = "application/merge-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";

/** Patches an object; a server-side apply creates it if need be, which the second value tells. */
export function patchObject(
  objects: Objects,
  place: Place,
  patch: Patch,
  write: Write,
): [JsonObject, boolean] | Refusal {
  if (APPLY.includes(patch.type)) return applyPatch(objects, place, patch, write);
  if (![JSON_PATCH, MERGE, STRATEGIC].includes(patch.type)) {
    return new Refusal(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});
  }
  const parsed = decodePatch(patch.body);
  if (isRefusal(parsed)) return parsed;
  const change = changeBy(patch.type, parsed);
  const changed = objects.change(
    place,
    (live) => typed(place.kind, { parsed, type: patch.type }, change(live)),
    write,
  );
  return isRefusal(changed) ? changed : [changed, false];
}

/** A patch may not make another kind of the object, nor give its fields other types. */
function typed(
  kind: Kind,
  sent: { parsed: Json; type: string },
  result: JsonObject | Refusal,
): JsonObject | Refusal {
  if (isRefusal(result)) return result;
  const given = sent.type === STRATEGIC ? goText(sent.parsed) : JSON.stringify(shown(result));
  const { kind: name = "", apiVersion = "" } = result;
  if (name !== kind.kind || apiVersion !== groupVersion(kind)) {
    const problem = `no kind "${textOf(name)}" is registered for version "${textOf(apiVersion)}" in scheme "pkg/runtime/scheme.go:111"`;
    return invalidPatch(given, problem);
  }
  const problem = typeProblem(kind, result);
  return problem === undefined ? result : invalidPatch(given, problem);
}

/** An object as the server shows it in messages, without the account of its managers. */
function shown({ apiVersion = "", kind = "", metadata = {}, ...rest }: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: without(objectOf(metadata), "managedFields"), ...rest };
}

/** A value the way Go prints it. */
function goText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isObject(value)) return value === null ? "<nil>" : String(value);
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goText(value[key] ?? null)}`).join(" ")}]`;
}

/** The change that a patch of one of the JSON types describes. */
export function changeBy(type: string, patch: Json): Change {
  return (live) => {
    const result = resultOf(type, live, patch);
    if (isRefusal(result)) return result;
    return isObject(result) ? result : badRequest("the patch does not result in an object");
  };
}

function resultOf(type: string, live: JsonObject, patch: Json): Json | Refusal {
  if (type === JSON_PATCH) return jsonPatch(live, patch);
  if (!isObject(patch)) {
    const prefix = type === MERGE ? "error decoding patch: " : "";
    return badRequest(`${prefix}json: cannot unmarshal array into Go value of type map[string]interface {}`);
  }
  return type === MERGE ? mergePatch(live, patch) : strategicMerge(live, patch);
}

function applyPatch(
  objects: Objects,
  place: Place,
  patch: Patch,
  write: Write,
): [JsonObject, boolean] | Refusal {
  const decoded = decodeApply(patch.body);
  if (isRefusal(decoded)) return decoded;
  const { apiVersion = "", kind = "" } = decoded;
  if (kind !== place.kind.kind || apiVersion !== groupVersion(place.kind)) {
    const group = textOf(apiVersion).includes("/") ? textOf(apiVersion) : `/${textOf(apiVersion)}`;
    return badRequest(`invalid object type: ${group}, Kind=${textOf(kind)}`);
  }
  const applied = asKind(place.kind, decoded);
  if (isRefusal(applied)) return applied;
  const refusal = applyRefusal(place, applied, write);
  if (refusal !== undefined) return refusal;

  const application = { manager: write.manager, isForced: patch.isForced, now: objects.now() };
  const live = objects.store.get(place.kind, place.namespace, place.name);
  if (live === undefined) {
    if (write.manager.subresource !== "") return notFound(place.kind, place.name);
    const made = apply(emptyObject(place), applied, application);
    const created = isRefusal(made) ? made : objects.create(place.kind, place.namespace, made, write);
    return isRefusal(created) ? created : [created, true];
  }
  const changed = objects.change(
    place,
    (copy) => versioned(apply(copy, applied, application), applied),
    write,
  );
  return isRefusal(changed) ? changed : [changed, false];
}

function applyRefusal(place: Place, applied: JsonObject, { manager }: Write): Refusal | undefined {
  if (manager.name === "") {
    const message = "fieldManager: Required value: is required for apply patch";
    return new Refusal(422, "Invalid", `PatchOptions.meta.k8s.io "" is invalid: ${message}`, {
      group: "meta.k8s.io",
      kind: "PatchOptions",
      causes: [
        {
          reason: "FieldValueRequired",
          message: message.slice("fieldManager: ".length),
          field: "fieldManager",
        },
      ],
    });
  }
  if (at(applied, "metadata", "managedFields") !== undefined) {
    return badRequest("metadata.managedFields must be nil");
  }
  if (nameOf(applied) !== "" && nameOf(applied) !== place.name) {
    return badRequest(
      `the name of the object (${nameOf(applied)}) does not match the name on the URL (${place.name})`,
    );
  }
  if (namespaceOf(applied) !== "" && namespaceOf(applied) !== place.namespace) {
    return badRequest(
      "the namespace of the provided object does not match the namespace sent on the request",
    );
  }
  return undefined;
}

const emptyObject = ({ kind, namespace, name }: Place): JsonObject => ({
  kind: kind.kind,
  apiVersion: groupVersion(kind),
  metadata: { name, ...(namespace === "" ? {} : { namespace }) },
});

/** An applied resourceVersion is a condition, as in any other write. */
function versioned(result: JsonObject | Refusal, applied: JsonObject): JsonObject | Refusal {
  const version = at(applied, "metadata", "resourceVersion");
  if (isRefusal(result) || version === undefined) return result;
  return { ...result, metadata: { ...(result["metadata"] as JsonObject), resourceVersion: version } };
}
