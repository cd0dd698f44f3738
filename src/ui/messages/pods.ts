import { l10n } from "vscode";
import { podState, type PodState } from "../../domain/livePods.ts";
import { redacted } from "../../domain/redact.ts";
import type { LivePod } from "../../domain/rollouts.ts";
import type { Mark, Piece } from "../../protocol/panel.ts";
import { code, pieces, plain } from "./pieces.ts";
import { shown } from "./text.ts";
import { dateAndTime } from "./time.ts";

/** What a pod's row tells: how many of its containers are ready, restarts, and what it waits for. */
export interface PodFigures {
  readonly ready: number;
  readonly wanted: number;
}

/** `ready 1/2`: of all pods that are wanted. */
export const readyPart = ({ ready, wanted }: PodFigures): string =>
  wanted === 0 ? noPodsWanted() : l10n.t("ready {ready}/{wanted}", { ready, wanted });

/** `1/1 ready`: a pod's containers. */
export const containersReady = ({ containers: { ready, all } }: LivePod): string =>
  l10n.t("{ready}/{all} ready", { ready, all });

export function restarts({ restarts: count }: LivePod): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? l10n.t("1 restart") : l10n.t("{count} restarts", { count });
}

/** Why a pod is not ready, in one word: the kubelet's own, the scheduler's, or the pod's phase. */
export function waitsFor(pod: LivePod): string | undefined {
  const { phase, waiting, noNode, ready } = pod;
  if (podState(pod) === "ending") return l10n.t("being deleted");
  const reason = waiting?.reason ?? noNode?.reason;
  if (reason !== undefined) return shown(redacted(reason));
  if (ready || phase === "Running" || phase === "") return undefined;
  return shown(phase);
}

/** The kubelet's words, or the scheduler's where the pod has not come to a node; without what must not be shown. */
export function clusterWords({ waiting, noNode }: LivePod): string | undefined {
  const message = waiting?.message ?? noNode?.message ?? "";
  return message === "" ? undefined : shown(redacted(message));
}

interface NamedFact {
  readonly name: string;
  readonly value: string;
}

/** Why a container waits, and which; or why there is no node for the pod, and who holds it back. */
export function waitsFact({ waiting, noNode }: LivePod): NamedFact | undefined {
  const name = l10n.t("Waits");
  if (waiting !== undefined) {
    const [container, reason] = [shown(waiting.container), shown(redacted(waiting.reason))];
    return { name, value: l10n.t("{container}: {reason}", { container, reason }) };
  }
  if (noNode === undefined) return undefined;
  const reason = shown(redacted(noNode.reason));
  const gates = shown(noNode.gates.join(", "));
  return { name, value: gates === "" ? reason : l10n.t("{reason}: {gates}", { reason, gates }) };
}

export function wordsFact(pod: LivePod): NamedFact | undefined {
  const value = clusterWords(pod);
  if (value === undefined) return undefined;
  const name = pod.waiting === undefined ? l10n.t("The scheduler says") : l10n.t("The kubelet says");
  return { name, value };
}

export const containersFact = ({ containers: { names } }: LivePod): NamedFact | undefined =>
  names.length < 2 ? undefined : { name: l10n.t("Containers"), value: shown(names.join(", ")) };

export const workloadFact = (kind: string, name: string): NamedFact => ({
  name: shown(kind),
  value: shown(name),
});

export const createdFact = ({ createdAt }: LivePod): NamedFact => ({
  name: l10n.t("Made at"),
  value: dateAndTime(createdAt),
});

export const failureFact = (message: string): NamedFact => ({
  name: l10n.t("Problem"),
  value: shown(redacted(message)),
});

/** Of a DaemonSet because no node matches, of all others because they are scaled to zero. */
export const noPodsWanted = (): string => l10n.t("no pods wanted");
export const podsToCome = (): string => l10n.t("new pods are still to come");
export const nothingWithPods = (): string => l10n.t("nothing with pods here");
export const noSuchWorkload = ({ kind, name }: { readonly kind: string; readonly name: string }): string =>
  l10n.t("there is no {kind} {name}", { kind, name: shown(name) });
export const moreWorkloads = (count: number): string =>
  count === 1 ? l10n.t("1 workload more") : l10n.t("{count} workloads more", { count });

const present = (parts: readonly (string | undefined)[]): readonly string[] =>
  parts.filter((part) => part !== undefined);

/** `1/1 ready · 2 restarts · ImagePullBackOff`. */
export const podWords = (pod: LivePod): string =>
  present([containersReady(pod), restarts(pod), waitsFor(pod)]).join(" · ");

/** The same for who listens: `not ready, 0 of 1 containers ready, 2 restarts, ImagePullBackOff`. */
export function podAloud(pod: LivePod): string {
  const { ready, all } = pod.containers;
  const containers =
    all === 1
      ? l10n.t("{ready} of 1 container ready", { ready })
      : l10n.t("{ready} of {all} containers ready", { ready, all });
  return present([stateWord(podState(pod)), containers, restarts(pod), waitsFor(pod)]).join(", ");
}

/** A pod's state in a word or two, for who does not see its mark. */
export function stateWord(state: PodState): string {
  switch (state) {
    case "ready":
      return l10n.t("ready");
    case "restarted":
      return l10n.t("ready again");
    case "starting":
      return l10n.t("starting");
    case "failing":
      return l10n.t("in trouble");
    case "done":
      return l10n.t("ended");
    case "ending":
      return l10n.t("ending");
  }
}

export function stateMark(state: PodState): Mark {
  switch (state) {
    case "ready":
      return "ok";
    case "restarted":
      return "warn";
    case "starting":
      return "run";
    case "failing":
      return "bad";
    case "done":
    case "ending":
      return "info";
  }
}

/** Heading of the live list: `Pods, live: ready 1/2`. */
export const podsHeading = (figures: PodFigures): string =>
  l10n.t("Pods, live: {figures}", { figures: readyPart(figures) });

/** Where a release has several workloads, each has a list of its own. */
export const podsOfHeading = (workload: string, figures: PodFigures): string =>
  l10n.t("Pods of {workload}, live: {figures}", { workload: plain(workload), figures: readyPart(figures) });

export const morePods = (count: number): string =>
  count === 1 ? l10n.t("1 pod more") : l10n.t("{count} pods more", { count });

/** The API server's words: a quota, or admission. */
export const noPodIsMade = (message: string): string =>
  l10n.t("No pod can be made: {message}", { message: plain(redacted(message)) });

export const noPodsYet = (): string => l10n.t("No pod of the new revision yet");

/** What a pod waits for, with the cluster's words: `0/1 ready · ImagePullBackOff: Back-off pulling image …`. */
export function podDetail(pod: LivePod): readonly Piece[] {
  const words = clusterWords(pod);
  return pieces(words === undefined ? "{facts}" : l10n.t("{facts}: {words}"), {
    facts: podWords(pod),
    words: words ?? "",
  });
}

export const podName = ({ name }: LivePod): Piece => code(name);

export const openLog = (): string => l10n.t("Log");
export const openLogOf = (container: string): string =>
  l10n.t("Log of {container}", { container: plain(container) });
export const openPreviousLog = (): string => l10n.t("Log before the Restart");
export const openPreviousLogOf = (container: string): string =>
  l10n.t("Log of {container} before the Restart", { container: plain(container) });
export const openYaml = (): string => l10n.t("YAML");
export const openEvents = (): string => l10n.t("Events");
/** For a button's tooltip: which pod it is about. */
export const ofPod = (what: string, { name }: LivePod): string =>
  l10n.t("{what} of pod {pod}", { what, pod: plain(name) });
