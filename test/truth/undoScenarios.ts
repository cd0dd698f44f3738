import { until } from "../builders/waiting.ts";
import { at, listAt, textAt } from "../contract/json.ts";
import type { Both } from "./attempt.ts";
import { aWorkload, setImage, type BareStage, type Wish } from "./bareStage.ts";
import { undo } from "./undoAttempt.ts";
import type { BareScenario } from "./whyScenarios.ts";

/** Stories of undoing the rollout of a workload. */
export const UNDO_SCENARIOS: readonly BareScenario[] = [
  { name: "undo: good", play: (stage) => backToFirst(stage) },
  { name: "undo: StatefulSet", play: (stage) => backToFirst(stage, { kind: "StatefulSet" }) },
  { name: "undo: DaemonSet", play: (stage) => backToFirst(stage, { kind: "DaemonSet" }) },
  { name: "undo: edited between review and run", play: edited },
  { name: "undo: annotated between review and run", play: annotated },
  { name: "undo: paused", play: paused },
  { name: "undo: paused between review and run", play: pausedMeanwhile },
  { name: "undo: same template", play: sameTemplate },
  { name: "undo: no history is kept", play: noHistory },
  { name: "undo: target deleted between review and run", play: targetDeleted },
  { name: "undo: managed by helm", play: managedByHelm },
  { name: "undo: bad image", play: badImage },
];

const DEPLOYMENT = "deployment/web";

/** Two templates were rolled out, one after the other. */
async function rolledOut(stage: BareStage, wish: Wish = {}, first = "a1"): Promise<void> {
  const { kind = "Deployment" } = wish;
  await stage.create(aWorkload(first, wish));
  await stage.pod();
  await setImage(stage, "b2", `${kind.toLowerCase()}/web`);
  await stage.kubectlDo("rollout", "status", `${kind.toLowerCase()}/web`, "--timeout=60s");
}

async function backToFirst(stage: BareStage, wish: Wish = {}): Promise<Both> {
  await rolledOut(stage, wish);
  return undo(stage, { to: "a1", ...(wish.kind === undefined ? {} : { kind: wish.kind }) });
}

async function edited(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  return undo(stage, {
    to: "a1",
    between: async () => {
      await setImage(stage, "c3");
      await stage.kubectlDo("rollout", "status", DEPLOYMENT, "--timeout=60s");
    },
  });
}

/** What somebody wrote on it meanwhile would be lost, too. */
async function annotated(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  return undo(stage, {
    to: "a1",
    between: async () => {
      await stage.kubectlDo("annotate", DEPLOYMENT, "example.com/note=read me first");
    },
  });
}

async function paused(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  await stage.kubectlDo("rollout", "pause", DEPLOYMENT);
  return undo(stage, { to: "a1" });
}

async function pausedMeanwhile(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  const between = async (): Promise<void> => {
    await stage.kubectlDo("rollout", "pause", DEPLOYMENT);
  };
  return undo(stage, { to: "a1", between });
}

async function sameTemplate(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  return undo(stage, { to: "b2" });
}

async function noHistory(stage: BareStage): Promise<Both> {
  await rolledOut(stage, { spec: { revisionHistoryLimit: 0 } });
  await until("an old ReplicaSet that is gone", async () =>
    listAt(await stage.get("replicasets", "--selector=app=web"), "items").length === 1 ? true : undefined,
  );
  return undo(stage, { to: "a1" });
}

async function targetDeleted(stage: BareStage): Promise<Both> {
  await rolledOut(stage);
  return undo(stage, {
    to: "a1",
    between: async () => {
      const sets = listAt(await stage.get("replicasets", "--selector=app=web"), "items");
      const old = sets.find((set) => at(set, "spec", "replicas") === 0);
      await stage.kubectlDo("delete", "replicaset", textAt(old, "metadata", "name"));
    },
  });
}

/** Labelled and annotated as helm does it. */
async function managedByHelm(stage: BareStage): Promise<Both> {
  const annotations = {
    "meta.helm.sh/release-name": "shop",
    "meta.helm.sh/release-namespace": stage.namespace,
  };
  return backToFirst(stage, {
    metadata: { annotations, labels: { "app.kubernetes.io/managed-by": "Helm" } },
  });
}

/** What ran before never did: its image is not there. The old pods serve on. */
async function badImage(stage: BareStage): Promise<Both> {
  await rolledOut(stage, { spec: { progressDeadlineSeconds: 6 } }, "missing-a1");
  return undo(stage, { to: "missing-a1" });
}
