import { holdOperation } from "../../../src/app/operationLease.ts";
import type { RunningOperation } from "../../../src/app/renewedOperation.ts";
import { operationRef } from "../../../src/domain/operation.ts";
import { now } from "../history.ts";
import { seeded, type Random } from "../random.ts";
import { fencedEffect } from "./fencedStore.ts";
import { RecordingOperations } from "./recordingOperations.ts";
import { poolOf, type Surroundings } from "./surroundings.ts";

/** How long somebody is at work, in true milliseconds. */
const SHORTEST_MS = 500;
const LONGEST_MS = 12_000;
const EFFECT_EVERY_MS = 400;
const LOOK_AGAIN_MS = 300;

/** Works at its machine again and again, each time under the operation Lease, until told to end. */
export async function runOperationClient(surroundings: Surroundings, ending: AbortSignal): Promise<void> {
  const { plan, job, clock, log, cluster, recorder } = surroundings;
  const random = seeded(plan.seed);
  const operations = new RecordingOperations(cluster.operations, recorder, plan.name);
  const [machine] = poolOf(job, plan.machines).machines;
  if (machine === undefined) throw new Error(`${plan.name} has no machine.`);
  const order = { ref: operationRef(machine.name, machine.target, machine.locks), by: plan.person };
  const services = { operations, clock, log, newNonce: () => crypto.randomUUID() };
  while (!ending.aborted) {
    const held = await holdOperation(services, { ...order, what: "devdeploy task/x" }, ending);
    if (held.ok) await work(surroundings, machine.name, { operations, held: held.value, random });
    await clock.sleep(random.between(0, LOOK_AGAIN_MS) * plan.rate, ending);
  }
}

interface Work {
  readonly operations: RecordingOperations;
  readonly held: RunningOperation;
  readonly random: Random;
}

async function work(
  { plan, recorder, clock, api, job }: Surroundings,
  machine: string,
  { operations, held, random }: Work,
): Promise<void> {
  const { run, token } = operations.mine;
  const of = { client: plan.name, machine, run };
  const until = now() + random.between(SHORTEST_MS, LONGEST_MS) * 1000;
  recorder.write({ ...of, entry: "enter", at: now(), token });
  while (now() < until && !held.takenOver.aborted) {
    const from = now();
    const effect = await fencedEffect(api, job.namespace, machine, token);
    recorder.write({ ...of, entry: "effect", at: now(), from, token, ...effect });
    // Another one's token is in the store already: whatever the Lease says, this work is over.
    if (effect.result === "rejected") break;
    await clock.sleep(EFFECT_EVERY_MS * plan.rate, held.takenOver);
  }
  recorder.write({ ...of, entry: "leave", at: now(), why: held.takenOver.aborted ? "taken" : "finished" });
  await held.release();
}
