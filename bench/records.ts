import { measureHistory, measureLoad, measureReleases, type HistoryPair } from "./history.ts";
import { startRecordStage, type RecordStage } from "./recordStage.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";

const SHORT = { release: "short", revisions: 10, times: 15 };
const LONG = { release: "long", revisions: 300, times: 5 };
const RELEASES = { count: 1_000, revisions: 5, times: 3 };

/** The history of a release, beside `helm history`. */
export async function sayHistory(): Promise<void> {
  await onStage(async (stage) => {
    for (const { release, revisions, times } of [SHORT, LONG]) {
      await stage.fill([release], revisions);
      const pairs = await measureHistory(stage, release, times);
      console.log(
        `\nThe history of a release with ${revisions} revisions of ${kilobytes(stage.recordBytes)} (${stage.against})`,
      );
      sayTimes("every row, by its labels:   ", pairs, ({ rows }) => rows);
      sayTimes("ten rows with their commits:", pairs, ({ screen }) => screen);
      if (revisions > 10) sayTimes("all rows with their commits:", pairs, ({ all }) => all);
      sayTimes("helm 3 history:             ", pairs, ({ helm3 }) => helm3);
      sayTimes("helm 4 history:             ", pairs, ({ helm4 }) => helm4);
      sayRatio("the first rows", pairs, ({ rows }) => rows);
      sayRatio("ten rows with commits", pairs, ({ screen }) => screen);
      if (revisions > 10) sayRatio("all rows with commits", pairs, ({ all }) => all);
    }
  });
}

/** What is released in a large namespace, beside `helm list`. */
export async function sayReleases(): Promise<void> {
  await onStage(async (stage) => {
    const { count, revisions, times } = RELEASES;
    const names = Array.from({ length: count }, (_, index) => `release-${index}`);
    await stage.fill(names, revisions);
    const pairs = await measureReleases(stage, count, times);
    console.log(
      `\nWhat is released: ${count} releases with ${revisions} revisions of ${kilobytes(stage.recordBytes)} (${stage.against})`,
    );
    sayTimes("the sidebar's watch, live: ", pairs, ({ ours }) => ours);
    sayTimes("helm 3 list:               ", pairs, ({ helm3 }) => helm3);
    sayTimes("helm 4 list:               ", pairs, ({ helm4 }) => helm4);
    sayRatio("the watch", pairs, ({ ours }) => ours);
    sayTimes("longest block of the event loop: ", pairs, ({ longestBlock }) => longestBlock);
  });
}

/** What reading and keeping a long history does to the extension host. */
export async function sayBlocked(): Promise<void> {
  await onStage(async (stage) => {
    await stage.fill([LONG.release], LONG.revisions);
    const load = await measureLoad(stage, LONG.release);
    console.log(
      `\nReading ${load.records} revisions of ${kilobytes(stage.recordBytes)}, all kept (${stage.against})`,
    );
    console.log(`  all decoded after ${load.seconds.toFixed(1)} s`);
    console.log(
      `  longest block of the event loop: ${load.longestBlock.toFixed(1)} ms (${load.longestBlockIdle.toFixed(1)} ms while nothing is done)`,
    );
    console.log(
      `  memory: ${megabytes(load.heap)} of heap and ${megabytes(load.resident)} resident more than before`,
    );
  });
}

async function onStage(measure: (stage: RecordStage) => Promise<void>): Promise<void> {
  const stage = await startRecordStage();
  try {
    await measure(stage);
  } finally {
    await stage.stop();
  }
}

function sayTimes<T>(what: string, pairs: readonly T[], of: (pair: T) => number): void {
  console.log(`  ${what} ${sayMilliseconds(spreadOf(pairs.map(of)))}`);
}

type Helms = Pick<HistoryPair, "helm3" | "helm4">;

/** Each pair was measured one right after the other, so that a busy machine is busy for both. */
function sayRatio<T extends Helms>(what: string, pairs: readonly T[], of: (pair: T) => number): void {
  const ratio = (helm: keyof Helms): string =>
    spreadOf(pairs.map((pair) => of(pair) / pair[helm])).median.toFixed(3);
  console.log(
    `    ${what} take ${ratio("helm3")} of helm 3's time and ${ratio("helm4")} of helm 4's (medians of pairs)`,
  );
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`;

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
