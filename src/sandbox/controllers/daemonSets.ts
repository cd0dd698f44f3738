import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { TEMPLATE_GENERATION } from "../api/workloadDefaults.ts";
import type { JsonObject } from "../json.ts";
import { at, numberOf, objectOf, objectsOf } from "../json.ts";
import { CONTROLLER_REVISION, DAEMON_SET, POD } from "../kinds.ts";
import { annotationsOf, createdAt, isTerminating, labelsOf, nameOf } from "../object.ts";
import type { Change } from "../store.ts";
import { daemonStatus, type DaemonFacts, type Node, planDaemonSet } from "./daemonSetPlan.ts";
import { makePod, podFrom, podsOwnedBy, takePod } from "./ownedPods.ts";
import { concerned, type Owner } from "./ownership.ts";
import { RETRY_MS, splitKey, WorkQueue } from "./queue.ts";
import {
  forgetRevisions,
  keepsTemplateOf,
  makeRevision,
  numberOfRevision,
  renumber,
  revisionsOf,
} from "./revisions.ts";
import { POD_REVISION } from "./statefulSetPlan.ts";
import { nextAvailable } from "./workload.ts";
import { APPS_STATUS, CORE_WRITE } from "./writes.ts";

const LOOKED_AT = { workload: DAEMON_SET, owned: [POD, CONTROLLER_REVISION] } as const;
const COMPONENT = "daemonset-controller";
const asOwner = (object: JsonObject): Owner => ({ object, kind: DAEMON_SET });

/** Keeps one pod of each DaemonSet on the node, and the history of their templates. */
export class DaemonSetController {
  readonly #objects: Objects;
  readonly #node: Node;
  readonly #queue = new WorkQueue((key) => {
    this.#reconcile(key);
  });

  constructor(objects: Objects, node: Node) {
    this.#objects = objects;
    this.#node = node;
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
    const set = this.#objects.store.get(DAEMON_SET, namespace, name);
    if (set === undefined || isTerminating(set)) return;
    const revisions = revisionsOf(this.#objects, asOwner(set));
    const present = this.#presentRevision(set, revisions);
    if (present === undefined) return;
    const hash = labelsOf(present)[POD_REVISION] ?? "";
    const facts = (): DaemonFacts => ({
      set,
      pods: podsOwnedBy(this.#objects, asOwner(set)).sort(byAge),
      hash,
      node: this.#node,
      now: this.#objects.now(),
    });
    const plan = planDaemonSet(facts());
    for (const pod of plan.deletes) takePod(this.#objects, pod, { owner: set, component: COMPONENT });
    if (plan.isMaking && !this.#makePod(set, hash)) this.#queue.addAfter(key, RETRY_MS);
    this.#objects.change(
      placeOf(DAEMON_SET, set),
      (live) => ({ ...live, status: daemonStatus(facts()) }),
      APPS_STATUS,
    );
    this.#forget(set, present, facts().pods);
    const next = nextAvailable(facts());
    if (next !== undefined) this.#queue.addAfter(key, next - this.#objects.now());
  }

  /** The revision of the present template: the one that keeps it, under the newest number, or a new one. */
  #presentRevision(set: JsonObject, revisions: readonly JsonObject[]): JsonObject | undefined {
    const found = revisions.findLast((revision) => keepsTemplateOf(revision, set));
    const number = Math.max(0, ...revisions.filter((one) => one !== found).map(numberOfRevision)) + 1;
    if (found === undefined)
      return makeRevision(this.#objects, asOwner(set), { number, hashLabel: POD_REVISION });
    return numberOfRevision(found) < number ? renumber(this.#objects, found, number) : found;
  }

  #makePod(set: JsonObject, hash: string): boolean {
    const generation = annotationsOf(set)[TEMPLATE_GENERATION];
    const labels = {
      [POD_REVISION]: hash,
      ...(generation === undefined ? {} : { "pod-template-generation": generation }),
    };
    const template = objectOf(at(set, "spec", "template"));
    const pod = podFrom(template, { owner: asOwner(set), labels });
    bindTo(this.#node, objectOf(pod["spec"]));
    const how = { owner: set, component: COMPONENT, write: CORE_WRITE };
    return makePod(this.#objects, pod, how) === undefined;
  }

  /** Revisions that pods run are never forgotten. */
  #forget(set: JsonObject, present: JsonObject, pods: readonly JsonObject[]): void {
    const live = new Set(pods.map((pod) => labelsOf(pod)[POD_REVISION]));
    const old = revisionsOf(this.#objects, asOwner(set)).filter((one) => nameOf(one) !== nameOf(present));
    const idle = old.filter((one) => !live.has(labelsOf(one)[POD_REVISION]));
    const limit = numberOf(at(set, "spec", "revisionHistoryLimit"), 10);
    forgetRevisions(this.#objects, idle, Math.max(0, limit - (old.length - idle.length)));
  }
}

const byAge = (left: JsonObject, right: JsonObject): number =>
  createdAt(left).localeCompare(createdAt(right));

/** Pods of a DaemonSet name their node by an affinity, and stay there whatever becomes of it. */
function bindTo({ name }: Node, spec: JsonObject): void {
  const term = { matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] };
  const affinity = objectOf(spec["affinity"]);
  spec["affinity"] = {
    ...affinity,
    nodeAffinity: {
      ...objectOf(affinity["nodeAffinity"]),
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
    },
  };
  spec["tolerations"] = [
    ...objectsOf(spec["tolerations"]),
    ...NODE_TROUBLES.map(([key, effect]) => ({ key, operator: "Exists", effect })),
  ];
}

const NODE_TROUBLES = [
  ["node.kubernetes.io/not-ready", "NoExecute"],
  ["node.kubernetes.io/unreachable", "NoExecute"],
  ["node.kubernetes.io/disk-pressure", "NoSchedule"],
  ["node.kubernetes.io/memory-pressure", "NoSchedule"],
  ["node.kubernetes.io/pid-pressure", "NoSchedule"],
  ["node.kubernetes.io/unschedulable", "NoSchedule"],
] as const;
