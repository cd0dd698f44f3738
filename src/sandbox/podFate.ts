import type { JsonObject } from "./json.ts";
import { at, objectsOf, textOf } from "./json.ts";

/** What becomes of a container; nothing but the tag of its image, and whether its pod runs to an end, decides. */
export type Fate =
  | "ready"
  /** Becomes ready, and restarts once some seconds later. */
  | "shaky"
  /** Runs for some seconds before it is ready. */
  | "slow"
  /** Runs, and is never ready. */
  | "notready"
  | "crash"
  | "oom"
  | "missing"
  | "denied"
  | "wrongarch"
  | "noconfig"
  /** The first init container of its pod fails; a pod without one is `ready`. */
  | "initfail"
  /** Its pod finds no node. */
  | "unschedulable"
  /** In a pod that runs to an end: ends well, or with exit code 1. */
  | "complete"
  | "fail";

/** A container as its pod asks for it. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly fate: Fate;
}

const BY_TAG: readonly Fate[] = [
  ...(["shaky", "slow", "notready", "crash", "oom", "missing", "denied", "wrongarch"] as const),
  ...(["noconfig", "initfail", "unschedulable"] as const),
];

/** Of a tag like `crash-4f1c0de` the part before the first `-` counts. */
export function fateOf(image: string, isOneShot: boolean): Fate {
  const word = /:(?<word>[^:/@-]+)[^:/@]*(?:@[^@]*)?$/u.exec(image)?.groups?.["word"] ?? "";
  if (isOneShot) return word === "fail" ? "fail" : "complete";
  return BY_TAG.find((fate) => fate === word) ?? "ready";
}

/** Whether a pod runs to an end, as those of a Job do. */
export const runsToAnEnd = (pod: JsonObject): boolean =>
  ["Never", "OnFailure"].includes(textOf(at(pod, "spec", "restartPolicy")));

/** The containers of a pod with what becomes of them. */
export function containersOf(pod: JsonObject): readonly Container[] {
  const isOneShot = runsToAnEnd(pod);
  return objectsOf(at(pod, "spec", "containers")).map((container) => {
    const image = textOf(container["image"]);
    return { name: textOf(container["name"]), image, fate: fateOf(image, isOneShot) };
  });
}

/** Init containers end well, but for the first one where a container's tag says so. */
export function initContainersOf(pod: JsonObject): readonly Container[] {
  const fails = containersOf(pod).some(({ fate }) => fate === "initfail");
  return objectsOf(at(pod, "spec", "initContainers")).map((container, index) => ({
    name: textOf(container["name"]),
    image: textOf(container["image"]),
    fate: fails && index === 0 ? "crash" : "complete",
  }));
}

export const isUnschedulable = (pod: JsonObject): boolean =>
  containersOf(pod).some(({ fate }) => fate === "unschedulable");

/** Why an image cannot be pulled, in the words of containerd; undefined where it can. */
export function pullFailure({ image, fate }: Container): string | undefined {
  const failed = `failed to pull and unpack image "${image}"`;
  const unresolved = `${failed}: failed to resolve reference "${image}"`;
  switch (fate) {
    case "missing":
      return `rpc error: code = NotFound desc = ${unresolved}: ${image}: not found`;
    case "denied":
      return (
        `rpc error: code = Unknown desc = ${unresolved}: ` +
        `unexpected status from HEAD request to ${manifestAddress(image)}: 401 Unauthorized`
      );
    case "wrongarch":
      return `rpc error: code = NotFound desc = ${failed}: no match for platform in manifest: not found`;
    default:
      return undefined;
  }
}

function manifestAddress(image: string): string {
  const slash = image.indexOf("/");
  const colon = image.lastIndexOf(":");
  const registry = slash === -1 ? "registry-1.docker.io" : image.slice(0, slash);
  const path = slash === -1 ? `library/${image.slice(0, colon)}` : image.slice(slash + 1, colon);
  return `https://${registry}/v2/${path}/manifests/${image.slice(colon + 1)}`;
}

/** How a container ends when it runs; undefined for those that stay. */
export function exitOf(fate: Fate): { readonly exitCode: number; readonly reason: string } | undefined {
  switch (fate) {
    case "crash":
    case "fail":
    case "shaky":
      return { exitCode: 1, reason: "Error" };
    case "oom":
      return { exitCode: 137, reason: "OOMKilled" };
    case "complete":
      return { exitCode: 0, reason: "Completed" };
    default:
      return undefined;
  }
}

/** What a container has written. One line holds a secret, as lines of real programs do. */
export function logOf({ name, fate }: Container): readonly string[] {
  switch (fate) {
    case "crash":
    case "shaky":
      return [
        `${name}: starting`,
        `${name}: connecting to postgres at db:5432 with user=app password=hunter2`,
        `${name}: fatal: relation "orders" does not exist`,
      ];
    case "oom":
      return [`${name}: starting`, `${name}: loading 4 GB of prices into memory`];
    case "fail":
      return [`${name}: starting`, `${name}: fatal: migration 0042_orders failed: column "total" exists`];
    case "complete":
      return [`${name}: starting`, `${name}: done`];
    case "notready":
      return [`${name}: listening on :8080`, `${name}: GET /healthz 503 upstream is not there`];
    default:
      return [`${name}: listening on :8080`];
  }
}
