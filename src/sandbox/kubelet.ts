import type { Objects, Write } from "./api/objects.ts";
import { placeOf } from "./api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "./api/removal.ts";
import type { PodEvent, Step } from "./containerLife.ts";
import { queueKey, splitKey, WorkQueue } from "./controllers/queue.ts";
import { recordEvent } from "./controllers/events.ts";
import type { JsonObject } from "./json.ts";
import { at, childOf } from "./json.ts";
import { CONFIG_MAP, POD, SECRET } from "./kinds.ts";
import { THE_NODE } from "./node.ts";
import { isTerminating, nameOf, namespaceOf } from "./object.ts";
import { missingFor } from "./podConfig.ts";
import { containersOf, isUnschedulable } from "./podFate.ts";
import { nextPodStep } from "./podLife.ts";
import type { Change } from "./store.ts";

/** How long a pod takes to end, in milliseconds. */
const STOP_MS = 40;

const write = (name: string, subresource = ""): Write => ({
  manager: { name, operation: "Update", apiVersion: "v1", subresource },
});

/**
 * Scheduler and kubelet in one: binds pods to the one node, lets them live as the tags of their images
 * say (`podFate.ts`), and lets go of those that are to be deleted.
 */
export class Kubelet {
  readonly #objects: Objects;
  /** Pods whose next step has to be found out. */
  readonly #looking = new WorkQueue((key) => {
    this.#look(key);
  });
  /** Pods whose next step is due. */
  readonly #due = new WorkQueue((key) => {
    this.#take(key);
  });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  stop(): void {
    this.#looking.stop();
    this.#due.stop();
  }

  /** Takes notice of a change. */
  notice({ kind, type, object }: Change): void {
    if (kind !== POD || type === "DELETED") return;
    const key = queueKey(namespaceOf(object), nameOf(object));
    if (isTerminating(object)) this.#due.addAfter(key, STOP_MS);
    else if (type === "ADDED") this.#looking.add(key);
  }

  #podOf(key: string): JsonObject | undefined {
    const { namespace, name } = splitKey(key);
    return this.#objects.store.get(POD, namespace, name);
  }

  #look(key: string): void {
    const pod = this.#podOf(key);
    if (pod === undefined || isTerminating(pod)) return;
    const isNew = at(pod, "status", "containerStatuses") === undefined && !isUnschedulable(pod);
    const step = this.#nextStep(isNew ? this.#bind(pod) : pod);
    if (step === undefined) return;
    if (step.afterMs === 0) this.#take(key);
    else this.#due.addAfter(key, step.afterMs);
  }

  #take(key: string): void {
    const pod = this.#podOf(key);
    if (pod === undefined) return;
    if (isTerminating(pod)) {
      this.#stop(pod);
      return;
    }
    const step = this.#nextStep(pod);
    if (step === undefined) return;
    const { status, events } = step;
    if (status !== undefined) {
      this.#objects.change(placeOf(POD, pod), (live) => ({ ...live, status }), write("kubelet", "status"));
    }
    for (const event of events) this.#tell(pod, event);
    this.#looking.add(key);
  }

  #nextStep(pod: JsonObject): Step | undefined {
    const { store } = this.#objects;
    const missing = missingFor(pod, (kind, name) =>
      store.get(kind === "Secret" ? SECRET : CONFIG_MAP, namespaceOf(pod), name),
    );
    return nextPodStep(pod, this.#objects.now(), missing);
  }

  #bind(pod: JsonObject): JsonObject {
    this.#objects.change(
      placeOf(POD, pod),
      (live) => {
        childOf(live, "spec")["nodeName"] ??= THE_NODE.name;
        return live;
      },
      write("kube-scheduler"),
    );
    const place = `${namespaceOf(pod)}/${nameOf(pod)}`;
    const message = `Successfully assigned ${place} to ${THE_NODE.name}`;
    this.#tell(pod, { type: "Normal", reason: "Scheduled", message });
    return this.#podOf(queueKey(namespaceOf(pod), nameOf(pod))) ?? pod;
  }

  #stop(pod: JsonObject): void {
    for (const { name } of containersOf(pod)) {
      this.#tell(pod, { type: "Normal", reason: "Killing", message: `Stopping container ${name}` });
    }
    removeObject(this.#objects, placeOf(POD, pod), { ...PLAIN_REMOVAL, graceSeconds: 0 });
  }

  #tell(pod: JsonObject, event: PodEvent): void {
    const component = SCHEDULING.includes(event.reason) ? "default-scheduler" : "kubelet";
    recordEvent(this.#objects, pod, { component, ...event });
  }
}

const SCHEDULING = ["Scheduled", "FailedScheduling"];
