import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { JsonObject } from "../json.ts";
import { at, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { JOB, POD } from "../kinds.ts";
import { controllerOf, isTerminating, nameOf, namespaceOf, ownersOf, timeText, uidOf } from "../object.ts";
import type { Change } from "../store.ts";
import { recordEvent } from "./events.ts";
import { makePod, podFrom } from "./ownedPods.ts";
import { queueKey, splitKey, WorkQueue } from "./queue.ts";
import { conditionOf, isActive, isTrue } from "./workload.ts";
import { controllerWrite } from "./writes.ts";

const WRITE = controllerWrite("batch/v1");
const STATUS = controllerWrite("batch/v1", "status");
const COMPONENT = "job-controller";

/** The controller's own, doubled with each pod that failed. */
const FIRST_RETRY_MS = 10_000;

/** How a Job has ended: two conditions, of which the first says why the second will come. */
interface Ending {
  readonly types: readonly [string, string];
  readonly reason: string;
  readonly message: string;
  readonly event: readonly ["Normal" | "Warning", string, string];
}

const COMPLETE: Ending = {
  types: ["SuccessCriteriaMet", "Complete"],
  reason: "CompletionsReached",
  message: "Reached expected number of succeeded pods",
  event: ["Normal", "Completed", "Job completed"],
};
const FAILED: Ending = {
  types: ["FailureTarget", "Failed"],
  reason: "BackoffLimitExceeded",
  message: "Job has reached the specified backoff limit",
  event: ["Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit"],
};

/** Makes pods for Jobs until enough of them have ended well, or too many have not. */
export class JobController {
  readonly #objects: Objects;
  readonly #queue = new WorkQueue((key) => {
    this.#reconcile(key);
  });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  stop(): void {
    this.#queue.stop();
  }

  /** Takes notice of a change. */
  notice({ kind, object }: Change): void {
    const namespace = namespaceOf(object);
    if (kind === JOB) this.#queue.add(queueKey(namespace, nameOf(object)));
    if (kind !== POD) return;
    const owner = ownersOf(object).find((reference) => reference["kind"] === "Job");
    if (owner !== undefined) this.#queue.add(queueKey(namespace, textOf(owner["name"])));
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const job = this.#objects.store.get(JOB, namespace, name);
    if (job === undefined || isTerminating(job) || isOver(job) || at(job, "spec", "suspend") === true) return;
    const pods = this.#objects.store.list(POD, namespace).filter((pod) => controllerOf(pod) === uidOf(job));
    const succeeded = pods.filter((pod) => at(pod, "status", "phase") === "Succeeded").length;
    const failed = pods.filter((pod) => at(pod, "status", "phase") === "Failed").length;
    const active = pods.filter(isActive);
    const wanted = numberOf(at(job, "spec", "completions"), 1);
    if (succeeded >= wanted) {
      this.#end(job, COMPLETE, { succeeded, failed });
    } else if (hasFailedTooOften(job, failed, active)) {
      for (const pod of active) removeObject(this.#objects, placeOf(POD, pod), PLAIN_REMOVAL);
      this.#end(job, FAILED, { succeeded, failed: failed + active.length });
    } else {
      const room = Math.min(numberOf(at(job, "spec", "parallelism"), 1), wanted - succeeded) - active.length;
      this.#report(job, { succeeded, failed, active: active.length });
      this.#makePods(job, room, key, { failed, newest: newestEnd(pods) });
    }
  }

  #makePods(
    job: JsonObject,
    room: number,
    key: string,
    { failed, newest }: { readonly failed: number; readonly newest: number },
  ): void {
    if (room <= 0) return;
    const wait = failed === 0 ? 0 : newest + FIRST_RETRY_MS * 2 ** (failed - 1) - this.#objects.now();
    if (wait > 0) {
      this.#queue.addAfter(key, wait);
      return;
    }
    for (let count = 0; count < room; count += 1) {
      const pod = podFrom(objectOf(at(job, "spec", "template")), { owner: { object: job, kind: JOB } });
      makePod(this.#objects, pod, { owner: job, component: COMPONENT, write: WRITE });
    }
  }

  #report(job: JsonObject, counts: Readonly<Record<string, number>>): void {
    this.#change(job, { ...shown(counts), ready: 0, terminating: 0, uncountedTerminatedPods: {} });
  }

  #end(job: JsonObject, ending: Ending, counts: Readonly<Record<string, number>>): void {
    const time = timeText(this.#objects.now());
    const { types, reason, message, event } = ending;
    const conditions = types.map((type) => ({
      type,
      status: "True",
      lastProbeTime: time,
      lastTransitionTime: time,
      reason,
      message,
    }));
    this.#change(job, {
      ...shown(counts),
      conditions,
      ...(ending === COMPLETE ? { completionTime: time } : {}),
      ...{ ready: 0, terminating: 0, uncountedTerminatedPods: {} },
    });
    this.#tell(job, event);
  }

  #change(job: JsonObject, status: JsonObject): void {
    const startTime = textOf(at(job, "status", "startTime")) || timeText(this.#objects.now());
    this.#objects.change(
      placeOf(JOB, job),
      (live) => ({ ...live, status: { startTime, ...status } }),
      STATUS,
    );
  }

  #tell(job: JsonObject, [type, reason, message]: Ending["event"]): void {
    recordEvent(this.#objects, job, { component: COMPONENT, type, reason, message });
  }
}

const isOver = (job: JsonObject): boolean =>
  isTrue(conditionOf(job, "Complete")) || isTrue(conditionOf(job, "Failed"));

/** Pods that failed count, or restarts where containers are started again in their pod. */
function hasFailedTooOften(job: JsonObject, failed: number, active: readonly JsonObject[]): boolean {
  const limit = numberOf(at(job, "spec", "backoffLimit"), 6);
  if (at(job, "spec", "template", "spec", "restartPolicy") !== "OnFailure") return failed > limit;
  const restarts = active
    .flatMap((pod) => objectsOf(at(pod, "status", "containerStatuses")))
    .reduce((sum, status) => sum + numberOf(status["restartCount"]), 0);
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** When the last of the pods ended, in epoch milliseconds. */
const newestEnd = (pods: readonly JsonObject[]): number =>
  Math.max(
    0,
    ...pods
      .flatMap((pod) => objectsOf(at(pod, "status", "containerStatuses")))
      .map((status) => Date.parse(textOf(at(status, "state", "terminated", "finishedAt"))))
      .filter(Number.isFinite),
  );

/** Counts of nothing are left out. */
const shown = (counts: Readonly<Record<string, number>>): JsonObject =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
