import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileRecorder, MICROS_OF_A_SECOND, now, readHistory, type Entry, type Recorder } from "../history.ts";
import { makeLeases } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import { followTruth, type Truth } from "../store/truth.ts";
import { makeCrew, type Place, type RunPlan } from "./crew.ts";
import { plague } from "./nemesis.ts";
import { holdQuietly } from "./quiet.ts";

/** What is left of a run. */
export interface Remains {
  readonly history: readonly Entry[];
  readonly files: readonly string[];
  /** What the processes said on their standard error. */
  readonly complaints: readonly string[];
}

/** Lets the clients contend for the machines of a target while everything goes wrong, then while nothing does. */
export async function run(target: Target, plan: RunPlan, place: Place): Promise<Remains> {
  await rm(place.folder, { recursive: true, force: true });
  const crew = await makeCrew(target, plan, place);
  const ownFile = join(place.folder, "run.jsonl");
  const recorder = fileRecorder(ownFile);
  const truths = [await begin(target, recorder)];
  const { quietTarget } = place;
  if (quietTarget !== undefined) truths.push(await begin(quietTarget, recorder));
  const quiet = quietTarget && (await holdQuietly(quietTarget, place.folder, recorder));
  try {
    await Promise.all(crew.map((worker) => worker.start()));
    for (const worker of crew) worker.begin();
    if (plan.isBroken) {
      await delay(plan.faultSeconds * 1000);
    } else {
      const until = now() + plan.faultSeconds * MICROS_OF_A_SECOND;
      await Promise.all([plague({ target, crew, recorder, seed: plan.seed, until }), quiet?.happen()]);
      await delay(plan.healedSeconds * 1000);
    }
    for (const worker of crew) worker.end();
    await Promise.all(crew.map((worker) => worker.ended()));
    await Promise.all(truths.map((truth) => truth.end()));
  } finally {
    await Promise.all(
      crew.map((worker) => {
        worker.resume();
        return worker.kill();
      }),
    );
    quiet?.dispose();
  }
  const files = [ownFile, ...crew.flatMap(({ histories }) => histories)];
  return {
    history: await readHistory(files),
    files,
    complaints: crew.flatMap(({ complaints }) => complaints),
  };
}

async function begin(target: Target, recorder: Recorder): Promise<Truth> {
  await makeLeases(target);
  return followTruth(target, recorder);
}
