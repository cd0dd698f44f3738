import type { Json } from "./release.ts";
import type { ManifestObject } from "./rollback.ts";

export type JsonObject = { readonly [key: string]: Json };

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isJsonList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** One document of a manifest, as YAML reads it. */
export type ManifestPiece =
  | { readonly kind: "object"; readonly content: JsonObject; readonly source?: string }
  /** What is no object: not YAML, or another thing than a map. Kept as it stands, so that nothing is lost. */
  | { readonly kind: "text"; readonly text: string; readonly source?: string };

/** A document under the name by which helm matches it with the same object of another revision. */
export interface ManifestEntry {
  readonly key: string;
  readonly object: ManifestObject;
  /** Undefined where the document is no object; then `text` is all there is. */
  readonly content: JsonObject | undefined;
  readonly text: string;
}

/**
 * A manifest's objects, in its order. helm matches by group, kind, namespace and name: another version of the same
 * group is the same object, and so is one that names the release's own namespace.
 */
export function manifestEntries(
  pieces: readonly ManifestPiece[],
  namespace: string,
): readonly ManifestEntry[] {
  const seen = new Map<string, number>();
  const unique = (key: string): string => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${count}`;
  };
  return pieces.flatMap((piece, index): ManifestEntry[] => {
    const source = piece.source ?? `#${index + 1}`;
    if (piece.kind === "text") {
      const object = { apiVersion: "", kind: "", name: source, namespace: "" };
      return [{ key: unique(`text ${source}`), object, content: undefined, text: piece.text }];
    }
    return itemsOf(piece.content).map((content) => {
      const object = nameOf(content, source);
      const home = object.namespace === namespace ? "" : object.namespace;
      const group = object.apiVersion.includes("/") ? object.apiVersion.split("/", 1)[0] : "";
      const key = unique([group, object.kind, home, object.name].join(" "));
      return { key, object: { ...object, namespace: home }, content, text: "" };
    });
  });
}

/** helm takes a List apart. */
function itemsOf(content: JsonObject): readonly JsonObject[] {
  const { kind, items } = content;
  if (typeof kind !== "string" || !kind.endsWith("List") || !isJsonList(items)) return [content];
  return items.filter(isJsonObject).flatMap(itemsOf);
}

function nameOf(content: JsonObject, source: string): ManifestObject {
  const name = textAt(content, "metadata", "name");
  return {
    apiVersion: textAt(content, "apiVersion"),
    kind: textAt(content, "kind"),
    name: name === "" ? source : name,
    namespace: textAt(content, "metadata", "namespace"),
  };
}

/** What lies at a path of keys; undefined where there is nothing. */
export function jsonAt(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (found, key) => (isJsonObject(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );
}

/** A text at a path; empty where there is none. */
export function textAt(value: Json | undefined, ...path: readonly string[]): string {
  const found = jsonAt(value, ...path);
  return typeof found === "string" ? found : "";
}

/** The maps of a list at a path; empty where there is none. */
export function objectsAt(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const found = jsonAt(value, ...path);
  return isJsonList(found) ? found.filter(isJsonObject) : [];
}

/** helm leaves an object alone that says so, even where the release no longer has it. */
export const isKept = ({ content }: ManifestEntry): boolean =>
  textAt(content, "metadata", "annotations", "helm.sh/resource-policy").trim().toLowerCase() === "keep";

/** The objects that helm deletes on the way from one manifest to another. */
export function deletedEntries(
  from: readonly ManifestEntry[],
  to: readonly ManifestEntry[],
): readonly ManifestEntry[] {
  const wanted = new Set(to.map(({ key }) => key));
  return from.filter((entry) => entry.content !== undefined && !wanted.has(entry.key) && !isKept(entry));
}
