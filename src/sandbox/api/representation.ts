import type { JsonObject } from "../json.ts";
import type { Call } from "../call.ts";
import { objectOf, textOf, without } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { groupVersion, kindOfObject } from "../kinds.ts";
import { versionOf } from "../object.ts";
import { notAcceptable, type Refusal } from "../refusal.ts";
import { type TableForm, tableOf } from "./tables.ts";

/** In what form the client wants its answer. */
export type Form = "full" | "metadata" | TableForm;

/**
 * Chooses a form by the Accept header. Protobuf is not spoken: clients name JSON behind it, and fall back to that.
 */
export function formFor(
  { headers, query }: Pick<Call, "headers" | "query">,
  now: () => number,
): Form | Refusal {
  for (const choice of (headers.accept ?? "*/*").split(",")) {
    const [type = "", ...parameters] = choice.split(";").map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice("as=".length);
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return "metadata";
    if (as === "Table") return { kind: "table", includes: inclusionOf(query.get("includeObject")), now };
    const isJson = ["*/*", "application/*", "application/json"].includes(type);
    if (isJson && as === undefined) return "full";
  }
  return notAcceptable();
}

const inclusionOf = (asked: string | null): TableForm["includes"] =>
  asked === "None" || asked === "Object" ? asked : "Metadata";

/** An object as JSON text, with its kind. */
export const objectText = (object: JsonObject, form: Form): string => goJson(inForm(object, form));

/** JSON as Go writes it, safe inside HTML: kubectl compares patches of ControllerRevisions byte by byte. */
const goJson = (object: JsonObject): string =>
  JSON.stringify(object).replace(
    /[<>&\u2028\u2029]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const METADATA = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" };

function inForm(object: JsonObject, form: Form): JsonObject {
  if (form === "full") {
    const { kind = "", apiVersion = "" } = object;
    return { kind, apiVersion, ...without(object, "kind", "apiVersion") };
  }
  if (form === "metadata") return { ...METADATA, metadata: objectOf(object["metadata"]) };
  const kind = kindOfObject(textOf(object["apiVersion"]), textOf(object["kind"]));
  if (kind === undefined) return object;
  return tableOf(kind, { metadata: { resourceVersion: versionOf(object) }, objects: [object] }, form);
}

/** An object as an item of a list: full items of a typed list do not repeat their kind. */
const itemText = (object: JsonObject, form: Form): string =>
  form === "full" ? goJson(without(object, "kind", "apiVersion")) : objectText(object, form);

/** A list as JSON text. */
export function listText(
  kind: Kind,
  metadata: JsonObject,
  objects: readonly JsonObject[],
  form: Form,
): string {
  if (typeof form === "object") return goJson(tableOf(kind, { metadata, objects }, form));
  const head =
    form === "full"
      ? { kind: `${kind.kind}List`, apiVersion: groupVersion(kind), metadata }
      : { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata };
  const body = objects.map((object) => itemText(object, form)).join(",");
  return `${JSON.stringify(head).slice(0, -1)},"items":[${body}]}`;
}
