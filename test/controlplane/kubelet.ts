import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "../contract/apiClient.ts";
import { at, listAt, textAt } from "../contract/json.ts";

const NODE = "node-1";
/** Roughly what a small image that is already on the node takes. */
const START_MS = 150;
const PULL_MS = 150;

/**
 * Scheduler and kubelet in one: binds pods, makes them ready or lets their image be missing (a tag that begins
 * with `missing`), and removes those that are to be deleted. Runs until the signal aborts, whatever breaks in
 * between: what a pod needs is always judged from its present state.
 */
export async function runKubelet(api: ApiClient, signal: AbortSignal): Promise<void> {
  const busy = new Set<string>();
  const changedMeanwhile = new Set<string>();
  const attend = (pod: unknown): void => {
    const uid = textAt(pod, "metadata", "uid");
    if (busy.has(uid)) {
      changedMeanwhile.add(uid);
      return;
    }
    const work = workFor(api, pod);
    if (work === undefined) return;
    busy.add(uid);
    void work()
      .catch(report)
      .then(async () => {
        busy.delete(uid);
        if (!changedMeanwhile.delete(uid) || signal.aborted) return;
        const now = await api.get(pathOf(pod));
        if (now.status === 200) attend(now.body);
      })
      .catch(report);
  };
  const report = (error: unknown): void => {
    if (!signal.aborted && !isConnectionLoss(error)) console.error("kubelet:", error);
  };
  while (!signal.aborted) {
    try {
      await watchPods(api, attend, signal);
    } catch (error) {
      report(error);
    }
    await delay(100, undefined, { signal }).catch(() => undefined);
  }
}

async function watchPods(api: ApiClient, attend: (pod: unknown) => void, signal: AbortSignal): Promise<void> {
  const list = await api.get("/api/v1/pods");
  for (const pod of listAt(list.body, "items")) attend(pod);
  const from = textAt(list.body, "metadata", "resourceVersion");
  const path = `/api/v1/pods?watch=true&resourceVersion=${from}`;
  for await (const line of api.watch(path, signal)) {
    if (line.type === "ADDED" || line.type === "MODIFIED") attend(line.object);
    else if (line.type !== "DELETED") return;
  }
}

/** The next thing a node would do for this pod; undefined when there is nothing. */
function workFor(api: ApiClient, pod: unknown): (() => Promise<void>) | undefined {
  const path = pathOf(pod);
  if (at(pod, "metadata", "deletionTimestamp") !== undefined) {
    return async () => {
      await api.delete(`${path}?gracePeriodSeconds=0`);
    };
  }
  if (at(pod, "spec", "nodeName") === undefined) {
    return async () => {
      await api.post(`${path}/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: textAt(pod, "metadata", "name") },
        target: { apiVersion: "v1", kind: "Node", name: NODE },
      });
      await settle(api, path, pod);
    };
  }
  if (at(pod, "status", "containerStatuses") === undefined) return () => settle(api, path, pod);
  return undefined;
}

function pathOf(pod: unknown): string {
  return `/api/v1/namespaces/${textAt(pod, "metadata", "namespace")}/pods/${textAt(pod, "metadata", "name")}`;
}

async function settle(api: ApiClient, path: string, pod: unknown): Promise<void> {
  await delay(START_MS);
  await api.patch("merge", `${path}/status`, { status: statusOf(pod, "ErrImagePull") });
  if (!containersOf(pod).some(isMissing)) return;
  await delay(PULL_MS);
  await api.patch("merge", `${path}/status`, { status: statusOf(pod, "ImagePullBackOff") });
}

type PullReason = "ErrImagePull" | "ImagePullBackOff";

interface Container {
  readonly name: string;
  readonly image: string;
}

function containersOf(pod: unknown): readonly Container[] {
  return listAt(pod, "spec", "containers").map((container) => ({
    name: textAt(container, "name"),
    image: textAt(container, "image"),
  }));
}

function isMissing({ image }: Container): boolean {
  return /:missing[^/]*$/.test(image);
}

function statusOf(pod: unknown, reason: PullReason): unknown {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const containers = containersOf(pod);
  const isReady = !containers.some(isMissing);
  const condition = (type: string, isTrue: boolean): unknown => ({
    type,
    status: isTrue ? "True" : "False",
    lastTransitionTime: now,
    ...(isTrue
      ? {}
      : {
          reason: "ContainersNotReady",
          message: `containers with unready status: [${containers
            .filter(isMissing)
            .map((container) => container.name)
            .join(" ")}]`,
        }),
  });
  return {
    phase: isReady ? "Running" : "Pending",
    startTime: now,
    conditions: [
      condition("PodReadyToStartContainers", true),
      condition("Initialized", true),
      condition("Ready", isReady),
      condition("ContainersReady", isReady),
      condition("PodScheduled", true),
    ],
    containerStatuses: containers.map((container) =>
      isMissing(container) ? waiting(container, reason) : running(container, now),
    ),
  };
}

function running({ name, image }: Container, startedAt: string): unknown {
  const digest = createHash("sha256").update(image).digest("hex");
  return {
    name,
    image,
    imageID: `${image.replace(/:[^:/]*$/, "")}@sha256:${digest}`,
    containerID: `containerd://${digest}`,
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt } },
  };
}

/** The words are containerd's and the kubelet's own. */
function waiting({ name, image }: Container, reason: PullReason): unknown {
  const cause =
    `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": ` +
    `failed to resolve reference "${image}": ${image}: not found`;
  const message =
    reason === "ErrImagePull" ? cause : `Back-off pulling image "${image}": ErrImagePull: ${cause}`;
  return {
    name,
    image,
    imageID: "",
    ready: false,
    started: false,
    restartCount: 0,
    state: { waiting: { reason, message } },
  };
}

function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    ["ECONNRESET", "ECONNREFUSED", "EPIPE"].includes(error.code)
  );
}
