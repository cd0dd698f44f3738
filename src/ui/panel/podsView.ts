import type { PodsSnapshot } from "../../app/livePods.ts";
import type { DocumentOf } from "../../app/rolloutPorts.ts";
import { podState, readyPods, somePods } from "../../domain/livePods.ts";
import type { LivePod } from "../../domain/rollouts.ts";
import type { ActionView, LineView, SectionView } from "../../protocol/panel.ts";
import * as say from "../messages/pods.ts";
import type { Deeds } from "./deeds.ts";

/** Where pods are, for opening what can be read of them. */
export interface PodPlace {
  readonly context: string;
  readonly namespace: string;
}

/** What else a list's heading tells, where it is known. */
export interface PodsHeading {
  /** Undefined where there is only one. */
  readonly workload?: string;
  readonly ready: number;
  readonly wanted: number;
}

const PODS_SHOWN = 10;
/** With more containers than this the buttons would be more than the rest. */
const LOGS_SHOWN = 3;

/** The pods of the newest template as a small list, with what can be opened of each. */
export function podsSection(
  pods: readonly LivePod[],
  place: PodPlace,
  deeds: Deeds,
  heading: PodsHeading = { ready: readyPods(pods), wanted: pods.length },
): SectionView {
  const { pods: listed, more } = somePods(pods, PODS_SHOWN);
  return {
    heading:
      heading.workload === undefined
        ? say.podsHeading(heading)
        : say.podsOfHeading(heading.workload, heading),
    lines: [
      ...listed.map((pod) => podLine(pod, place, deeds)),
      ...(more === 0 ? [] : [{ text: [say.morePods(more)] }]),
      ...(pods.length === 0 && heading.wanted > 0 ? [{ text: [say.noPodsYet()] }] : []),
    ],
  };
}

/** A list for each workload whose pods are known; none as long as nothing of them is. */
export function podsSections(pods: PodsSnapshot, place: PodPlace, deeds: Deeds): readonly SectionView[] {
  if (pods.kind !== "known") return [];
  return pods.items.flatMap((item): readonly SectionView[] => {
    const { workload } = item;
    const heading = pods.items.length === 1 ? {} : { workload: workload.name };
    switch (item.kind) {
      case "live": {
        const { ready, wanted } = item;
        const section = podsSection(item.pods, place, deeds, { ...heading, ready, wanted });
        return item.replicaFailure === undefined ? [section] : [withFailure(section, item.replicaFailure)];
      }
      case "to-come":
        return [podsSection([], place, deeds, { ...heading, ready: 0, wanted: item.wanted })];
      case "reading":
      case "unknown":
      case "absent":
        return [];
    }
  });
}

/** No pod comes to be, and the API server has said why. */
const withFailure = (section: SectionView, message: string): SectionView => ({
  ...section,
  lines: [{ mark: "bad", text: [say.noPodIsMade(message)] }, ...section.lines],
});

function podLine(pod: LivePod, place: PodPlace, deeds: Deeds): LineView {
  const state = podState(pod);
  return {
    mark: say.stateMark(state),
    spoken: say.stateWord(state),
    text: [say.podName(pod)],
    detail: say.podDetail(pod),
    actions: podActions(pod, place, deeds),
  };
}

function podActions(pod: LivePod, place: PodPlace, deeds: Deeds): readonly ActionView[] {
  const open = (of: DocumentOf, label: string): ActionView =>
    deeds.action(
      { kind: "open-document", context: place.context, namespace: place.namespace, of },
      label,
      "link",
      { tooltip: say.ofPod(label, pod) },
    );
  return [
    ...logsOf(pod).map(({ label, of }) => open(of, label)),
    open({ kind: "yaml", object: "Pod", name: pod.name }, say.openYaml()),
    open({ kind: "events", object: "Pod", name: pod.name }, say.openEvents()),
  ];
}

/** The logs that are worth a button: what a container said last before it was restarted tells why. */
function logsOf(pod: LivePod): readonly { readonly label: string; readonly of: DocumentOf }[] {
  const { names } = pod.containers;
  const isOnly = names.length === 1;
  return containersToRead(pod).flatMap((container) => {
    const log = { kind: "log", pod: pod.name, container } as const;
    const now = {
      label: isOnly ? say.openLog() : say.openLogOf(container),
      of: { ...log, previous: false },
    };
    const before = {
      label: isOnly ? say.openPreviousLog() : say.openPreviousLogOf(container),
      of: { ...log, previous: true },
    };
    const isSuspect = isOnly || pod.waiting?.container === container;
    return pod.restarts > 0 && isSuspect ? [now, before] : [now];
  });
}

/** The one that waits goes first: its log is what one looks for. */
function containersToRead({ containers: { names }, waiting }: LivePod): readonly string[] {
  const first = waiting?.container;
  const sorted = first === undefined ? names : [first, ...names.filter((name) => name !== first)];
  return sorted.slice(0, LOGS_SHOWN);
}
