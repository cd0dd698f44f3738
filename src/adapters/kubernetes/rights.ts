import type { ClusterError } from "../../domain/cluster.ts";
import type { RecordDriver } from "../../domain/release.ts";
import type { Result } from "../../domain/result.ts";
import { objectsAt, textAt, type JsonObject } from "./json.ts";
import { mapSome } from "./mapSome.ts";

/** Something that one may do, or may not. An empty namespace is the cluster's scope. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
}

/** helm finds its records, makes a new one, marks others, and drops the oldest. */
const RECORD_VERBS = ["get", "list", "create", "update", "delete"];
/** helm reads each object, changes those that are there and makes those that are not. */
const OBJECT_VERBS = ["get", "create", "patch"];
/** What the target has not got is read and deleted. */
const DELETED_VERBS = ["get", "delete"];

/** An object as far as a right depends on it. An empty namespace is the release's, or none. */
export interface Touched {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly verbs: readonly string[];
}

/** Those of a manifest, and those that go. */
export const touchedObjects = (
  objects: readonly JsonObject[],
  deletes: readonly Omit<Touched, "verbs">[],
): readonly Touched[] => [
  ...objects.map((object) => ({
    apiVersion: textAt(object, "apiVersion") ?? "",
    kind: textAt(object, "kind") ?? "",
    namespace: textAt(object, "metadata", "namespace") ?? "",
    verbs: OBJECT_VERBS,
  })),
  ...deletes.map((object) => ({ ...object, verbs: DELETED_VERBS })),
];

/** e.g. `patch deployments`, `patch deployments in other` for another namespace than the release's. */
export const rightWords = ({ verb, resource, namespace }: Right, home: string): string =>
  namespace === home || namespace === "" ? `${verb} ${resource}` : `${verb} ${resource} in ${namespace}`;

/** What helm needs of its own records. */
export const recordRights = (driver: RecordDriver, namespace: string): readonly Right[] =>
  RECORD_VERBS.map((verb) => ({
    verb,
    group: "",
    resource: driver === "secret" ? "secrets" : "configmaps",
    namespace,
  }));

/**
 * What helm needs of the objects that it touches. What a kind is called as a resource, and whether it is in a namespace, the
 * API server says itself; a kind that it does not know needs no right: it fails for another reason.
 */
export async function resourceRights(
  objects: readonly Touched[],
  home: string,
  discover: (path: string) => Promise<Result<unknown, ClusterError>>,
): Promise<readonly Right[]> {
  const versions = [...new Set(objects.map(({ apiVersion }) => apiVersion))].filter((one) => one !== "");
  const lists = await mapSome(versions, async (version) => {
    const [group] = version.includes("/") ? version.split("/", 1) : [""];
    const path = `/${version.includes("/") ? "apis" : "api"}/${version.split("/").map(encodeURIComponent).join("/")}`;
    const answer = await discover(path);
    return { version, group: group ?? "", resources: answer.ok ? objectsAt(answer.value, "resources") : [] };
  });
  const rights = new Map<string, Right>();
  for (const { apiVersion, kind, namespace: own, verbs } of objects) {
    const list = lists.find(({ version }) => version === apiVersion);
    const resource = list?.resources.find((one) => isOfKind(one, kind));
    if (list === undefined || resource === undefined) continue;
    const isNamespaced = resource["namespaced"] === true;
    const namespace = !isNamespaced ? "" : own === "" ? home : own;
    for (const verb of verbs) {
      const right = { verb, group: list.group, resource: textAt(resource, "name") ?? "", namespace };
      rights.set(JSON.stringify(right), right);
    }
  }
  return [...rights.values()];
}

/** Subresources (`deployments/scale`) are listed among the resources. */
const isOfKind = (resource: JsonObject, kind: string): boolean =>
  textAt(resource, "kind") === kind && textAt(resource, "name")?.includes("/") === false;
