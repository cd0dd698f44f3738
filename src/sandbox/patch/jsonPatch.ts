import type { Json } from "../json.ts";
import { copyOf, isEqual, isObject, listOf, textOf } from "../json.ts";
import { badRequest, isRefusal, type Refusal, unprocessable } from "../refusal.ts";

/** Where an operation points: the container and the last part of the path. */
interface Spot {
  readonly parent: Json;
  readonly key: string;
}

/** Applies a JSON patch (RFC 6902) to a copy. What cannot be done, a failed `test` among it, is a 422. */
export function jsonPatch(document: Json, patch: Json): Json | Refusal {
  if (!Array.isArray(patch)) return unreadable(patch, "[]handlers.jsonPatchOp");
  let result: Json = { document: copyOf(document) };
  for (const operation of patch) {
    const next = applyOperation(result, operation);
    if (isRefusal(next)) return next;
    result = next;
  }
  return isObject(result) ? (result["document"] ?? null) : null;
}

function unreadable(given: Json, wanted: string): Refusal {
  const type = Array.isArray(given) ? "array" : typeof given;
  return badRequest(`error decoding patch: json: cannot unmarshal ${type} into Go value of type ${wanted}`);
}

function applyOperation(root: Json, operation: Json): Json | Refusal {
  if (!isObject(operation)) return unreadable(operation, "handlers.jsonPatchOp");
  const to = spotAt(root, textOf(operation["path"]));
  if (to === undefined) return unprocessable();
  const value = operation["value"] ?? null;
  switch (textOf(operation["op"])) {
    case "test":
      return isEqual(read(to) ?? null, value) ? root : unprocessable();
    case "add":
      return add(to, value) ? root : unprocessable();
    case "replace":
      // The library of the real server minds a missing index, but no missing key.
      return (isObject(to.parent) || read(to) !== undefined) && replace(to, value) ? root : unprocessable();
    case "remove":
      return remove(to) ? root : unprocessable();
    case "move":
    case "copy": {
      const from = spotAt(root, textOf(operation["from"]));
      const found = from && read(from);
      if (from === undefined || found === undefined) return unprocessable();
      if (operation["op"] === "move") remove(from);
      return add(to, copyOf(found)) ? root : unprocessable();
    }
    default:
      return unprocessable();
  }
}

/** The whole document lies under the key `document` of a root, so that even it has a parent. */
function spotAt(root: Json, path: string): Spot | undefined {
  const parts = ["document", ...path.split("/").slice(1)].map((part) =>
    part.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
  const key = parts.pop() ?? "";
  let parent = root;
  for (const part of parts) {
    const child = read({ parent, key: part });
    if (child === undefined) return undefined;
    parent = child;
  }
  return { parent, key };
}

function indexIn(list: Json[], key: string): number | undefined {
  if (key === "-") return list.length;
  const index = /^\d+$/u.test(key) ? Number(key) : undefined;
  return index !== undefined && index <= list.length ? index : undefined;
}

function read({ parent, key }: Spot): Json | undefined {
  if (isObject(parent)) return parent[key];
  const index = indexIn(listOf(parent), key);
  return index === undefined ? undefined : listOf(parent)[index];
}

function add({ parent, key }: Spot, value: Json): boolean {
  if (isObject(parent)) {
    parent[key] = value;
    return true;
  }
  const index = Array.isArray(parent) ? indexIn(parent, key) : undefined;
  if (index === undefined) return false;
  listOf(parent).splice(index, 0, value);
  return true;
}

function replace({ parent, key }: Spot, value: Json): boolean {
  if (isObject(parent)) parent[key] = value;
  else listOf(parent)[Number(key)] = value;
  return true;
}

function remove({ parent, key }: Spot): boolean {
  if (read({ parent, key }) === undefined) return false;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (isObject(parent)) Reflect.deleteProperty(parent, key);
  return true;
}
