import type { Objects, Write } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import { TEMPLATE_GENERATION } from "../api/workloadDefaults.ts";
import type { JsonObject } from "../json.ts";
import { at, numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { CONTROLLER_REVISION, DAEMON_SET, POD } from "../kinds.ts";
import { annotationsOf, isTerminating, labelsOf, nameOf, namespaceOf, ownersOf } from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { selects } from "../selectors.ts";
import type { Change } from "../store.ts";
import { daemonStatus, type DaemonFacts, type Node, planDaemonSet } from "./daemonSetPlan.ts";
import { recordEvent } from "./events.ts";
import { POD_WRITE, podFrom, podsOwnedBy } from "./ownedPods.ts";
import { queueKey, splitKey, WorkQueue } from "./queue.ts";
import {
  forgetRevisions,
  keepsTemplateOf,
  makeRevision,
  numberOfRevision,
  renumber,
  revisionsOf,
} from "./revisions.ts";
import { POD_REVISION } from "./statefulSetPlan.ts";
import { availableAt } from "./workload.ts";

const STATUS: Write = {
  manager: { name: "controller-manager", operation: "Update", apiVersion: "apps/v1", subresource: "status" },
};

/** The controller tries again later and later; here it is always five seconds. */
const RETRY_MS = 5000;

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
  notice({ kind, object }: Change): void {
    const namespace = namespaceOf(object);
    if (kind === DAEMON_SET) this.#queue.add(queueKey(namespace, nameOf(object)));
    if (kind !== POD && kind !== CONTROLLER_REVISION) return;
    const owner = ownersOf(object).find((reference) => reference["kind"] === "DaemonSet");
    if (owner !== undefined) this.#queue.add(queueKey(namespace, textOf(owner["name"])));
    if (ownersOf(object).length > 0) return;
    for (const set of this.#objects.store.list(DAEMON_SET, namespace)) {
      if (selects(at(set, "spec", "selector"), labelsOf(object)))
        this.#queue.add(queueKey(namespace, nameOf(set)));
    }
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const set = this.#objects.store.get(DAEMON_SET, namespace, name);
    if (set === undefined || isTerminating(set)) return;
    const revisions = revisionsOf(this.#objects, set, DAEMON_SET);
    const present = this.#presentRevision(set, revisions);
    if (present === undefined) return;
    const hash = labelsOf(present)[POD_REVISION] ?? "";
    const facts = (): DaemonFacts => ({
      set,
      pods: podsOwnedBy(this.#objects, set, DAEMON_SET).sort(byAge),
      hash,
      node: this.#node,
      now: this.#objects.now(),
    });
    const plan = planDaemonSet(facts());
    for (const pod of plan.deletes) this.#removePod(set, pod);
    if (plan.isMaking && !this.#makePod(set, hash)) this.#queue.addAfter(key, RETRY_MS);
    this.#objects.change(
      placeOf(DAEMON_SET, set),
      (live) => ({ ...live, status: daemonStatus(facts()) }),
      STATUS,
    );
    this.#forget(set, present, facts().pods);
    this.#comeBack(key, facts());
  }

  /** The revision of the present template: the one that keeps it, under the newest number, or a new one. */
  #presentRevision(set: JsonObject, revisions: readonly JsonObject[]): JsonObject | undefined {
    const found = revisions.findLast((revision) => keepsTemplateOf(revision, set));
    const number = Math.max(0, ...revisions.filter((one) => one !== found).map(numberOfRevision)) + 1;
    if (found === undefined)
      return makeRevision(this.#objects, set, { kind: DAEMON_SET, number, hashLabel: POD_REVISION });
    return numberOfRevision(found) < number ? renumber(this.#objects, found, number) : found;
  }

  #makePod(set: JsonObject, hash: string): boolean {
    const generation = annotationsOf(set)[TEMPLATE_GENERATION];
    const labels = {
      [POD_REVISION]: hash,
      ...(generation === undefined ? {} : { "pod-template-generation": generation }),
    };
    const template = objectOf(at(set, "spec", "template"));
    const pod = podFrom(template, { owner: set, kind: DAEMON_SET, labels });
    bindTo(this.#node, objectOf(pod["spec"]));
    const created = this.#objects.create(POD, namespaceOf(set), pod, POD_WRITE);
    if (isRefusal(created))
      this.#tell(set, "Warning", ["FailedCreate", `Error creating: ${created.message}`]);
    else this.#tell(set, "Normal", ["SuccessfulCreate", `Created pod: ${nameOf(created)}`]);
    return !isRefusal(created);
  }

  #removePod(set: JsonObject, pod: string): void {
    removeObject(this.#objects, { kind: POD, namespace: namespaceOf(set), name: pod }, PLAIN_REMOVAL);
    this.#tell(set, "Normal", ["SuccessfulDelete", `Deleted pod: ${pod}`]);
  }

  /** Revisions that pods run are never forgotten. */
  #forget(set: JsonObject, present: JsonObject, pods: readonly JsonObject[]): void {
    const live = new Set(pods.map((pod) => labelsOf(pod)[POD_REVISION]));
    const old = revisionsOf(this.#objects, set, DAEMON_SET).filter((one) => nameOf(one) !== nameOf(present));
    const idle = old.filter((one) => !live.has(labelsOf(one)[POD_REVISION]));
    const limit = numberOf(at(set, "spec", "revisionHistoryLimit"), 10);
    forgetRevisions(this.#objects, idle, Math.max(0, limit - (old.length - idle.length)));
  }

  /** Looks again when a pod that is ready has been so for long enough. */
  #comeBack(key: string, { set, pods, now }: DaemonFacts): void {
    const minReady = numberOf(at(set, "spec", "minReadySeconds"));
    const times = pods.map((pod) => availableAt(pod, minReady)).filter((time) => time !== undefined);
    const next = Math.min(...times.filter((time) => time > now));
    if (Number.isFinite(next)) this.#queue.addAfter(key, next - now);
  }

  #tell(set: JsonObject, type: "Normal" | "Warning", [reason, message]: readonly [string, string]): void {
    recordEvent(this.#objects, set, { component: "daemonset-controller", type, reason, message });
  }
}

const byAge = (left: JsonObject, right: JsonObject): number =>
  textOf(at(left, "metadata", "creationTimestamp")).localeCompare(
    textOf(at(right, "metadata", "creationTimestamp")),
  );

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
