import type { PodsSnapshot, WorkloadPods } from "../../app/livePods.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { podState, somePods, worstState, type PodState } from "../../domain/livePods.ts";
import type { LivePod } from "../../domain/rollouts.ts";
import { clusterSentence } from "../messages/cluster.ts";
import * as fact from "../messages/facts.ts";
import * as say from "../messages/pods.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { facts, type RowIcon } from "./row.ts";
import type { TreeNode } from "./treeNode.ts";

/** The row whose pods are shown below it. */
export interface PodsParent {
  readonly id: string;
  readonly folder: string;
}

const PODS_SHOWN = 20;

/** What stands below a row that was opened: its pods, or its workloads with theirs where it has several. */
export function podNodes(parent: PodsParent, snapshot: PodsSnapshot): readonly TreeNode[] {
  switch (snapshot.kind) {
    case "reading":
      return [note(parent, words.reading())];
    case "unknown":
      return [unknown(parent, snapshot)];
    case "known": {
      const { items, more } = snapshot;
      const [only] = items;
      if (only === undefined) return [note(parent, say.nothingWithPods())];
      if (items.length === 1) return podsOf(parent, only);
      return [
        ...items.map((item) => workloadNode(parent, item)),
        ...(more === 0 ? [] : [note(parent, say.moreWorkloads(more), "more")]),
      ];
    }
  }
}

function workloadNode(parent: PodsParent, item: WorkloadPods): TreeNode {
  const { workload } = item;
  const id = `${parent.id}/workload/${workload.kind}/${workload.name}`;
  const figures = item.kind === "live" ? item : item.kind === "to-come" ? { ...item, ready: 0 } : undefined;
  const worst = item.kind === "live" ? worstState(item.pods) : undefined;
  return {
    id,
    row: {
      label: shown(workload.name),
      description: words.parts(workload.kind, figures === undefined ? undefined : say.readyPart(figures)),
      icon: worst === undefined ? QUIET : stateIcon(worst),
      tokens: ["workload"],
      facts: [],
    },
    subject: { folder: parent.folder },
    children: podsOf({ ...parent, id }, item),
    isOpen: true,
  };
}

function podsOf(parent: PodsParent, item: WorkloadPods): readonly TreeNode[] {
  switch (item.kind) {
    case "reading":
      return [note(parent, words.reading())];
    case "unknown":
      return [unknown(parent, item)];
    case "absent":
      return [note(parent, say.noSuchWorkload(item.workload))];
    case "to-come":
      return [note(parent, say.podsToCome())];
    case "live": {
      const { pods, more } = somePods(item.pods, PODS_SHOWN);
      return [
        ...(item.replicaFailure === undefined ? [] : [failure(parent, item.replicaFailure)]),
        ...pods.map((pod) => podNode(parent, item.workload, pod)),
        ...(more === 0 ? [] : [note(parent, say.morePods(more), "more")]),
        ...(pods.length === 0
          ? [note(parent, item.wanted === 0 ? say.noPodsWanted() : say.noPodsYet())]
          : []),
      ];
    }
  }
}

function podNode(parent: PodsParent, { context, kind, name }: WorkloadAddress, pod: LivePod): TreeNode {
  const state = podState(pod);
  const { containers, restarts, namespace } = pod;
  return {
    id: `${parent.id}/pod/${pod.uid}`,
    row: {
      label: shown(pod.name),
      description: say.podWords(pod),
      aloud: say.podAloud(pod),
      icon: stateIcon(state),
      tokens: ["pod", state, "details", "log", "yaml", "events", ...(restarts > 0 ? ["previous"] : [])],
      facts: facts(
        fact.stateFact(words.parts(say.stateWord(state), say.podWords(pod))),
        say.waitsFact(pod),
        say.wordsFact(pod),
        say.containersFact(pod),
        say.workloadFact(kind, name),
        say.createdFact(pod),
      ),
    },
    subject: {
      folder: parent.folder,
      pod: {
        context,
        namespace,
        name: pod.name,
        containers: containers.names,
        restarted: restarts > 0,
      },
    },
    children: [],
    isOpen: false,
  };
}

/** A line that stands where pods would; always in the same place, so that it is one row whatever it says. */
const note = (parent: PodsParent, label: string, key = "state"): TreeNode => ({
  id: `${parent.id}/pods/${key}`,
  row: { label, description: "", icon: QUIET, tokens: ["note"], facts: [] },
  subject: { folder: parent.folder },
  children: [],
  isOpen: false,
});

function unknown(
  parent: PodsParent,
  { since, error }: Extract<PodsSnapshot, { readonly kind: "unknown" }>,
): TreeNode {
  const node = note(parent, words.unknownSince(since, error));
  const cause = fact.causeFact(error === undefined ? undefined : clusterSentence(error));
  return { ...node, row: { ...node.row, icon: UNKNOWN, facts: facts(cause) } };
}

function failure(parent: PodsParent, message: string): TreeNode {
  const node = note(parent, say.noPodIsMade(message), "failure");
  return {
    ...node,
    row: { ...node.row, icon: stateIcon("failing"), facts: facts(say.failureFact(message)) },
  };
}

const QUIET: RowIcon = { id: "circle-outline", color: "disabledForeground" };
const UNKNOWN: RowIcon = { id: "question", color: "disabledForeground" };

function stateIcon(state: PodState): RowIcon {
  switch (state) {
    case "ready":
      return { id: "pass", color: "charts.green" };
    case "restarted":
      return { id: "warning", color: "charts.yellow" };
    case "starting":
      return { id: "sync~spin", color: "charts.blue" };
    case "failing":
      return { id: "error", color: "charts.red" };
    case "done":
    case "ending":
      return { id: "circle-slash", color: "disabledForeground" };
  }
}
