import { setMaxListeners } from "node:events";
import { createInterface } from "node:readline";
import { KubernetesClient } from "../../../src/adapters/kubernetes/client.ts";
import { Connections } from "../../../src/adapters/kubernetes/connection.ts";
import { KubeconfigSource } from "../../../src/adapters/kubernetes/kubeconfig.ts";
import { openCluster } from "../../../src/cluster.ts";
import { NEVER_ABORTED } from "../../../src/app/writing.ts";
import type { Log } from "../../../src/app/ports.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fileRecorder, now, type Recorder } from "../history.ts";
import { watchBoard } from "./board.ts";
import { BEGIN, END, readJob, type ClientPlan, type Job } from "./job.ts";
import { runLockClient } from "./lockClient.ts";
import { runOperationClient } from "./operationClient.ts";
import { skewedClock } from "./skewedClock.ts";
import type { Surroundings } from "./surroundings.ts";

/** A process that hosts clients: it is told what they are, says when it is ready, and begins when told to. */
async function main(): Promise<void> {
  // Many clients wait on what a window waits on alone.
  setMaxListeners(0, NEVER_ABORTED);
  const lines = createInterface({ input: process.stdin });
  // The process that started this one has gone, however it ended.
  lines.once("close", () => process.exit(0));
  const told = lines[Symbol.asyncIterator]();
  const job = readJob(await nextLine(told));
  const recorder = fileRecorder(job.history);
  const clients = job.clients.map((plan) => ({ plan, surroundings: surround(plan, job, recorder) }));
  process.stdout.write("ready\n");
  await line(told, BEGIN);
  const ending = new AbortController();
  const living = clients.map(({ plan, surroundings }) => live(plan, surroundings, ending.signal));
  await line(told, END);
  ending.abort();
  await Promise.all(living);
  process.exit(0);
}

type Lines = AsyncIterator<string, undefined>;

async function nextLine(lines: Lines): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error("The input ended too early.");
  return next.value;
}

async function line(lines: Lines, expected: string): Promise<void> {
  const found = await nextLine(lines);
  if (found !== expected) throw new Error(`Told ${found} in place of ${expected}.`);
}

function surround(plan: ClientPlan, job: Job, recorder: Recorder): Surroundings {
  const { name: client, kubeconfig, offset, rate } = plan;
  const clock = skewedClock({ offset, rate });
  const say = (text: string): void => {
    recorder.write({ entry: "log", client, at: now(), text });
  };
  const log: Log = { info: say, warn: say, error: say };
  return {
    plan,
    job,
    recorder,
    clock,
    log,
    cluster: openCluster({ kubeconfig, env: process.env, clock, log }),
    api: new KubernetesClient(
      new Connections(new KubeconfigSource({ path: kubeconfig, env: process.env, clock })),
      clock,
    ),
  };
}

async function live(plan: ClientPlan, surroundings: Surroundings, ending: AbortSignal): Promise<void> {
  const { name: client, role, person, rate, offset } = plan;
  const by = holderIdentity(person);
  surroundings.recorder.write({ entry: "client", client, at: now(), by, role, rate, offset });
  const board = role === "operation" ? undefined : watchBoard(surroundings);
  switch (role) {
    case "locks":
      await runLockClient(surroundings, ending);
      break;
    case "operation":
      await runOperationClient(surroundings, ending);
      break;
    case "quiet":
      await surroundings.clock.sleep(Infinity, ending);
  }
  board?.dispose();
  surroundings.cluster.dispose();
}

void main();
