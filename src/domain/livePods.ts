import type { LivePod } from "./rollouts.ts";

/**
 * How a pod is getting on. `restarted` is ready, and was not all the time; `done` has run to its end; `ending` is
 * being deleted and counts no more.
 */
export type PodState = "ready" | "restarted" | "starting" | "failing" | "done" | "ending";

/** Every container begins like this. */
const NOT_YET = /^(?:ContainerCreating|PodInitializing)$/u;

/** How a pod is getting on, by what the kubelet says of it. */
export function podState({ isBeingDeleted, phase, ready, restarts, waiting }: LivePod): PodState {
  if (isBeingDeleted) return "ending";
  if (phase === "Succeeded") return "done";
  if (phase === "Failed" || isInTrouble(waiting)) return "failing";
  if (ready) return restarts === 0 ? "ready" : "restarted";
  return restarts === 0 ? "starting" : "failing";
}

const isInTrouble = (waiting: LivePod["waiting"]): boolean =>
  waiting !== undefined && !NOT_YET.test(waiting.reason);

const WORST_FIRST: readonly PodState[] = ["failing", "starting", "restarted", "ready", "done", "ending"];

const rankOf = (pod: LivePod): number => WORST_FIRST.indexOf(podState(pod));

/** The state that a person has to know of first; undefined where there is no pod. */
export const worstState = (pods: readonly LivePod[]): PodState | undefined =>
  WORST_FIRST.find((state) => pods.some((pod) => podState(pod) === state));

/** Pods that are ready and stay. */
export const readyPods = (pods: readonly LivePod[]): number =>
  pods.filter(({ ready, isBeingDeleted }) => ready && !isBeingDeleted).length;

/** Those that a small list has room for, the worst before the others, and how many it leaves out. */
export interface SomePods {
  /** By name, so that no row changes its place when a pod changes its state. */
  readonly pods: readonly LivePod[];
  readonly more: number;
}

/** At most `atMost` of the pods. */
export function somePods(pods: readonly LivePod[], atMost: number): SomePods {
  const worst = [...pods].sort((a, b) => rankOf(a) - rankOf(b) || byName(a, b)).slice(0, atMost);
  return { pods: worst.sort(byName), more: pods.length - worst.length };
}

/** Numbers within names count as numbers: `web-2` goes before `web-10`. */
const byName = (a: LivePod, b: LivePod): number =>
  a.name.localeCompare(b.name, "en", { numeric: true }) || (a.uid < b.uid ? -1 : 1);
