import { setImmediate as turn } from "node:timers/promises";
import { isScalar, parseDocument, visit, type Document } from "yaml";
import { isObject, objectsAt, type JsonObject } from "./json.ts";

/** A line of its own; within a block of text it would be indented. */
const SEPARATOR = /^---(?:[ \t].*)?$/mu;

const NAMES_WORKLOAD = /\bkind["']?\s*:\s*["']?(?:Deployment|StatefulSet|DaemonSet|List)\b/u;

/** Whether a document may be of a workload, or of a List that has some. */
export const mayNameWorkload = (document: string): boolean => NAMES_WORKLOAD.test(document);

/**
 * The objects of a manifest that `mayMatter` by their text, with the items of Lists on their own. A chart of
 * hundreds of objects takes long to parse, so that others get a turn between two of them. A document that YAML cannot
 * read is left out: helm would not have applied it.
 */
export async function manifestObjects(
  manifest: string,
  mayMatter: (document: string) => boolean,
): Promise<readonly JsonObject[]> {
  const objects: JsonObject[] = [];
  for (const text of new Set(manifest.split(SEPARATOR))) {
    if (text.trim() === "" || !mayMatter(text)) continue;
    objects.push(...itemsOf(parsed(text)));
    await turn();
  }
  return objects;
}

function parsed(text: string): unknown {
  const document = parseDocument(text, { logLevel: "silent" });
  if (document.errors.length > 0 || hasCompoundKeys(document)) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    // Too many aliases: a document that would grow without end.
    return undefined;
  }
}

/** Keys that are maps or lists are nothing of Kubernetes', and a few hundred of them take the parser half a minute. */
function hasCompoundKeys(document: Document.Parsed): boolean {
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

function itemsOf(object: unknown): readonly JsonObject[] {
  if (!isObject(object)) return [];
  return object["kind"] === "List" ? objectsAt(object, "items").flatMap(itemsOf) : [object];
}
