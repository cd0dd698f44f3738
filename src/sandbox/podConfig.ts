import type { JsonObject } from "./json.ts";
import { at, listOf, objectOf, objectsOf, textOf } from "./json.ts";
import { namespaceOf } from "./object.ts";

/** What a pod asks for that is not there, in the words of the kubelet. */
export interface Missing {
  /** What of each container's environment is missing first, by its name. */
  readonly environment: ReadonlyMap<string, string>;
  /** One for each volume that cannot be mounted. */
  readonly volumes: readonly string[];
}

export const NOTHING_MISSING: Missing = { environment: new Map(), volumes: [] };

type Source = "Secret" | "ConfigMap";

/** Reads an object of the pod's namespace; undefined where there is none. */
export type FindSource = (kind: Source, name: string) => JsonObject | undefined;

/** Compares what a pod refers to with what is there. */
export function missingFor(pod: JsonObject, find: FindSource): Missing {
  const containers = ["initContainers", "containers"].flatMap((list) => objectsOf(at(pod, "spec", list)));
  const environment = containers.flatMap((container): [string, string][] => {
    const problem = environmentProblem(container, namespaceOf(pod), find);
    return problem === undefined ? [] : [[textOf(container["name"]), problem]];
  });
  const volumes = objectsOf(at(pod, "spec", "volumes")).flatMap((volume) => {
    const problem = volumeProblem(volume, find);
    const name = textOf(volume["name"]);
    return problem === undefined ? [] : [`MountVolume.SetUp failed for volume "${name}" : ${problem}`];
  });
  return { environment: new Map(environment), volumes };
}

const notFound = (kind: Source, name: string): string => `${kind.toLowerCase()} "${name}" not found`;

/** Whole sources come before single variables, whatever their order in the pod. */
function environmentProblem(container: JsonObject, namespace: string, find: FindSource): string | undefined {
  for (const from of objectsOf(container["envFrom"])) {
    for (const [field, kind] of [
      ["configMapRef", "ConfigMap"],
      ["secretRef", "Secret"],
    ] as const) {
      const reference = from[field];
      const name = textOf(at(reference, "name"));
      if (isNeeded(reference) && find(kind, name) === undefined) return notFound(kind, name);
    }
  }
  for (const variable of objectsOf(container["env"])) {
    for (const [field, kind] of [
      ["configMapKeyRef", "ConfigMap"],
      ["secretKeyRef", "Secret"],
    ] as const) {
      const reference = at(variable, "valueFrom", field);
      if (!isNeeded(reference)) continue;
      const name = textOf(at(reference, "name"));
      const key = textOf(at(reference, "key"));
      const found = find(kind, name);
      if (found === undefined) return notFound(kind, name);
      if (at(found, "data", key) === undefined)
        return `couldn't find key ${key} in ${kind} ${namespace}/${name}`;
    }
  }
  return undefined;
}

function volumeProblem(volume: JsonObject, find: FindSource): string | undefined {
  const sources = [volume, ...objectsOf(at(volume, "projected", "sources"))];
  for (const source of sources) {
    const problem =
      mountProblem(source["secret"], "Secret", find) ?? mountProblem(source["configMap"], "ConfigMap", find);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A volume names its Secret by another field than everything else does. */
function mountProblem(
  source: JsonObject[string] | undefined,
  kind: Source,
  find: FindSource,
): string | undefined {
  if (!isNeeded(source)) return undefined;
  const name = textOf(at(source, "secretName")) || textOf(at(source, "name"));
  const found = find(kind, name);
  if (found === undefined) return notFound(kind, name);
  const keys = { ...objectOf(found["data"]), ...objectOf(found["binaryData"]) };
  const lost = listOf(at(source, "items")).find((item) => keys[textOf(at(item, "key"))] === undefined);
  if (lost === undefined) return undefined;
  const what =
    kind === "Secret" ? "references non-existent secret key" : "configmap references non-existent config key";
  return `${what}: ${textOf(at(lost, "key"))}`;
}

const isNeeded = (reference: JsonObject[string] | undefined): boolean =>
  reference !== undefined && at(reference, "optional") !== true;
