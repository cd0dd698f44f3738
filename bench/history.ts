import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ReleaseRef } from "../src/app/ports.ts";
import type { Revision, RevisionLabel } from "../src/domain/release.ts";
import type { Cluster } from "../src/cluster.ts";
import { CONTEXT, type RecordStage } from "./recordStage.ts";

const signal = new AbortController().signal;
/** What a panel shows at first. */
const SCREEN = 10;

/** One comparison of a history, in ms: everything of it from nothing, as helm too begins. */
export interface HistoryPair {
  /** Every row, by its labels. */
  readonly rows: number;
  /** The newest ten of them with their images, which tell the commits. */
  readonly screen: number;
  /** All of them with their commits. */
  readonly all: number;
  readonly helm3: number;
  readonly helm4: number;
}

/** The same history by Devdeploy, by helm 3 and by helm 4, in turns. */
export async function measureHistory(
  stage: RecordStage,
  release: string,
  times: number,
): Promise<readonly HistoryPair[]> {
  const pairs: HistoryPair[] = [];
  for (let time = 0; time < times; time += 1) {
    const ours = await ourHistory(stage, release);
    const args = ["history", release, "--max=1000"];
    pairs.push({
      ...ours,
      helm3: await stage.helm("helm3", ...args),
      helm4: await stage.helm("helm4", ...args),
    });
  }
  return pairs;
}

async function ourHistory(
  stage: RecordStage,
  release: string,
): Promise<Pick<HistoryPair, "rows" | "screen" | "all">> {
  const cluster = stage.open();
  try {
    const ref = { context: CONTEXT, namespace: stage.namespace, release };
    const began = performance.now();
    const labels = await labelsOf(cluster, ref);
    const rows = performance.now() - began;
    await readAll(cluster, ref, labels.slice(0, SCREEN));
    const screen = performance.now() - began;
    await readAll(cluster, ref, labels.slice(SCREEN));
    return { rows, screen, all: performance.now() - began };
  } finally {
    cluster.dispose();
  }
}

async function labelsOf(cluster: Cluster, ref: ReleaseRef): Promise<readonly RevisionLabel[]> {
  const listing = await cluster.history.list(ref, signal);
  if (!listing.ok || listing.value.revisions.length === 0) throw new Error(JSON.stringify(listing));
  return listing.value.revisions;
}

async function readAll(
  cluster: Cluster,
  ref: ReleaseRef,
  labels: readonly RevisionLabel[],
): Promise<readonly Revision[]> {
  const revisions: Revision[] = [];
  for (const label of labels) {
    const record = await cluster.history.record(ref, label, signal);
    if (!record.ok || record.value === undefined) throw new Error(JSON.stringify(record));
    if (record.value.images.length === 0) throw new Error(`${label.revision} has no images.`);
    revisions.push(record.value);
  }
  return revisions;
}

/** What reading a long history does to the process that shows it. */
export interface HistoryLoad {
  readonly records: number;
  readonly seconds: number;
  /** The longest time that nothing else could run, in ms; and the same for a process that only waits. */
  readonly longestBlock: number;
  readonly longestBlockIdle: number;
  /** More than before, with everything kept and after a collection of garbage, in bytes. */
  readonly heap: number;
  readonly resident: number;
}

export async function measureLoad(stage: RecordStage, release: string): Promise<HistoryLoad> {
  const idle = await watchLoop(() => delay(3_000));
  const before = collected();
  const cluster = stage.open();
  try {
    const ref = { context: CONTEXT, namespace: stage.namespace, release };
    const began = performance.now();
    const { value: revisions, longest } = await watchLoop(async () =>
      readAll(cluster, ref, await labelsOf(cluster, ref)),
    );
    const seconds = (performance.now() - began) / 1000;
    const after = collected();
    return {
      records: revisions.length,
      seconds,
      longestBlock: longest,
      longestBlockIdle: idle.longest,
      heap: after.heapUsed - before.heapUsed,
      resident: after.rss - before.rss,
    };
  } finally {
    cluster.dispose();
  }
}

/** One comparison of what is released in a namespace, in ms. */
export interface ReleasesPair {
  /** Until the watch that the sidebar rests on knows every release and is live. */
  readonly ours: number;
  readonly longestBlock: number;
  readonly helm3: number;
  readonly helm4: number;
}

export async function measureReleases(
  stage: RecordStage,
  count: number,
  times: number,
): Promise<readonly ReleasesPair[]> {
  const pairs: ReleasesPair[] = [];
  for (let time = 0; time < times; time += 1) {
    const { value: ours, longest } = await watchLoop(() => ourReleases(stage, count));
    const args = ["list", "--max=0", "--all", "--output=json"];
    pairs.push({
      ours,
      longestBlock: longest,
      helm3: await stage.helm("helm3", ...args),
      helm4: await stage.helm("helm4", ...args.filter((arg) => arg !== "--all")),
    });
  }
  return pairs;
}

async function ourReleases(stage: RecordStage, count: number): Promise<number> {
  const cluster = stage.open();
  try {
    const began = performance.now();
    const watch = cluster.watches.releases(CONTEXT, stage.namespace);
    await new Promise<void>((resolve) => {
      watch.onChange(({ liveness }) => {
        if (liveness.kind === "live") resolve();
      });
    });
    if (watch.current.items.size !== count) throw new Error(`${watch.current.items.size} releases`);
    return performance.now() - began;
  } finally {
    cluster.dispose();
  }
}

async function watchLoop<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T; readonly longest: number }> {
  const resolution = 1;
  const histogram = monitorEventLoopDelay({ resolution });
  await delay(50);
  histogram.enable();
  const value = await work();
  // What came last counts too.
  await delay(20);
  histogram.disable();
  return { value, longest: Math.max(0, histogram.max / 1e6 - resolution) };
}

function collected(): NodeJS.MemoryUsage {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function")
    for (let time = 0; time < 2; time += 1) Reflect.apply(collect, undefined, []);
  return process.memoryUsage();
}
