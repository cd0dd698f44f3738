import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { groupVersion, KINDS } from "../kinds.ts";
import { GROUPS } from "./discovery.ts";

/** A strong ETag, and the hash by which the index names a document. */
export const hashOf = (text: string): string => createHash("sha512").update(text).digest("hex").toUpperCase();

const pathOf = (group: string): string => (group === "" ? "api/v1" : `apis/${group}/v1`);

let made: ReadonlyMap<string, string> | undefined;

/** The texts of all documents by their path below /openapi/v3. They never change while the program runs. */
const documents = (): ReadonlyMap<string, string> =>
  (made ??= new Map(["", ...GROUPS].map((group) => [pathOf(group), JSON.stringify(documentOf(group))])));

/** The index that names every document and its hash. */
export const openapiIndex = (): JsonObject => ({
  paths: Object.fromEntries(
    [...documents()].map(([path, text]) => [
      path,
      { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(text)}` },
    ]),
  ),
});

/** The document of one group, or undefined. */
export const openapiDocument = (path: string): string | undefined => documents().get(path);

/**
 * The least that helm and kubectl need: each kind exists, anything may be in it, and it can be patched with the
 * usual parameters, which tells clients that the server validates fields by itself.
 */
function documentOf(group: string): JsonObject {
  const kinds = KINDS.filter((kind) => kind.group === group);
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.35.4" },
    paths: Object.fromEntries(kinds.map((kind) => [patchPath(kind), patchOperation(kind)])),
    components: { schemas: Object.fromEntries(kinds.map((kind) => [schemaName(kind), schemaOf(kind)])) },
  };
}

const groupVersionKind = (kind: Kind): JsonObject => ({
  group: kind.group,
  version: kind.version,
  kind: kind.kind,
});

const schemaName = (kind: Kind): string => `io.k8s.api.${kind.group.split(".")[0] || "core"}.v1.${kind.kind}`;

const schemaOf = (kind: Kind): JsonObject => ({
  type: "object",
  properties: {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
  "x-kubernetes-group-version-kind": [groupVersionKind(kind)],
  "x-kubernetes-preserve-unknown-fields": true,
});

function patchPath(kind: Kind): string {
  const root = kind.group === "" ? "/api/v1" : `/apis/${groupVersion(kind)}`;
  return `${root}/${kind.isNamespaced ? "namespaces/{namespace}/" : ""}${kind.plural}/{name}`;
}

const query = (name: string, type: string): JsonObject => ({
  name,
  in: "query",
  schema: { type, uniqueItems: true },
});

const patchOperation = (kind: Kind): JsonObject => ({
  patch: {
    operationId: `patch${kind.kind}`,
    parameters: [
      query("dryRun", "string"),
      query("fieldManager", "string"),
      query("fieldValidation", "string"),
      query("force", "boolean"),
    ],
    responses: { "200": { description: "OK" } },
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": groupVersionKind(kind),
  },
});
