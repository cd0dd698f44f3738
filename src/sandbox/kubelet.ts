import type { Objects, Write } from "./api/objects.ts";
import { placeOf } from "./api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "./api/removal.ts";
import { queueKey, splitKey, WorkQueue } from "./controllers/queue.ts";
import { recordEvent } from "./controllers/events.ts";
import type { JsonObject } from "./json.ts";
import { at, childOf, objectsOf, textOf } from "./json.ts";
import { POD } from "./kinds.ts";
import { isTerminating, nameOf, namespaceOf } from "./object.ts";
import { hasMissingImage, isMissing, podStatus, pullFailure, type Stage } from "./podFate.ts";
import type { Change } from "./store.ts";

const NODE = "sandbox-node";

/** How long the stages of a pod take, in milliseconds. */
const TIMES = { start: 100, startSpread: 120, backOff: 150, stop: 40 } as const;

const write = (name: string, subresource = ""): Write => ({
  manager: { name, operation: "Update", apiVersion: "v1", subresource },
});

/**
 * Scheduler and kubelet in one: binds pods to a node that is not there, lets them become ready, or fail to pull
 * their image, by its tag, and lets go of those that are to be deleted. A pod that was seeded with the state of
 * its containers is left as it is.
 */
export class Kubelet {
  readonly #objects: Objects;
  readonly #queue = new WorkQueue((key) => {
    this.#attend(key);
  });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  stop(): void {
    this.#queue.stop();
  }

  /** Takes notice of a change. */
  notice({ kind, type, object }: Change): void {
    if (kind !== POD || type === "DELETED") return;
    const key = queueKey(namespaceOf(object), nameOf(object));
    if (isTerminating(object)) this.#queue.addAfter(key, TIMES.stop);
    else if (type === "ADDED") this.#queue.add(key);
  }

  #attend(key: string): void {
    const { namespace, name } = splitKey(key);
    const pod = this.#objects.store.get(POD, namespace, name);
    if (pod === undefined) return;
    if (isTerminating(pod)) {
      this.#stop(pod);
      return;
    }
    const [first] = objectsOf(at(pod, "status", "containerStatuses"));
    if (first === undefined) {
      this.#start(pod);
      this.#queue.addAfter(key, TIMES.start + Math.random() * TIMES.startSpread);
      return;
    }
    switch (textOf(at(first, "state", "waiting", "reason"))) {
      case "ContainerCreating":
        this.#settle(pod);
        if (hasMissingImage(pod)) this.#queue.addAfter(key, TIMES.backOff);
        return;
      case "ErrImagePull":
        this.#giveUp(pod);
    }
  }

  #start(pod: JsonObject): void {
    this.#objects.change(
      placeOf(POD, pod),
      (live) => {
        childOf(live, "spec")["nodeName"] ??= NODE;
        return live;
      },
      write("kube-scheduler"),
    );
    const place = `${namespaceOf(pod)}/${nameOf(pod)}`;
    this.#tell(pod, "Normal", ["Scheduled", `Successfully assigned ${place} to ${NODE}`]);
    this.#report(pod, "starting");
    this.#each(pod, (image) => {
      this.#tell(pod, "Normal", ["Pulling", `Pulling image "${image}"`]);
    });
  }

  #settle(pod: JsonObject): void {
    this.#report(pod, "first-try");
    this.#each(pod, (image, name) => {
      if (isMissing(image)) {
        this.#tell(pod, "Warning", ["Failed", `Failed to pull image "${image}": ${pullFailure(image)}`]);
        this.#tell(pod, "Warning", ["Failed", "Error: ErrImagePull"]);
        return;
      }
      this.#tell(pod, "Normal", ["Pulled", `Successfully pulled image "${image}"`]);
      this.#tell(pod, "Normal", ["Created", `Container created: ${name}`]);
      this.#tell(pod, "Normal", ["Started", `Container started: ${name}`]);
    });
  }

  #giveUp(pod: JsonObject): void {
    this.#report(pod, "settled");
    this.#each(pod, (image) => {
      if (!isMissing(image)) return;
      this.#tell(pod, "Normal", ["BackOff", `Back-off pulling image "${image}"`]);
      this.#tell(pod, "Warning", ["Failed", "Error: ImagePullBackOff"]);
    });
  }

  #stop(pod: JsonObject): void {
    this.#each(pod, (_image, name) => {
      this.#tell(pod, "Normal", ["Killing", `Stopping container ${name}`]);
    });
    removeObject(this.#objects, placeOf(POD, pod), { ...PLAIN_REMOVAL, graceSeconds: 0 });
  }

  #report(pod: JsonObject, stage: Stage): void {
    this.#objects.change(
      placeOf(POD, pod),
      (live) => ({ ...live, status: podStatus(live, stage, this.#objects.now()) }),
      write("kubelet", "status"),
    );
  }

  #each(pod: JsonObject, tell: (image: string, name: string) => void): void {
    for (const container of objectsOf(at(pod, "spec", "containers"))) {
      tell(textOf(container["image"]), textOf(container["name"]));
    }
  }

  #tell(pod: JsonObject, type: "Normal" | "Warning", [reason, message]: [string, string]): void {
    const component = reason === "Scheduled" ? "default-scheduler" : "kubelet";
    recordEvent(this.#objects, pod, { component, type, reason, message });
  }
}
