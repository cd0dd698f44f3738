import { spawn } from "node:child_process";
import { once } from "node:events";
import { attempt, untilHelmWaits, type Both } from "./attempt.ts";
import { killableHelm } from "./killableHelm.ts";
import { CONTEXT, type Deployed, type Stage } from "./stage.ts";
import { connectionCut, connectionStaysCut, drifted, notPermitted } from "./scenariosApart.ts";

/** A story of a rollback. */
export interface Scenario {
  readonly name: string;
  play(stage: Stage): Promise<Both>;
  /** Takes more than a minute: it is begun first. */
  readonly isLong?: true;
}

/** Short, for what cannot come to a good end. */
export const SHORT_MINUTES = 0.13;

export const SCENARIOS: readonly Scenario[] = [
  { name: "good", play: (stage) => backToA(stage, {}) },
  { name: "bad image", play: (stage) => backToA(stage, { word: "missing" }) },
  { name: "crash loop", play: (stage) => backToA(stage, { word: "crash" }) },
  { name: "never ready", play: (stage) => backToA(stage, { word: "notready" }) },
  { name: "hook fails", play: (stage) => backToA(stage, { values: { hook: "fail" } }) },
  { name: "target pruned between review and run", play: pruned },
  { name: "someone deploys between review and run", play: overtaken },
  { name: "helm killed half-way", play: killed },
  { name: "pending left by another", play: pendingByAnother },
  { name: "same image tag", play: sameImage },
  { name: "drift by kubectl set image", play: drifted },
  { name: "no permission", play: notPermitted },
  { name: "connection cut while waiting", play: connectionCut },
  { name: "connection stays cut", play: connectionStaysCut, isLong: true },
  { name: "helm content too early", play: contentTooEarly },
  { name: "no pods wanted", play: (stage) => backToA(stage, { values: { replicas: 0 } }) },
];

/** A was deployed like this, then B, which is well; back to A. */
async function backToA(stage: Stage, how: Deployed): Promise<Both> {
  await stage.deploy("A", { ...how, isAwaited: how.word === undefined });
  await stage.deploy("B");
  const isGood = how.word === undefined && how.values?.["hook"] === undefined;
  return attempt(stage, { to: 1, ...(isGood ? {} : { options: { timeoutMinutes: SHORT_MINUTES } }) });
}

/** Where all pods may be unavailable, helm 3 waits for none of them and calls the revision deployed. */
async function contentTooEarly(stage: Stage): Promise<Both> {
  const values = { replicas: 1, maxUnavailable: 1 };
  await stage.deploy("A", { word: "crash", values, isAwaited: false });
  await stage.deploy("B", { values });
  return attempt(stage, { to: 1, options: { timeoutMinutes: SHORT_MINUTES } });
}

async function pruned(stage: Stage): Promise<Both> {
  await stage.deploy("A");
  await stage.deploy("B");
  const record = "sh.helm.release.v1.web.v1";
  return attempt(stage, {
    to: 1,
    withoutPods: true,
    between: async () => {
      await stage.onlooker.kubectl("delete", "secret", record);
    },
    because: async () => {
      const { code } = await stage.onlooker.kubectl("get", "secret", record);
      return code === 0 ? undefined : "the target is gone";
    },
  });
}

async function overtaken(stage: Stage): Promise<Both> {
  await stage.deploy("A");
  await stage.deploy("B");
  return attempt(stage, {
    to: 1,
    withoutPods: true,
    between: () => stage.deploy("C"),
    because: async () => {
      const { revision, description } = await stage.onlooker.newest();
      return revision === 3 && !description.startsWith("Rollback") ? "somebody was faster" : undefined;
    },
  });
}

async function killed(stage: Stage): Promise<Both> {
  await stage.deploy("A", { word: "notready", isAwaited: false });
  await stage.deploy("B");
  const helm = killableHelm(stage.folder, stage.helm.path);
  return attempt(stage, {
    to: 1,
    options: { helm: helm.path },
    meanwhile: async () => {
      await untilHelmWaits(stage, "pending-rollback");
      await helm.kill();
    },
  });
}

async function pendingByAnother(stage: Stage): Promise<Both> {
  await stage.deploy("A");
  await stage.deploy("B");
  await killedUpgrade(stage);
  return attempt(stage, {
    to: 1,
    withoutPods: true,
    because: async () => {
      const { status } = await stage.onlooker.newest();
      return status === "pending-upgrade" ? "helm is at work" : undefined;
    },
  });
}

/** Somebody's deploy of C, whose helm is killed while it waits. */
async function killedUpgrade(stage: Stage): Promise<void> {
  const kubeconfig = await stage.cluster.kubeconfig("ben", [CONTEXT]);
  const args = [...stage.deployArguments("C", { word: "notready" }), "--namespace", stage.namespace];
  const helm = spawn(stage.helm.path, args, {
    env: { PATH: process.env["PATH"], HOME: stage.folder, KUBECONFIG: kubeconfig },
    stdio: "ignore",
  });
  const gone = once(helm, "exit");
  await untilHelmWaits(stage, "pending-upgrade");
  helm.kill("SIGKILL");
  await gone;
}

async function sameImage(stage: Stage): Promise<Both> {
  await stage.deploy("A", { values: { greeting: "hello" } });
  await stage.deploy("A", { values: { greeting: "welcome" } });
  return attempt(stage, {
    to: 1,
    because: async (before) => {
      const now = await stage.onlooker.podNames();
      return now.join() === before.join() ? "no pod was made anew" : undefined;
    },
  });
}
