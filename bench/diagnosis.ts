import { CannotProvide } from "../scripts/tools/cache.ts";
import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { toolPath } from "../scripts/tools/provision.ts";
import type { PanelView } from "../src/protocol/panel.ts";
import { startControlPlaneCluster } from "../test/contract/controlPlaneCluster.ts";
import { aWorkload, imageOf, openBareStage, type BareTheatre } from "../test/truth/bareStage.ts";
import { openRolloutPanel, type RolloutPanel } from "../test/truth/rolloutPanel.ts";
import { firstFailure } from "./firstFailure.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";

const ROUNDS = 7;
/** Long after its failure was named the controller gives up, and the undo ends. */
const DEADLINE_SECONDS = 5;

/** From a pod's failure to the sentence that the panel draws, with an undo under way and when it is asked for. */
export async function sayDiagnosis(): Promise<void> {
  if ((await controlPlanePath()) === undefined) {
    throw new CannotProvide("There is no control plane to measure on: Go is absent or too old.");
  }
  const cluster = await startControlPlaneCluster();
  try {
    const theatre = { cluster, kubectl: await toolPath("kubectl") };
    const named: number[] = [];
    const asked: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const measured = await measure(theatre);
      named.push(measured.named);
      asked.push(measured.asked);
    }
    console.log(
      "\nWhy a rollout fails (a Deployment without helm, a control plane, an image that is not there)",
    );
    console.log(
      `  from the pod's failure to the sentence, an undo under way: ${sayMilliseconds(spreadOf(named))}`,
    );
    console.log(
      `  from the click on “why” to the sentence:                   ${sayMilliseconds(spreadOf(asked))}`,
    );
  } finally {
    await cluster.stop();
  }
}

interface Measured {
  /** In ms. */
  readonly named: number;
  readonly asked: number;
}

async function measure(theatre: BareTheatre): Promise<Measured> {
  const stage = await openBareStage(theatre);
  const panel = await openRolloutPanel(stage);
  try {
    await stage.create(aWorkload("missing-a1", { spec: { progressDeadlineSeconds: DEADLINE_SECONDS } }));
    await stage.pod();
    await stage.kubectlDo("set", "image", "deployment/web", `web=${imageOf("b2")}`);
    await stage.kubectlDo("rollout", "status", "deployment/web", "--timeout=60s");
    await panel.settled();
    const failed = firstFailure(stage);
    const shown = await undoneUntilNamed(panel);
    const named = shown - (await failed);
    const clicked = performance.now();
    const diagnosis = await panel.diagnose();
    if (!isNamed(panel.view({ side: { kind: "why", diagnosis } }))) throw new Error("no sentence was drawn");
    return { named, asked: performance.now() - clicked };
  } finally {
    panel.close();
    stage.remove();
  }
}

/** Goes back to the image that is not there; answers when the panel first drew that it is not, by `performance.now`. */
async function undoneUntilNamed(panel: RolloutPanel): Promise<number> {
  const target = panel.snapshot().entries.at(-1)?.revision.object.uid ?? "";
  const review = await panel.review(target);
  if (!review.ok) throw new Error(`no review: ${JSON.stringify(review.error)}`);
  const { subject, from, to } = review.value;
  const order = { subject, from, to, fromUid: undefined, undone: [], startedAt: Date.now() };
  let shown: number | undefined;
  const outcome = await panel.undo(review.value, (phase) => {
    const run = { kind: "running", order, phase, isStopping: false } as const;
    if (shown === undefined && isNamed(panel.view({ side: { kind: "nothing" }, run }))) {
      shown = performance.now();
    }
  });
  if (shown === undefined) throw new Error(`it was never named: ${JSON.stringify(outcome)}`);
  return shown;
}

const isNamed = ({ side }: PanelView): boolean =>
  JSON.stringify(side.sections).includes("is not in the registry");
