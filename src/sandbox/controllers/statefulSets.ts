import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { Json, JsonObject } from "../json.ts";
import { at, numberOf, objectsOf, textOf } from "../json.ts";
import { CONTROLLER_REVISION, POD, STATEFUL_SET } from "../kinds.ts";
import { isTerminating, nameOf, namespaceOf } from "../object.ts";
import { isRefusal } from "../refusal.ts";
import type { Change } from "../store.ts";
import { recordEvent } from "./events.ts";
import { podFrom, podsOwnedBy } from "./ownedPods.ts";
import { concerned, type Owner } from "./ownership.ts";
import { RETRY_MS, splitKey, WorkQueue } from "./queue.ts";
import {
  forgetRevisions,
  keepsTemplateOf,
  makeRevision,
  numberOfRevision,
  renumber,
  revisionsOf,
  templateIn,
} from "./revisions.ts";
import { claimName, makeClaims, ownClaims } from "./setClaims.ts";
import {
  isExcess,
  ordinalOf,
  planStatefulSet,
  POD_REVISION,
  revisionOfPod,
  statefulStatus,
  type StatefulFacts,
  type StatefulStep,
} from "./statefulSetPlan.ts";
import { nextAvailable } from "./workload.ts";
import { APPS_STATUS, CORE_WRITE } from "./writes.ts";

const LOOKED_AT = { workload: STATEFUL_SET, owned: [POD, CONTROLLER_REVISION] } as const;
const asOwner = (object: JsonObject): Owner => ({ object, kind: STATEFUL_SET });

/** Keeps the numbered pods of StatefulSets, and the history of their templates. */
export class StatefulSetController {
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
  notice(change: Change): void {
    for (const key of concerned(this.#objects, LOOKED_AT, change)) this.#queue.add(key);
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.#objects.store.get(STATEFUL_SET, namespace, name);
    if (set === undefined) return;
    const revisions = revisionsOf(this.#objects, asOwner(set));
    const update = this.#updateRevision(set, revisions);
    if (update === undefined) return;
    const kept = revisions.find((one) => nameOf(one) === at(set, "status", "currentRevision")) ?? update;
    const facts = (): StatefulFacts => ({
      set,
      pods: podsOwnedBy(this.#objects, asOwner(set), {
        mayAdopt: (pod) => ordinalOf(set, pod) !== undefined,
      }),
      current: nameOf(kept),
      update: nameOf(update),
      now: this.#objects.now(),
    });
    for (const step of planStatefulSet(facts())) {
      const template = step.kind === "create" && step.revision === nameOf(kept) ? kept : update;
      if (!this.#take(set, step, template)) this.#queue.addAfter(key, RETRY_MS);
    }
    const after = facts();
    this.#objects.change(
      placeOf(STATEFUL_SET, set),
      (live) => ({ ...live, status: statefulStatus(after) }),
      APPS_STATUS,
    );
    this.#forget(set, after);
    const next = nextAvailable(after);
    if (next !== undefined) this.#queue.addAfter(key, next - this.#objects.now());
  }

  /** The revision that keeps the present template: the newest one, one of before with a new number, or a new one. */
  #updateRevision(set: JsonObject, revisions: readonly JsonObject[]): JsonObject | undefined {
    const newest = revisions.at(-1);
    const found = revisions.findLast((revision) => keepsTemplateOf(revision, set));
    const number = newest === undefined ? 1 : numberOfRevision(newest) + 1;
    if (found === undefined) {
      if (isTerminating(set)) return newest;
      const hashLabel = "controller.kubernetes.io/hash";
      return makeRevision(this.#objects, asOwner(set), { number, hashLabel });
    }
    return found === newest ? found : renumber(this.#objects, found, number);
  }

  /** Takes one step; false where it was refused. */
  #take(set: JsonObject, step: StatefulStep, revision: JsonObject): boolean {
    if (step.kind === "delete") {
      const place = { kind: POD, namespace: namespaceOf(set), name: step.name };
      const pod = this.#objects.get(place);
      if (!isRefusal(pod))
        ownClaims(this.#objects, set, { pod, isScaledAway: isExcess(set, ordinalOf(set, pod)) });
      removeObject(this.#objects, place, PLAIN_REMOVAL);
      this.#tell(set, "Delete", step.name);
      return true;
    }
    const name = `${nameOf(set)}-${step.ordinal}`;
    if (!makeClaims(this.#objects, set, name)) return false;
    const pod = numberedPod(set, templateIn(revision), { ...step, name });
    const created = this.#objects.create(POD, namespaceOf(set), pod, CORE_WRITE);
    if (!isRefusal(created)) ownClaims(this.#objects, set, { pod: created, isScaledAway: false });
    this.#tell(set, "Create", name, isRefusal(created) ? created.message : undefined);
    return !isRefusal(created);
  }

  /** Revisions that pods run, or are to run, are never forgotten. */
  #forget(set: JsonObject, { pods, current, update }: StatefulFacts): void {
    const live = new Set([current, update, ...pods.map(revisionOfPod)]);
    const idle = revisionsOf(this.#objects, asOwner(set)).filter((one) => !live.has(nameOf(one)));
    forgetRevisions(this.#objects, idle, numberOf(at(set, "spec", "revisionHistoryLimit"), 10));
  }

  #tell(set: JsonObject, verb: "Create" | "Delete", pod: string, failure?: string): void {
    const end = failure === undefined ? "successful" : `failed error: ${failure}`;
    recordEvent(this.#objects, set, {
      component: "statefulset-controller",
      type: failure === undefined ? "Normal" : "Warning",
      reason: `${failure === undefined ? "Successful" : "Failed"}${verb}`,
      message: `${verb} Pod ${pod} in StatefulSet ${nameOf(set)} ${end}`,
    });
  }
}

interface Numbered {
  readonly name: string;
  readonly ordinal: number;
  readonly revision: string;
}

/** A pod with a name, a host name and volumes of its own. */
function numberedPod(
  set: JsonObject,
  template: JsonObject,
  { name, ordinal, revision }: Numbered,
): JsonObject {
  const labels = {
    [POD_REVISION]: revision,
    "statefulset.kubernetes.io/pod-name": name,
    "apps.kubernetes.io/pod-index": String(ordinal),
  };
  const pod = podFrom(template, { owner: asOwner(set), labels });
  const service = textOf(at(set, "spec", "serviceName"));
  const claims = objectsOf(at(set, "spec", "volumeClaimTemplates")).map((claim): [string, Json] => [
    nameOf(claim),
    { name: nameOf(claim), persistentVolumeClaim: { claimName: claimName(claim, name) } },
  ]);
  const claimed = new Map(claims);
  const others = objectsOf(at(pod, "spec", "volumes")).filter((one) => !claimed.has(textOf(one["name"])));
  const volumes = [...claimed.values(), ...others];
  return {
    ...pod,
    metadata: { ...(pod["metadata"] as JsonObject), name },
    spec: {
      ...(pod["spec"] as JsonObject),
      hostname: name,
      ...(service === "" ? {} : { subdomain: service }),
      ...(volumes.length === 0 ? {} : { volumes }),
    },
  };
}
