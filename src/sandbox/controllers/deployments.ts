import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { JsonObject } from "../json.ts";
import { at, childOf, objectOf, textOf } from "../json.ts";
import { DEPLOYMENT, POD, REPLICA_SET } from "../kinds.ts";
import {
  controllerOf,
  createdAt,
  isTerminating,
  nameOf,
  namespaceOf,
  setMetadata,
  uidOf,
} from "../object.ts";
import { isRefusal } from "../refusal.ts";
import type { Change } from "../store.ts";
import { recordEvent } from "./events.ts";
import { concerned, ownedBy } from "./ownership.ts";
import { queueKey, splitKey, WorkQueue } from "./queue.ts";
import { planRollout, REVISION, type RolloutStep } from "./rollout.ts";
import { deadlineOf, rolloutStatus } from "./rolloutStatus.ts";
import { isActive } from "./workload.ts";
import { APPS_STATUS, APPS_WRITE } from "./writes.ts";

const LOOKED_AT = { workload: DEPLOYMENT, owned: [REPLICA_SET] } as const;

/** Brings ReplicaSets in line with their Deployments, step by step, whenever one of them changes. */
export class DeploymentController {
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
    const set = kind === POD ? this.#replicaSetOf(object) : undefined;
    const seen = set === undefined ? { kind, object } : { kind: REPLICA_SET, object: set };
    for (const key of concerned(this.#objects, LOOKED_AT, seen)) this.#queue.add(key);
  }

  /** Only Recreate looks at pods, but it has to be woken by them. */
  #replicaSetOf(pod: JsonObject): JsonObject | undefined {
    const owner = controllerOf(pod);
    return this.#objects.store.list(REPLICA_SET, namespaceOf(pod)).find((set) => uidOf(set) === owner);
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const deployment = this.#objects.store.get(DEPLOYMENT, namespace, name);
    if (deployment === undefined) return;
    const replicaSets = this.#replicaSetsOf(deployment);
    const plan = planRollout({ deployment, replicaSets, oldPods: this.#oldPods(deployment, replicaSets) });
    let created: JsonObject | undefined;
    for (const step of plan.steps) created = this.#take(deployment, step) ?? created;
    this.#report(deployment, {
      current: created ?? plan.current,
      isNew: created !== undefined,
      revision: plan.revision,
    });
  }

  /** Its ReplicaSets, the oldest first. */
  #replicaSetsOf(deployment: JsonObject): JsonObject[] {
    const owner = { object: deployment, kind: DEPLOYMENT };
    const found = ownedBy(this.#objects, owner, { kind: REPLICA_SET, write: APPS_WRITE });
    const order = (set: JsonObject): string => createdAt(set) + nameOf(set);
    return found.sort((left, right) => (order(left) < order(right) ? -1 : 1));
  }

  #oldPods(deployment: JsonObject, replicaSets: readonly JsonObject[]): number {
    if (textOf(at(deployment, "spec", "strategy", "type")) !== "Recreate") return 0;
    const old = new Set(
      replicaSets
        .filter((set) => planRollout({ deployment, replicaSets, oldPods: 0 }).current !== set)
        .map(uidOf),
    );
    const pods = this.#objects.store.list(POD, namespaceOf(deployment));
    return pods.filter((pod) => old.has(controllerOf(pod)) && (isActive(pod) || isTerminating(pod))).length;
  }

  /** Takes one step; returns the ReplicaSet that it made, if any. */
  #take(deployment: JsonObject, step: RolloutStep): JsonObject | undefined {
    const namespace = namespaceOf(deployment);
    if (step.kind === "create") {
      const created = this.#objects.create(REPLICA_SET, namespace, step.replicaSet, APPS_WRITE);
      if (isRefusal(created)) return undefined;
      this.#tellScale(deployment, nameOf(created), 0, Number(at(created, "spec", "replicas")));
      return created;
    }
    const place = { kind: REPLICA_SET, namespace, name: step.name };
    if (step.kind === "delete") {
      removeObject(this.#objects, place, PLAIN_REMOVAL);
      return undefined;
    }
    this.#objects.change(
      place,
      (live) => {
        setMetadata(live, "annotations", step.annotations);
        const spec = childOf(live, "spec");
        if (step.kind === "scale") spec["replicas"] = step.to;
        else if (step.minReadySeconds > 0) spec["minReadySeconds"] = step.minReadySeconds;
        else Reflect.deleteProperty(spec, "minReadySeconds");
        return live;
      },
      APPS_WRITE,
    );
    if (step.kind === "scale") this.#tellScale(deployment, step.name, step.from, step.to);
    return undefined;
  }

  #tellScale(deployment: JsonObject, name: string, from: number, to: number): void {
    if (from === to) return;
    recordEvent(this.#objects, deployment, {
      component: "deployment-controller",
      type: "Normal",
      reason: "ScalingReplicaSet",
      message: `Scaled ${to > from ? "up" : "down"} replica set ${name} from ${from} to ${to}`,
    });
  }

  #report(
    deployment: JsonObject,
    {
      current,
      isNew,
      revision,
    }: { current: JsonObject | undefined; isNew: boolean; revision: string | undefined },
  ): void {
    const place = placeOf(DEPLOYMENT, deployment);
    const now = this.#objects.now();
    const present = this.#objects.store.list(REPLICA_SET, place.namespace);
    const replicaSets = present.filter((set) => controllerOf(set) === uidOf(deployment));
    const running =
      replicaSets.find((set) => current !== undefined && uidOf(set) === uidOf(current)) ?? current;
    const reported = this.#objects.change(
      place,
      (live) => {
        live["status"] = {
          ...objectOf(live["status"]),
          ...EMPTY,
          ...rolloutStatus({ deployment, replicaSets, current: running, isNew, now }),
        };
        if (revision !== undefined) childOf(childOf(live, "metadata"), "annotations")[REVISION] = revision;
        return live;
      },
      APPS_STATUS,
    );
    const deadline = isRefusal(reported) ? undefined : deadlineOf(reported);
    if (deadline !== undefined) {
      this.#queue.addAfter(queueKey(place.namespace, place.name), Math.max(0, deadline - now) + 1000);
    }
  }
}

/** Counts that are left out when they are nothing; nulls are dropped when the object is stored. */
const EMPTY = {
  replicas: null,
  updatedReplicas: null,
  readyReplicas: null,
  availableReplicas: null,
  unavailableReplicas: null,
} as const;
