import type { Objects, Write } from "../api/objects.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { JsonObject } from "../json.ts";
import { at, copyOf, numberOf, objectOf, textOf } from "../json.ts";
import { POD, REPLICA_SET } from "../kinds.ts";
import {
  controlledBy,
  controllerOf,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  ownersOf,
  setMetadata,
  timeText,
  uidOf,
} from "../object.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { selects } from "../selectors.ts";
import type { Change } from "../store.ts";
import { recordEvent } from "./events.ts";
import { queueKey, splitKey, WorkQueue } from "./queue.ts";
import { availableAt, conditionOf, generationOf, isActive, isTrue, wantedReplicas } from "./workload.ts";

const write = (subresource = ""): Write => ({
  manager: { name: "controller-manager", operation: "Update", apiVersion: "apps/v1", subresource },
});

/** Makes and removes pods until each ReplicaSet has as many as it wants. */
export class ReplicaSetController {
  readonly #objects: Objects;
  /** Why the last pod of a ReplicaSet was refused, by its uid. */
  readonly #refusals = new Map<string, string>();
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
    if (kind === REPLICA_SET) this.#queue.add(queueKey(namespace, nameOf(object)));
    if (kind !== POD) return;
    const owner = ownersOf(object).find((reference) => reference["kind"] === "ReplicaSet");
    if (owner !== undefined) {
      this.#queue.add(queueKey(namespace, textOf(owner["name"])));
      return;
    }
    for (const set of this.#objects.store.list(REPLICA_SET, namespace)) {
      const isMatch = selects(at(set, "spec", "selector"), labelsOf(object));
      if (isMatch) this.#queue.add(queueKey(namespace, nameOf(set)));
    }
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.#objects.store.get(REPLICA_SET, namespace, name);
    if (set === undefined) return;
    const pods = this.#podsOf(set);
    if (!isTerminating(set)) this.#size(set, pods.filter(isActive));
    this.#report(set, key);
  }

  /** Its pods; those without an owner that it selects become its own. */
  #podsOf(set: JsonObject): JsonObject[] {
    const namespace = namespaceOf(set);
    return this.#objects.store.list(POD, namespace).flatMap((pod) => {
      if (controllerOf(pod) === uidOf(set)) return [pod];
      const isFree = controllerOf(pod) === "" && isActive(pod) && !isTerminating(set);
      if (!isFree || !selects(at(set, "spec", "selector"), labelsOf(pod))) return [];
      const adopted = this.#objects.change(
        { kind: POD, namespace, name: nameOf(pod) },
        (live) => {
          setMetadata(live, "ownerReferences", [...ownersOf(live), controlledBy(set, REPLICA_SET)]);
          return live;
        },
        write(),
      );
      return isRefusal(adopted) ? [] : [adopted];
    });
  }

  #size(set: JsonObject, active: readonly JsonObject[]): void {
    const missing = wantedReplicas(set) - active.length;
    this.#refusals.delete(uidOf(set));
    for (let index = 0; index < missing; index += 1) {
      const refusal = this.#makePod(set);
      if (refusal === undefined) continue;
      // One that is refused is enough to know that the others would be.
      this.#refusals.set(uidOf(set), refusal.message);
      this.#queue.addAfter(queueKey(namespaceOf(set), nameOf(set)), RETRY_MS);
      return;
    }
    if (missing >= 0) return;
    const excess = [...active].sort(byWorth).slice(0, -missing);
    for (const pod of excess) {
      removeObject(
        this.#objects,
        { kind: POD, namespace: namespaceOf(pod), name: nameOf(pod) },
        PLAIN_REMOVAL,
      );
      this.#tell(set, "Normal", ["SuccessfulDelete", `Deleted pod: ${nameOf(pod)}`]);
    }
  }

  #makePod(set: JsonObject): Refusal | undefined {
    const template = objectOf(copyOf(at(set, "spec", "template") ?? {}));
    const { labels = {}, annotations } = objectOf(template["metadata"]);
    const pod = this.#objects.create(
      POD,
      namespaceOf(set),
      {
        kind: "Pod",
        apiVersion: "v1",
        metadata: {
          generateName: `${nameOf(set)}-`,
          labels,
          ...(annotations === undefined ? {} : { annotations }),
          ownerReferences: [controlledBy(set, REPLICA_SET)],
        },
        spec: template["spec"] ?? {},
      },
      write(),
    );
    if (isRefusal(pod)) {
      this.#tell(set, "Warning", ["FailedCreate", `Error creating: ${pod.message}`]);
      return pod;
    }
    this.#tell(set, "Normal", ["SuccessfulCreate", `Created pod: ${nameOf(pod)}`]);
    return undefined;
  }

  #tell(set: JsonObject, type: "Normal" | "Warning", [reason, message]: readonly [string, string]): void {
    recordEvent(this.#objects, set, { component: "replicaset-controller", type, reason, message });
  }

  /** The condition that its Deployment shows as its own. */
  #failure(set: JsonObject): JsonObject {
    const message = this.#refusals.get(uidOf(set));
    if (message === undefined) return {};
    const before = conditionOf(set, "ReplicaFailure");
    // The name of the pod that was refused is another one each time; the first stays.
    const condition = before ?? {
      type: "ReplicaFailure",
      status: "True",
      lastTransitionTime: timeText(this.#objects.now()),
      reason: "FailedCreate",
      message,
    };
    return { conditions: [condition] };
  }

  #report(set: JsonObject, key: string): void {
    const pods = this.#objects.store
      .list(POD, namespaceOf(set))
      .filter((pod) => controllerOf(pod) === uidOf(set));
    const active = pods.filter(isActive);
    const now = this.#objects.now();
    const minReady = numberOf(at(set, "spec", "minReadySeconds"));
    const times = active.map((pod) => availableAt(pod, minReady)).filter((time) => time !== undefined);
    const templateLabels = { matchLabels: at(set, "spec", "template", "metadata", "labels") ?? {} };
    const counts = {
      fullyLabeledReplicas: active.filter((pod) => selects(templateLabels, labelsOf(pod))).length,
      readyReplicas: active.filter((pod) => isTrue(conditionOf(pod, "Ready"))).length,
      availableReplicas: times.filter((time) => time <= now).length,
    };
    this.#objects.change(
      { kind: REPLICA_SET, namespace: namespaceOf(set), name: nameOf(set) },
      (live) => ({
        ...live,
        status: {
          replicas: active.length,
          ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)),
          terminatingReplicas: pods.filter(isTerminating).length,
          observedGeneration: generationOf(set),
          ...this.#failure(set),
        },
      }),
      write("status"),
    );
    if (this.#refusals.has(uidOf(set))) return;
    const next = Math.min(...times.filter((time) => time > now));
    if (Number.isFinite(next)) this.#queue.addAfter(key, next - now);
  }
}

/** The controller tries again later and later; here it is always five seconds. */
const RETRY_MS = 5000;

/** Pods that are to go first come first: those that are not ready, then the youngest. */
function byWorth(left: JsonObject, right: JsonObject): number {
  const ready = (pod: JsonObject): number => (isTrue(conditionOf(pod, "Ready")) ? 1 : 0);
  const created = (pod: JsonObject): string => textOf(at(pod, "metadata", "creationTimestamp"));
  return ready(left) - ready(right) || created(right).localeCompare(created(left));
}
