import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import type { JsonObject } from "../json.ts";
import { at, objectOf } from "../json.ts";
import { POD, REPLICA_SET } from "../kinds.ts";
import {
  controllerOf,
  createdAt,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  timeText,
  uidOf,
} from "../object.ts";
import { selects } from "../selectors.ts";
import type { Change } from "../store.ts";
import { makePod, podFrom, podsOwnedBy, takePod } from "./ownedPods.ts";
import { concerned } from "./ownership.ts";
import { queueKey, RETRY_MS, splitKey, WorkQueue } from "./queue.ts";
import {
  conditionOf,
  generationOf,
  isActive,
  isAvailable,
  isTrue,
  nextAvailable,
  wantedReplicas,
} from "./workload.ts";
import { APPS_STATUS, APPS_WRITE } from "./writes.ts";

const LOOKED_AT = { workload: REPLICA_SET, owned: [POD] } as const;
const COMPONENT = "replicaset-controller";

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
  notice(change: Change): void {
    for (const key of concerned(this.#objects, LOOKED_AT, change)) this.#queue.add(key);
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.#objects.store.get(REPLICA_SET, namespace, name);
    if (set === undefined) return;
    const pods = podsOwnedBy(this.#objects, { object: set, kind: REPLICA_SET }, { write: APPS_WRITE });
    if (!isTerminating(set)) this.#size(set, pods.filter(isActive));
    this.#report(set, key);
  }

  #size(set: JsonObject, active: readonly JsonObject[]): void {
    const missing = wantedReplicas(set) - active.length;
    const how = { owner: set, component: COMPONENT };
    this.#refusals.delete(uidOf(set));
    for (let index = 0; index < missing; index += 1) {
      const pod = podFrom(objectOf(at(set, "spec", "template")), {
        owner: { object: set, kind: REPLICA_SET },
      });
      const refusal = makePod(this.#objects, pod, { ...how, write: APPS_WRITE });
      if (refusal === undefined) continue;
      // One that is refused is enough to know that the others would be.
      this.#refusals.set(uidOf(set), refusal.message);
      this.#queue.addAfter(queueKey(namespaceOf(set), nameOf(set)), RETRY_MS);
      return;
    }
    if (missing >= 0) return;
    const excess = [...active].sort(byWorth).slice(0, -missing);
    for (const pod of excess) takePod(this.#objects, nameOf(pod), how);
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
    const templateLabels = { matchLabels: at(set, "spec", "template", "metadata", "labels") ?? {} };
    const counts = {
      fullyLabeledReplicas: active.filter((pod) => selects(templateLabels, labelsOf(pod))).length,
      readyReplicas: active.filter((pod) => isTrue(conditionOf(pod, "Ready"))).length,
      availableReplicas: active.filter((pod) => isAvailable({ set, now }, pod)).length,
    };
    this.#objects.change(
      placeOf(REPLICA_SET, set),
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
      APPS_STATUS,
    );
    if (this.#refusals.has(uidOf(set))) return;
    const next = nextAvailable({ set, pods: active, now });
    if (next !== undefined) this.#queue.addAfter(key, next - now);
  }
}

/** Pods that are to go first come first: those that are not ready, then the youngest. */
function byWorth(left: JsonObject, right: JsonObject): number {
  const ready = (pod: JsonObject): number => (isTrue(conditionOf(pod, "Ready")) ? 1 : 0);
  return ready(left) - ready(right) || createdAt(right).localeCompare(createdAt(left));
}
