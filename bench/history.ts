import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { systemClock } from "../src/adapters/system/clock.ts";
import type { HistorySnapshot } from "../src/app/historySnapshot.ts";
import { ReleaseHistory } from "../src/app/releaseHistory.ts";
import type { Cluster } from "../src/cluster.ts";
import { aBranch, aHelmDriver } from "../test/builders/deploy.ts";
import { CONTEXT, SILENT, type RecordStage } from "./recordStage.ts";

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
  const began = performance.now();
  const history = openHistory(cluster, stage, release);
  try {
    const shown = async (count: number): Promise<number> => {
      await whenShown(
        history,
        ({ entries, liveness }) =>
          liveness.kind === "live" && entries.slice(0, count).every(({ record }) => record.kind === "read"),
      );
      return performance.now() - began;
    };
    return { rows: await shown(0), screen: await shown(SCREEN), all: await shown(Infinity) };
  } finally {
    history.dispose();
    cluster.dispose();
  }
}

/** The model of the panel, as the extension opens it, but for the clone: git is asked for commits meanwhile. */
function openHistory(cluster: Cluster, stage: RecordStage, release: string): ReleaseHistory {
  const ref = { context: CONTEXT, namespace: stage.namespace, release };
  return new ReleaseHistory(
    {
      ...cluster,
      commits: () => Promise.resolve(undefined),
      defaultBranch: aBranch("main"),
      clock: systemClock,
      log: SILENT,
    },
    {
      name: release,
      target: release,
      kind: "environment",
      tier: "staging",
      release: ref,
      driver: aHelmDriver({ ...ref }),
      locks: { context: CONTEXT, namespace: stage.namespace },
    },
  );
}

/** Resolves once what is shown is so, and there is something. */
function whenShown(
  history: ReleaseHistory,
  isSo: (snapshot: HistorySnapshot) => boolean,
): Promise<HistorySnapshot> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (history.current.entries.length === 0 || !isSo(history.current)) return;
      listening.dispose();
      resolve(history.current);
    };
    const listening = history.onChange(look);
    look();
  });
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
    const began = performance.now();
    const { value, longest } = await watchLoop(async () => {
      const history = openHistory(cluster, stage, release);
      const shown = await whenShown(history, ({ entries }) =>
        entries.every(({ record }) => record.kind === "read"),
      );
      return { history, shown };
    });
    const seconds = (performance.now() - began) / 1000;
    const after = collected();
    value.history.dispose();
    return {
      records: value.shown.entries.length,
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
