import { setTimeout as delay } from "node:timers/promises";
import { CannotProvide } from "../scripts/tools/cache.ts";
import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { toolPath } from "../scripts/tools/provision.ts";
import { aFolder } from "../test/builders/gitRepository.ts";
import { bundleRenewingSupervisor } from "../test/builders/supervisor.ts";
import { startControlPlaneCluster } from "../test/contract/controlPlaneCluster.ts";
import { openPanel, STEADY_SECONDS, type Panel } from "../test/truth/panel.ts";
import { openStage, RELEASE, type Stage, type Theatre } from "../test/truth/stage.ts";
import { firstFailure } from "./firstFailure.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";

const ROUNDS = 9;
const FAILURES = 3;
/** A person reads the review before the click; what is started while they do is there by then. */
const READING_MS = 1_000;
/** Enough for a diagnosis; helm then gives up. */
const FAILING_MINUTES = 0.15;

/** From the confirming click to a proven rollback, beside a bare `helm rollback --wait`; both on the same release. */
export async function sayClickToProof(): Promise<void> {
  if ((await controlPlanePath()) === undefined) {
    throw new CannotProvide("There is no control plane to measure on: Go is absent or too old.");
  }
  const cluster = await startControlPlaneCluster();
  const programs = aFolder();
  try {
    const shared = {
      cluster,
      kubectl: await toolPath("kubectl"),
      supervisor: await bundleRenewingSupervisor(programs.path),
    };
    for (const major of ["3", "4"] as const) {
      await sayWithHelm({ ...shared, helm: { major, path: await toolPath(`helm${major}`) } });
    }
  } finally {
    await cluster.stop();
    programs.remove();
  }
}

async function sayWithHelm(theatre: Theatre): Promise<void> {
  const { ours, bare } = await measureRollbacks(theatre);
  console.log(
    `\nFrom the click to the proof (helm ${theatre.helm.major}, a control plane; without the steady time)`,
  );
  console.log(`  Devdeploy:            ${sayMilliseconds(spreadOf(ours))}`);
  console.log(`  helm rollback --wait: ${sayMilliseconds(spreadOf(bare))}`);
  console.log(`    a proof takes ${(spreadOf(ours).median / spreadOf(bare).median).toFixed(2)} of that`);
  const late = await measureDiagnosis(theatre);
  console.log(
    `  from a pod's failure until it is named, with helm still waiting: ${sayMilliseconds(spreadOf(late))}`,
  );
}

interface Rollbacks {
  /** In ms each. */
  readonly ours: readonly number[];
  readonly bare: readonly number[];
}

/** Back and forth between two commits, by turns with Devdeploy and without. */
async function measureRollbacks(theatre: Theatre): Promise<Rollbacks> {
  const stage = await openStage(theatre);
  const panel = await openPanel(stage);
  const measured = { ours: [] as number[], bare: [] as number[] };
  try {
    await stage.deploy("A");
    await stage.deploy("B");
    for (let round = 0; round < ROUNDS * 2; round += 1) {
      const { revision } = await stage.onlooker.newest();
      const to = revision - 1;
      if (round % 2 === 0) measured.bare.push(await bareRollback(stage, to));
      else measured.ours.push(await provenRollback(panel, to));
    }
    return measured;
  } finally {
    panel.close();
    stage.remove();
  }
}

async function bareRollback({ onlooker }: Stage, to: number): Promise<number> {
  const began = performance.now();
  const { code, stderr } = await onlooker.helm("rollback", RELEASE, String(to), "--wait", "--timeout", "60s");
  if (code !== 0) throw new Error(`helm did not roll back: ${stderr}`);
  return performance.now() - began;
}

async function provenRollback(panel: Panel, to: number): Promise<number> {
  await panel.settled();
  const review = await panel.review(to);
  await delay(READING_MS);
  const began = performance.now();
  const outcome = await panel.rollBack(review);
  if (outcome.kind !== "proven") throw new Error(`not proven: ${JSON.stringify(outcome)}`);
  return performance.now() - began - STEADY_SECONDS * 1000;
}

/** From the moment that the API server knows of a pod's failure to the first phase that has a diagnosis. */
async function measureDiagnosis(theatre: Theatre): Promise<readonly number[]> {
  const measured: number[] = [];
  for (let round = 0; round < FAILURES; round += 1) {
    const stage = await openStage(theatre);
    const panel = await openPanel(stage, { timeoutMinutes: FAILING_MINUTES });
    try {
      await stage.deploy("A", { word: "missing", isAwaited: false });
      await stage.deploy("B");
      await panel.settled();
      const review = await panel.review(1);
      const failed = firstFailure(stage);
      let named = NaN;
      await panel.rollBack(review, ({ diagnosis }) => {
        if (diagnosis !== undefined && Number.isNaN(named)) named = performance.now();
      });
      measured.push(named - (await failed));
    } finally {
      panel.close();
      stage.remove();
    }
  }
  return measured;
}
