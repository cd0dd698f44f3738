import { isScalar, parseAllDocuments, visit, type Document } from "yaml";
import { plainImages } from "./plainYaml.ts";
import { CONTAINER_LISTS, POD_SPEC } from "./podSpec.ts";
import { workloadName, type ContainerImage } from "../../domain/release.ts";

/** More objects with pods, and more containers, than a release has that fits into a record; each costs milliseconds. */
const MAX_OBJECTS = 2_000;
/** An object with pods is a few kilobytes; parsed, each character takes hundreds of bytes of memory. */
const MAX_CHARACTERS = 256 * 1024;

/** Between documents; what follows on the same line belongs to the next. */
const DOCUMENT_MARK = /^---(?=\s|$)/mu;
const KIND_LINE = /^kind:[ \t]*(?:"(\w+)"|'(\w+)'|(\w+))[ \t]*(?:#.*)?\r?$/gmu;

/**
 * Every image that a manifest's containers name, init containers included, in the order of the manifest. Undefined
 * where there are more than a release can have, or larger objects.
 */
export function manifestImages(manifest: string): readonly ContainerImage[] | undefined {
  const candidates = manifest.split(DOCUMENT_MARK).filter(mayNameImages);
  if (candidates.length > MAX_OBJECTS || candidates.some(({ length }) => length > MAX_CHARACTERS))
    return undefined;
  const images = candidates.flatMap((document) => plainImages(document) ?? yamlImages(document));
  return images.length > MAX_OBJECTS ? undefined : images;
}

/** Most objects of a release make no pods: that is told by a look. */
function mayNameImages(document: string): boolean {
  if (!document.includes("image")) return false;
  const kinds = [...document.matchAll(KIND_LINE)].map(
    ([, double, single, plain]) => double ?? single ?? plain,
  );
  const [kind, ...more] = kinds;
  return kind === undefined || more.length > 0 || kind === "List" || Object.hasOwn(POD_SPEC, kind);
}

/** By YAML itself, however the document is written. */
export function yamlImages(text: string): readonly ContainerImage[] {
  // Kubernetes takes the last of two equal keys and knows merges; prettyErrors would look up lines that nobody reads.
  const options = { logLevel: "silent", prettyErrors: false, uniqueKeys: false, merge: true } as const;
  try {
    return parseAllDocuments(text, options).flatMap((document) => {
      // A document that YAML cannot read names no image; helm itself would not have applied it.
      return document.errors.length > 0 ? [] : objectImages(asObject(document));
    });
  } catch (error) {
    // Nested deeper than the stack.
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/**
 * Too many aliases are thrown at us, as the only guard against a document that grows without end. Keys that are maps
 * or lists, which Kubernetes has none of, are written out again at each level around them: three hundred levels, a
 * line of text, take a quarter of a minute.
 */
function asObject(document: Document.Parsed): unknown {
  if (hasCompoundKeys(document)) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

/** Keys that are maps or lists themselves: nothing of Kubernetes', and slow beyond measure. */
export function hasCompoundKeys(document: Document.Parsed): boolean {
  const found: unknown[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key)) return undefined;
      found.push(key);
      return visit.BREAK;
    },
  });
  return found.length > 0;
}

function objectImages(object: unknown): readonly ContainerImage[] {
  const kind = at(object, ["kind"]);
  if (typeof kind !== "string") return [];
  if (kind === "List") {
    const items = at(object, ["items"]);
    return Array.isArray(items) ? items.flatMap(objectImages) : [];
  }
  const path = Object.hasOwn(POD_SPEC, kind) ? POD_SPEC[kind] : undefined;
  const name = at(object, ["metadata", "name"]);
  if (path === undefined || typeof name !== "string") return [];
  const spec = at(object, path);
  return CONTAINER_LISTS.flatMap((list) => {
    const containers = at(spec, [list]);
    return Array.isArray(containers)
      ? containers.flatMap((container) => containerImage(container, workloadName(kind, name)))
      : [];
  });
}

function containerImage(container: unknown, workload: string): readonly ContainerImage[] {
  const name = at(container, ["name"]);
  const image = at(container, ["image"]);
  return typeof name === "string" && typeof image === "string" ? [{ workload, container: name, image }] : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, key) => (isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined),
    value,
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
