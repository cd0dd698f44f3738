import type { JsonObject } from "../json.ts";
import { objectOf, without } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { groupVersion } from "../kinds.ts";
import { notAcceptable, type Refusal } from "../refusal.ts";

/** In what form the client wants its answer. */
export type Form = "full" | "metadata";

/**
 * Chooses a form by the Accept header. Protobuf and tables are not spoken: clients name JSON behind them, and
 * fall back to it.
 */
export function formFor(accept: string | undefined): Form | Refusal {
  for (const choice of (accept ?? "*/*").split(",")) {
    const [type = "", ...parameters] = choice.split(";").map((part) => part.trim());
    const as = parameters.find((parameter) => parameter.startsWith("as="))?.slice("as=".length);
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return "metadata";
    const isJson = ["*/*", "application/*", "application/json"].includes(type);
    if (isJson && as === undefined) return "full";
  }
  return notAcceptable();
}

/** An object as JSON text, with its kind. */
export const objectText = (object: JsonObject, form: Form): string => goJson(inForm(object, form));

/** JSON as Go writes it, safe inside HTML: kubectl compares patches of ControllerRevisions byte by byte. */
const goJson = (object: JsonObject): string =>
  JSON.stringify(object).replace(
    /[<>&\u2028\u2029]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

const METADATA = { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" };

const inForm = (object: JsonObject, form: Form): JsonObject =>
  form === "full"
    ? {
        kind: object["kind"] ?? "",
        apiVersion: object["apiVersion"] ?? "",
        ...without(object, "kind", "apiVersion"),
      }
    : { ...METADATA, metadata: objectOf(object["metadata"]) };

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
  const head =
    form === "full"
      ? { kind: `${kind.kind}List`, apiVersion: groupVersion(kind), metadata }
      : { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata };
  const body = objects.map((object) => itemText(object, form)).join(",");
  return `${JSON.stringify(head).slice(0, -1)},"items":[${body}]}`;
}
