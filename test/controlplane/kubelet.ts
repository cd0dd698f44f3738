import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "../contract/apiClient.ts";
import { at, listAt, textAt } from "../contract/json.ts";
import { NODE } from "./node.ts";
import { missingFor, type Missing, NOTHING_MISSING, refersToConfig } from "./podConfig.ts";
import { isUnschedulable } from "./podFate.ts";
import { PodEvents } from "./podEvents.ts";
import { nextPodStep, type PodStep } from "./podLife.ts";

/**
 * Scheduler and kubelet in one: binds pods, lets them live as the tags of their images say (`podFate.ts`), and
 * removes those that are to be deleted. Runs until the signal aborts, whatever breaks in between: what a pod needs is
 * always judged from its present state.
 */
export async function runKubelet(api: ApiClient, signal: AbortSignal): Promise<void> {
  const kubelet = new Kubelet(api, signal);
  while (!signal.aborted) {
    try {
      await kubelet.watchPods();
    } catch (error) {
      kubelet.report(error);
    }
    await delay(100, undefined, { signal }).catch(() => undefined);
  }
  kubelet.stop();
}

/** A pod that is looked after. */
interface Charge {
  pod: unknown;
  /** A step is being done; the pod is looked at again afterwards. */
  isBusy: boolean;
  /** What tells the pod's present state from others, and since when it has it. */
  state: string;
  since: number;
  timer: NodeJS.Timeout | undefined;
  /** What the pod refers to and is not there, as of the last look. */
  missing: Missing;
}

class Kubelet {
  readonly #api: ApiClient;
  readonly #signal: AbortSignal;
  readonly #events: PodEvents;
  readonly #charges = new Map<string, Charge>();

  constructor(api: ApiClient, signal: AbortSignal) {
    this.#api = api;
    this.#signal = signal;
    this.#events = new PodEvents(api);
  }

  async watchPods(): Promise<void> {
    const list = await this.#api.get("/api/v1/pods");
    for (const pod of listAt(list.body, "items")) this.#notice(pod);
    const from = textAt(list.body, "metadata", "resourceVersion");
    const path = `/api/v1/pods?watch=true&resourceVersion=${from}`;
    for await (const { type, object } of this.#api.watch(path, this.#signal)) {
      if (type === "ADDED" || type === "MODIFIED") this.#notice(object);
      else if (type === "DELETED") this.#forget(textAt(object, "metadata", "uid"));
      else return;
    }
  }

  stop(): void {
    for (const uid of [...this.#charges.keys()]) this.#forget(uid);
  }

  report(error: unknown): void {
    if (!this.#signal.aborted && !isConnectionLoss(error)) console.error("kubelet:", error);
  }

  #forget(uid: string): void {
    clearTimeout(this.#charges.get(uid)?.timer);
    this.#charges.delete(uid);
  }

  #notice(pod: unknown): void {
    const uid = textAt(pod, "metadata", "uid");
    const known = this.#charges.get(uid);
    const charge = known ?? {
      ...{ pod, isBusy: false, state: "", since: 0 },
      ...{ timer: undefined, missing: NOTHING_MISSING },
    };
    this.#charges.set(uid, charge);
    charge.pod = pod;
    if (charge.isBusy) return;
    if (known === undefined && refersToConfig(pod)) void this.#do(charge, () => Promise.resolve());
    else this.#plan(charge);
  }

  /** Sets the time of the next step; another change of the pod in the same state does not put it off. */
  #plan(charge: Charge): void {
    clearTimeout(charge.timer);
    if (this.#signal.aborted) return;
    const { pod } = charge;
    const state = stateOf(pod);
    if (charge.state !== state) {
      charge.state = state;
      charge.since = performance.now();
    }
    const step = this.#next(charge);
    if (step === undefined) return;
    const left = charge.since + step.afterMs - performance.now();
    charge.timer = setTimeout(() => void this.#do(charge, step.run), Math.max(0, left));
  }

  async #do(charge: Charge, run: () => Promise<void>): Promise<void> {
    charge.isBusy = true;
    try {
      await run();
    } catch (error) {
      this.report(error);
      await delay(100);
    }
    try {
      // Its own writes come back by the watch later: planned upon the old state, the step would be done twice.
      const { status, body } = await this.#api.get(pathOf(charge.pod));
      if (status === 200) {
        charge.pod = body;
        charge.missing = await missingFor(this.#api, body);
      }
      charge.since = performance.now();
      charge.isBusy = false;
      if (status === 200 && this.#charges.get(textAt(body, "metadata", "uid")) === charge) this.#plan(charge);
    } catch (error) {
      charge.isBusy = false;
      this.report(error);
    }
  }

  #next({
    pod,
    missing,
  }: Charge): { readonly afterMs: number; readonly run: () => Promise<void> } | undefined {
    const path = pathOf(pod);
    if (at(pod, "metadata", "deletionTimestamp") !== undefined) {
      if (at(pod, "metadata", "deletionGracePeriodSeconds") === 0) return undefined;
      return {
        afterMs: 0,
        run: async () => {
          await this.#api.delete(`${path}?gracePeriodSeconds=0`);
        },
      };
    }
    if (at(pod, "spec", "nodeName") === undefined && !isUnschedulable(pod)) {
      return { afterMs: 0, run: () => this.#bind(pod) };
    }
    const step = nextPodStep(pod, missing);
    return step === undefined ? undefined : { afterMs: step.afterMs, run: () => this.#take(pod, step) };
  }

  async #bind(pod: unknown): Promise<void> {
    const name = textAt(pod, "metadata", "name");
    await this.#api.post(`${pathOf(pod)}/binding`, {
      apiVersion: "v1",
      kind: "Binding",
      metadata: { name },
      target: { apiVersion: "v1", kind: "Node", name: NODE },
    });
    const message = `Successfully assigned ${textAt(pod, "metadata", "namespace")}/${name} to ${NODE}`;
    await this.#events.tell(pod, { type: "Normal", reason: "Scheduled", message });
  }

  async #take(pod: unknown, { status, events }: PodStep): Promise<void> {
    if (status !== undefined) await this.#api.patch("merge", `${pathOf(pod)}/status`, { status });
    for (const event of events) await this.#events.tell(pod, event);
  }
}

const pathOf = (pod: unknown): string =>
  `/api/v1/namespaces/${textAt(pod, "metadata", "namespace")}/pods/${textAt(pod, "metadata", "name")}`;

/** All that the next step depends on. */
const stateOf = (pod: unknown): string =>
  JSON.stringify([
    at(pod, "metadata", "deletionTimestamp"),
    at(pod, "spec", "nodeName"),
    at(pod, "status", "initContainerStatuses"),
    at(pod, "status", "containerStatuses"),
  ]);

function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    ["ECONNRESET", "ECONNREFUSED", "EPIPE"].includes(error.code)
  );
}
