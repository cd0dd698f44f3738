import { at, listAt, textAt } from "../contract/json.ts";

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

const BY_TAG: ReadonlySet<Fate> = new Set<Fate>([
  ...(["shaky", "slow", "notready", "crash", "oom", "missing", "denied", "wrongarch"] as const),
  ...(["noconfig", "initfail", "unschedulable"] as const),
]);

/** Of a tag like `crash-4f1c0de` the part before the first `-` counts. */
export function fateOf(image: string, runsToAnEnd: boolean): Fate {
  const word = /:(?<word>[^:/@-]+)[^:/@]*(?:@[^@]*)?$/u.exec(image)?.groups?.["word"] ?? "";
  if (runsToAnEnd) return word === "fail" ? "fail" : "complete";
  for (const fate of BY_TAG) if (fate === word) return fate;
  return "ready";
}

/** Whether the pod is one that ends, as those of a Job do. */
export const runsToAnEnd = (pod: unknown): boolean =>
  ["Never", "OnFailure"].includes(String(at(pod, "spec", "restartPolicy")));

/** The pod's containers with what becomes of them. */
export function containersOf(pod: unknown): readonly Container[] {
  const endsByItself = runsToAnEnd(pod);
  return listAt(pod, "spec", "containers").map((container) => {
    const image = textAt(container, "image");
    return { name: textAt(container, "name"), image, fate: fateOf(image, endsByItself) };
  });
}

/** Init containers end well, but for the first one where a container's tag says so. */
export function initContainersOf(pod: unknown): readonly Container[] {
  const fails = containersOf(pod).some(({ fate }) => fate === "initfail");
  return listAt(pod, "spec", "initContainers").map((container, index) => ({
    name: textAt(container, "name"),
    image: textAt(container, "image"),
    fate: fails && index === 0 ? "crash" : "complete",
  }));
}

export const isUnschedulable = (pod: unknown): boolean =>
  containersOf(pod).some(({ fate }) => fate === "unschedulable");

/** Why an image cannot be pulled, in the words of containerd; undefined where it can. */
export function pullFailure({ image, fate }: Container): string | undefined {
  const failed = `failed to pull and unpack image "${image}"`;
  switch (fate) {
    case "missing":
      return `rpc error: code = NotFound desc = ${failed}: failed to resolve reference "${image}": ${image}: not found`;
    case "denied": {
      const { registry, path, tag } = partsOf(image);
      return (
        `rpc error: code = Unknown desc = ${failed}: failed to resolve reference "${image}": ` +
        `unexpected status from HEAD request to https://${registry}/v2/${path}/manifests/${tag}: 401 Unauthorized`
      );
    }
    case "wrongarch":
      return `rpc error: code = NotFound desc = ${failed}: no match for platform in manifest: not found`;
    default:
      return undefined;
  }
}

function partsOf(image: string): { readonly registry: string; readonly path: string; readonly tag: string } {
  const slash = image.indexOf("/");
  const colon = image.lastIndexOf(":");
  return {
    registry: slash === -1 ? "registry-1.docker.io" : image.slice(0, slash),
    path: slash === -1 ? `library/${image.slice(0, colon)}` : image.slice(slash + 1, colon),
    tag: image.slice(colon + 1),
  };
}

/** How the container ends when it runs; undefined for those that stay. */
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

/** What the container has written. One line holds a secret, as lines of real programs do. */
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
