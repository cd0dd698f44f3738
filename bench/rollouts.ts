import type { Cluster } from "../src/cluster.ts";
import { startRolloutStage, type RolloutStage } from "./rolloutStage.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";

const HISTORIES = [
  { name: "short", revisions: 10, times: 10 },
  { name: "long", revisions: 100, times: 7 },
] as const;

/** One comparison of a Deployment's history, in ms. */
interface RolloutPair {
  /** From nothing: kubeconfig, connection, both lists, every template read. */
  readonly first: number;
  /** Once more, over the connection that is open by then. */
  readonly again: number;
  readonly kubectl: number;
}

/** The history of a Deployment, beside `kubectl rollout history`. */
export async function sayRollouts(): Promise<void> {
  const stage = await startRolloutStage();
  try {
    for (const { name, revisions, times } of HISTORIES) {
      const bytes = await stage.fill(name, revisions);
      const pairs: RolloutPair[] = [];
      for (let time = 0; time < times; time += 1) pairs.push(await measurePair(stage, name, revisions));
      const size = (bytes / 1000).toFixed(1);
      console.log(
        `\nThe history of a Deployment with ${revisions} ReplicaSets of ${size} kB (${stage.against})`,
      );
      const say = (what: string, of: (pair: RolloutPair) => number): void => {
        console.log(`  ${what} ${sayMilliseconds(spreadOf(pairs.map(of)))}`);
      };
      say("read from nothing:      ", ({ first }) => first);
      say("read again:             ", ({ again }) => again);
      say("kubectl rollout history:", ({ kubectl }) => kubectl);
      // Each pair was measured one right after the other, so that a busy machine is busy for both.
      const ratio = (of: (pair: RolloutPair) => number): string =>
        spreadOf(pairs.map((pair) => of(pair) / pair.kubectl)).median.toFixed(3);
      const [first, again] = [ratio((pair) => pair.first), ratio((pair) => pair.again)];
      console.log(`    ${first} of kubectl's time from nothing, ${again} again (medians of pairs)`);
    }
  } finally {
    await stage.stop();
  }
}

async function measurePair(stage: RolloutStage, name: string, revisions: number): Promise<RolloutPair> {
  const cluster = stage.open();
  try {
    const read = (): Promise<number> => readHistory(cluster, stage, name, revisions);
    const ours = { first: await read(), again: await read() };
    return { ...ours, kubectl: await stage.kubectl("rollout", "history", `deployment/${name}`) };
  } finally {
    cluster.dispose();
  }
}

async function readHistory(
  cluster: Cluster,
  stage: RolloutStage,
  name: string,
  revisions: number,
): Promise<number> {
  const began = performance.now();
  const found = await cluster.rollouts.read(stage.of(name), new AbortController().signal);
  const took = performance.now() - began;
  if (!found.ok || found.value?.revisions.length !== revisions) throw new Error(JSON.stringify(found));
  return took;
}
