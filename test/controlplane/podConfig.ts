import type { ApiClient } from "../contract/apiClient.ts";
import { at, fieldsOf, listAt, textAt } from "../contract/json.ts";

/** What a pod asks for that is not there, in the words of the kubelet. */
export interface Missing {
  /** What of each container's environment is missing first, by its name. */
  readonly environment: ReadonlyMap<string, string>;
  /** One for each volume that cannot be mounted. */
  readonly volumes: readonly string[];
}

export const NOTHING_MISSING: Missing = { environment: new Map(), volumes: [] };

/** Where a pod takes something from, and whether it can do without. */
interface Reference {
  readonly kind: "secret" | "configmap";
  readonly name: string;
  /** The keys that have to be in it. */
  readonly keys: readonly string[];
  readonly isOptional: boolean;
}

/** Reads everything that a pod refers to. No request is made for a pod that refers to nothing. */
export async function missingFor(api: ApiClient, pod: unknown): Promise<Missing> {
  const namespace = textAt(pod, "metadata", "namespace");
  const found = new Map<string, Promise<unknown>>();
  const read = ({ kind, name }: Reference): Promise<unknown> => {
    const path = `/api/v1/namespaces/${namespace}/${kind}s/${name}`;
    const reading =
      found.get(path) ?? api.get(path).then(({ status, body }) => (status === 200 ? body : undefined));
    found.set(path, reading);
    return reading;
  };
  const environment = new Map<string, string>();
  for (const container of [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")]) {
    const keyText = (key: string, { kind, name }: Reference): string =>
      `couldn't find key ${key} in ${kind === "secret" ? "Secret" : "ConfigMap"} ${namespace}/${name}`;
    const problem = await firstProblem(environmentOf(container), read, keyText);
    if (problem !== undefined) environment.set(textAt(container, "name"), problem);
  }
  const volumes: string[] = [];
  for (const volume of listAt(pod, "spec", "volumes")) {
    const keyText = (key: string, { kind }: Reference): string =>
      kind === "secret"
        ? `references non-existent secret key: ${key}`
        : `configmap references non-existent config key: ${key}`;
    const problem = await firstProblem(mountsOf(volume), read, keyText);
    if (problem !== undefined)
      volumes.push(`MountVolume.SetUp failed for volume "${textAt(volume, "name")}" : ${problem}`);
  }
  return { environment, volumes };
}

/** Whether a pod takes anything from a Secret or a ConfigMap. */
export const refersToConfig = (pod: unknown): boolean =>
  listAt(pod, "spec", "volumes").some((volume) => mountsOf(volume).length > 0) ||
  [...listAt(pod, "spec", "initContainers"), ...listAt(pod, "spec", "containers")].some(
    (container) => environmentOf(container).length > 0,
  );

async function firstProblem(
  references: readonly Reference[],
  read: (reference: Reference) => Promise<unknown>,
  keyText: (key: string, reference: Reference) => string,
): Promise<string | undefined> {
  for (const reference of references) {
    if (reference.isOptional) continue;
    const object = await read(reference);
    if (object === undefined) return `${reference.kind} "${reference.name}" not found`;
    const present = { ...fieldsOf(at(object, "data")), ...fieldsOf(at(object, "binaryData")) };
    const lost = reference.keys.find((key) => present[key] === undefined);
    if (lost !== undefined) return keyText(lost, reference);
  }
  return undefined;
}

/** Whole sources come before single variables, whatever their order in the pod. */
function environmentOf(container: unknown): readonly Reference[] {
  const whole = listAt(container, "envFrom").flatMap((from) => [
    ...referenceTo("configmap", at(from, "configMapRef")),
    ...referenceTo("secret", at(from, "secretRef")),
  ]);
  const single = listAt(container, "env").flatMap((variable) => [
    ...referenceTo("configmap", at(variable, "valueFrom", "configMapKeyRef")),
    ...referenceTo("secret", at(variable, "valueFrom", "secretKeyRef")),
  ]);
  return [...whole, ...single];
}

const mountsOf = (volume: unknown): readonly Reference[] =>
  [volume, ...listAt(volume, "projected", "sources")].flatMap((source) => [
    ...referenceTo("secret", at(source, "secret")),
    ...referenceTo("configmap", at(source, "configMap")),
  ]);

function referenceTo(kind: Reference["kind"], reference: unknown): readonly Reference[] {
  // A volume names its Secret by another field than everything else does.
  const name = at(reference, "secretName") ?? at(reference, "name");
  if (typeof name !== "string") return [];
  const key = at(reference, "key");
  const items = listAt(reference, "items").map((item) => textAt(item, "key"));
  const keys = typeof key === "string" ? [key] : items;
  return [{ kind, name, keys, isOptional: at(reference, "optional") === true }];
}
