import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileRecorder, MICROS_OF_A_SECOND, now, readHistory, type Entry } from "../history.ts";
import { makeLeases } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import { followTruth } from "../store/truth.ts";
import { isQuietKept, makeCrew, type RunPlan } from "./crew.ts";
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
export async function run(
  target: Target,
  plan: RunPlan,
  place: { readonly program: string; readonly folder: string },
): Promise<Remains> {
  await rm(place.folder, { recursive: true, force: true });
  const crew = await makeCrew(target, plan, place);
  const ownFile = join(place.folder, "run.jsonl");
  const recorder = fileRecorder(ownFile);
  await makeLeases(target);
  const truth = await followTruth(target, recorder);
  const quiet = isQuietKept(target, plan) ? await holdQuietly(target, place.folder, recorder) : undefined;
  try {
    await Promise.all(crew.map((worker) => worker.start()));
    const until = now() + plan.faultSeconds * MICROS_OF_A_SECOND;
    const end = until + plan.healedSeconds * MICROS_OF_A_SECOND;
    for (const worker of crew) worker.begin(end);
    if (plan.isBroken) {
      await delay(plan.faultSeconds * 1000);
      recorder.write({ entry: "healed", at: now() });
    } else {
      await Promise.all([plague({ target, crew, recorder, seed: plan.seed, until, end }), quiet?.happen()]);
    }
    await Promise.all(crew.map((worker) => worker.ended()));
    await truth.end();
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
