import { createHash } from "node:crypto";
import type { JsonObject } from "./json.ts";
import { at, numberOf, objectOf, textOf } from "./json.ts";
import { timeText, uidOf } from "./object.ts";
import { exitOf, type Container } from "./podFate.ts";

/** A container of a pod with its status at a moment. */
export interface Life {
  readonly pod: JsonObject;
  readonly container: Container;
  readonly isInit: boolean;
  readonly status: JsonObject;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What its environment lacks, in the kubelet's words; absent where there is nothing. */
  readonly missing?: string | undefined;
}

export const restartsOf = (status: JsonObject): number => numberOf(status["restartCount"]);

const endOf = (status: JsonObject): JsonObject | undefined => {
  const found = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  return found === undefined ? undefined : objectOf(found);
};

/** The status of a container before anything was done for it. */
export const notStarted = (container: Container, reason: string): JsonObject =>
  waiting({ container, status: {} }, { reason });

/** It waits. How it ended before stays to be seen, as `lastState`. */
export function waiting(
  { container, status }: Pick<Life, "container" | "status">,
  why: JsonObject,
): JsonObject {
  const ended = endOf(status);
  return {
    name: container.name,
    state: { waiting: why },
    lastState: ended === undefined ? {} : { terminated: ended },
    ready: false,
    restartCount: restartsOf(status),
    image: container.image,
    imageID: textOf(status["imageID"]),
    ...(ended === undefined ? {} : { containerID: textOf(status["containerID"]) }),
    started: false,
  };
}

/** It runs, and is ready where its fate lets it; a slow one only once it is awake. */
export function running(life: Life, isAwake = false): JsonObject {
  const { container, now } = life;
  const past = history(life);
  return {
    name: container.name,
    state: { running: { startedAt: timeText(now) } },
    ...past,
    ready: container.fate !== "notready" && (container.fate !== "slow" || isAwake),
    ...identity(life, past.restartCount),
    started: true,
  };
}

/** It has ended. Only an init container that ended well counts as ready. */
export function terminated(life: Life): JsonObject {
  const { container, isInit, status, now } = life;
  const end = exitOf(container.fate) ?? { exitCode: 0, reason: "Completed" };
  const past = history(life);
  const common = identity(life, past.restartCount);
  const startedAt = textOf(at(status, "state", "running", "startedAt")) || timeText(now);
  return {
    name: container.name,
    state: { terminated: { ...end, startedAt, finishedAt: timeText(now), containerID: common.containerID } },
    ...past,
    ready: isInit && end.exitCode === 0,
    ...common,
    started: false,
  };
}

/** Where it was started again: how often, and how it ended before. */
function history({ status }: Life): { lastState: JsonObject; restartCount: number } {
  const ended = endOf(status);
  const isAgain = at(status, "state", "running") === undefined && ended !== undefined;
  return {
    lastState: isAgain ? { terminated: ended } : objectOf(status["lastState"]),
    restartCount: restartsOf(status) + (isAgain ? 1 : 0),
  };
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A container that is started again is another one. */
function identity(
  { pod, container }: Life,
  restarts: number,
): { image: string; imageID: string; containerID: string } {
  const { name, image } = container;
  return {
    image,
    imageID: `${image.replace(/:[^:/]*$/u, "")}@sha256:${digestOf(image)}`,
    containerID: `containerd://${digestOf(`${uidOf(pod)} ${name} ${restarts}`)}`,
  };
}
