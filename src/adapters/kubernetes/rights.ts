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
 * What helm needs of a manifest's objects. What a kind is called as a resource, and whether it is in a namespace, the
 * API server says itself; a kind that it does not know needs no right: it fails for another reason.
 */
export async function resourceRights(
  objects: readonly JsonObject[],
  home: string,
  discover: (path: string) => Promise<Result<unknown, ClusterError>>,
): Promise<readonly Right[]> {
  const versions = [...new Set(objects.flatMap((object) => textAt(object, "apiVersion") ?? []))];
  const lists = await mapSome(versions, async (version) => {
    const [group] = version.includes("/") ? version.split("/", 1) : [""];
    const path = `/${version.includes("/") ? "apis" : "api"}/${version.split("/").map(encodeURIComponent).join("/")}`;
    const answer = await discover(path);
    return { version, group: group ?? "", resources: answer.ok ? objectsAt(answer.value, "resources") : [] };
  });
  const rights = new Map<string, Right>();
  for (const object of objects) {
    const list = lists.find(({ version }) => version === textAt(object, "apiVersion"));
    const resource = list?.resources.find((one) => isOfKind(one, textAt(object, "kind")));
    if (list === undefined || resource === undefined) continue;
    const isNamespaced = resource["namespaced"] === true;
    const namespace = isNamespaced ? (textAt(object, "metadata", "namespace") ?? home) : "";
    for (const verb of OBJECT_VERBS) {
      const right = { verb, group: list.group, resource: textAt(resource, "name") ?? "", namespace };
      rights.set(JSON.stringify(right), right);
    }
  }
  return [...rights.values()];
}

/** Subresources (`deployments/scale`) are listed among the resources. */
const isOfKind = (resource: JsonObject, kind: string | undefined): boolean =>
  textAt(resource, "kind") === kind && textAt(resource, "name")?.includes("/") === false;
