import type { WatchEvent } from "../../app/ports.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutReading, WorkloadSight } from "../../domain/rollouts.ts";
import { textAt, type JsonObject } from "./json.ts";
import { selectorOf } from "./newestPods.ts";
import { worst } from "./releaseWatch.ts";
import { appsPath, podsPath, RESOURCES } from "./rolloutsPaths.ts";
import { readRevision, readRollout, type OwnedRevision } from "./rolloutsReading.ts";
import { WatchLoop, type WatchTools } from "./watchLoop.ts";
import { podsOfCurrent, readLivePod } from "./workloadWatchPods.ts";
import { readWorkload } from "./workloadReading.ts";

type Items<T> = ReadonlyMap<string, T>;

/** What belongs to a workload, for as long as it is this very one and chooses by these labels. */
interface Belongings {
  readonly of: string;
  readonly revisions: WatchLoop<OwnedRevision, OwnedRevision>;
  readonly pods: WatchLoop<JsonObject, JsonObject>;
}

/**
 * A workload, its revisions and its pods as one, from three watches. The labels that the other two go by are the
 * workload's own, so that they begin once it is known, and begin anew where it was made anew.
 */
export class WorkloadLoop {
  readonly #of: WorkloadAddress;
  readonly #tools: WatchTools;
  readonly #fire: (event: WatchEvent<WorkloadSight>) => void;
  readonly #workload: WatchLoop<JsonObject, JsonObject>;
  #belongings: Belongings | undefined;
  #rollout: Made<RolloutReading> | undefined;
  #items: Made<Items<WorkloadSight>> | undefined;

  constructor(of: WorkloadAddress, tools: WatchTools, fire: (event: WatchEvent<WorkloadSight>) => void) {
    this.#of = of;
    this.#tools = tools;
    this.#fire = fire;
    const source = {
      context: of.context,
      path: appsPath(of.namespace, RESOURCES[of.kind].workloads),
      query: { fieldSelector: `metadata.name=${of.name}` },
      read: asItIs,
      view: allOf<JsonObject>,
    };
    this.#workload = new WatchLoop(source, tools, () => {
      this.#follow();
      this.#fire(this.current);
    });
  }

  /** While any of the three was never read there is no item, and it is not live. */
  get current(): WatchEvent<WorkloadSight> {
    const { items, liveness, serverOffset } = this.#workload.current;
    const workload = items.get(this.#of.name);
    const belongings = this.#belongings;
    if (workload === undefined || belongings === undefined) {
      return { items: NOTHING, liveness, serverOffset };
    }
    const [revisions, pods] = [belongings.revisions.current, belongings.pods.current];
    const isRead = revisions.liveness.kind !== "connecting" && pods.liveness.kind !== "connecting";
    return {
      items: isRead ? this.#sight(workload, revisions.items, pods.items) : NOTHING,
      liveness: worst([liveness, revisions.liveness, pods.liveness]),
      serverOffset,
    };
  }

  start(): void {
    this.#workload.start();
  }

  relist(): void {
    this.#workload.relist();
    this.#belongings?.revisions.relist();
    this.#belongings?.pods.relist();
  }

  dispose(): void {
    this.#workload.dispose();
    this.#leave();
  }

  /** Goes by the labels of the workload that is there now; of none where there is none. */
  #follow(): void {
    const workload = this.#workload.current.items.get(this.#of.name);
    if (workload === undefined) {
      this.#leave();
      return;
    }
    const labelSelector = selectorOf(workload);
    const of = `${textAt(workload, "metadata", "uid") ?? ""} ${labelSelector}`;
    if (this.#belongings?.of === of) return;
    this.#leave();
    const { context, namespace, kind, name } = this.#of;
    const changed = (): void => {
      this.#fire(this.current);
    };
    const query = { labelSelector };
    const revisions = {
      context,
      path: appsPath(namespace, RESOURCES[kind].revisions),
      query,
      read: (object: JsonObject) => readRevision(kind, name, object),
      view: allOf<OwnedRevision>,
    };
    const pods = { context, path: podsPath(namespace), query, read: asItIs, view: allOf<JsonObject> };
    this.#belongings = {
      of,
      revisions: new WatchLoop(revisions, this.#tools, changed),
      pods: new WatchLoop(pods, this.#tools, changed),
    };
    this.#belongings.revisions.start();
    this.#belongings.pods.start();
  }

  #leave(): void {
    this.#belongings?.revisions.dispose();
    this.#belongings?.pods.dispose();
    this.#belongings = undefined;
  }

  /** A pod changes far more often than what it was made of: each is read again only where it is another. */
  #sight(
    workload: JsonObject,
    revisions: Items<OwnedRevision>,
    pods: Items<JsonObject>,
  ): Items<WorkloadSight> {
    const { kind, name } = this.#of;
    this.#rollout = madeOf(this.#rollout, [workload, revisions], () =>
      readRollout(kind, workload, [...revisions.values()]),
    );
    const rollout = this.#rollout.value;
    this.#items = madeOf(this.#items, [rollout, pods], () => {
      const own = podsOfCurrent(rollout, [...pods.values()]);
      const sight = { rollout, now: readWorkload(kind, workload, own), pods: own.map(readLivePod) };
      return new Map([[name, sight]]);
    });
    return this.#items.value;
  }
}

const NOTHING: Items<WorkloadSight> = new Map();

/** Something, and what it was made of. */
interface Made<T> {
  readonly from: readonly object[];
  readonly value: T;
}

function madeOf<T>(before: Made<T> | undefined, from: readonly object[], make: () => T): Made<T> {
  const isSame = before?.from.every((part, index) => part === from[index]) === true;
  return isSame ? before : { from, value: make() };
}

const asItIs = (object: JsonObject): JsonObject => object;

const allOf = <T>(objects: Items<T>): Items<T> => objects;
