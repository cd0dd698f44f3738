import { createInterface } from "node:readline";
import { KubernetesClient } from "../../../src/adapters/kubernetes/client.ts";
import { Connections } from "../../../src/adapters/kubernetes/connection.ts";
import { KubeconfigSource } from "../../../src/adapters/kubernetes/kubeconfig.ts";
import { openCluster } from "../../../src/cluster.ts";
import type { Log } from "../../../src/app/ports.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fileRecorder, now, type Recorder } from "../history.ts";
import { watchBoard } from "./board.ts";
import { readJob, readStart, type ClientPlan, type Job } from "./job.ts";
import { runLockClient } from "./lockClient.ts";
import { runOperationClient } from "./operationClient.ts";
import { skewedClock } from "./skewedClock.ts";
import type { Surroundings } from "./surroundings.ts";

/** A process that hosts clients: it is told what they are, says when it is ready, and begins when told to. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  // The process that started this one has gone, however it ended.
  lines.once("close", () => process.exit(0));
  const told = lines[Symbol.asyncIterator]();
  const job = readJob(await nextLine(told));
  const recorder = fileRecorder(job.history);
  const clients = job.clients.map((plan) => ({ plan, surroundings: surround(plan, job, recorder) }));
  process.stdout.write("ready\n");
  const { end } = readStart(await nextLine(told));
  await Promise.all(clients.map(({ plan, surroundings }) => live(plan, surroundings, end)));
  process.exit(0);
}

async function nextLine(lines: AsyncIterator<string, undefined>): Promise<string> {
  const line = await lines.next();
  if (line.done === true) throw new Error("The input ended too early.");
  return line.value;
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

async function live(plan: ClientPlan, surroundings: Surroundings, end: number): Promise<void> {
  const { name: client, role, person, rate, offset } = plan;
  const by = holderIdentity(person);
  surroundings.recorder.write({ entry: "client", client, at: now(), by, role, rate, offset });
  const board = role === "operation" ? undefined : watchBoard(surroundings);
  switch (role) {
    case "locks":
      await runLockClient(surroundings, end);
      break;
    case "operation":
      await runOperationClient(surroundings, end);
      break;
    case "quiet":
      await surroundings.clock.sleep(((end - now()) / 1000) * rate, new AbortController().signal);
  }
  board?.dispose();
  surroundings.cluster.dispose();
}

void main();
