import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { toolPath } from "../scripts/tools/provision.ts";
import { run } from "../scripts/tools/run.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import type { WorkloadAddress } from "../src/app/rolloutPorts.ts";
import { openCluster, type Cluster } from "../src/cluster.ts";
import { ApiClient } from "../test/contract/apiClient.ts";
import { startTestCluster } from "../test/contract/cluster.ts";
import { CONTEXT, SILENT } from "./recordStage.ts";

/** As teams have it: an application with a sidecar, and each with its environment. */
const VARIABLES = 25;
const LIMIT_MS = 20_000;

/** A cluster with Deployments of any history, a kubectl, and windows of Devdeploy that know nothing yet. */
export interface RolloutStage {
  /** `a real control plane` or `the sandbox`. */
  readonly against: string;
  of(name: string): WorkloadAddress;
  /** Rolls a new Deployment out so many times; each leaves a ReplicaSet. Answers what one takes, in bytes. */
  fill(name: string, revisions: number): Promise<number>;
  /** How long kubectl takes for a command, in ms. */
  kubectl(...args: readonly string[]): Promise<number>;
  /** As an extension host opens it: no connection, nothing read. */
  open(): Cluster;
  stop(): Promise<void>;
}

/** On the real control plane, and where there is no Go to build it on the sandbox. */
export async function startRolloutStage(): Promise<RolloutStage> {
  process.env["DEVDEPLOY_CONTRACT_TARGET"] =
    (await controlPlanePath()) === undefined ? "sandbox" : "controlplane";
  const cluster = await startTestCluster();
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-bench-"));
  const namespace = await cluster.namespace("bench");
  const admin = new ApiClient(await cluster.access("admin"));
  const kubeconfig = await cluster.kubeconfig("ann", [CONTEXT]);
  const env = { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: kubeconfig };
  const place = [`--context=${CONTEXT}`, `--namespace=${namespace}`];
  const program = await toolPath("kubectl");
  return {
    against: cluster.kind === "controlplane" ? "a real control plane" : "the sandbox",
    of: (name) => ({ context: CONTEXT, namespace, kind: "Deployment", name }),
    fill: async (name, revisions) => {
      const apps = `/apis/apps/v1/namespaces/${namespace}`;
      await admin.post(`${apps}/deployments`, aDeployment(name));
      const path = `${apps}/deployments/${name}`;
      await untilRevision(admin, path, 1);
      for (let revision = 2; revision <= revisions; revision += 1) {
        await admin.patch("strategic", path, imageOf(revision));
        await untilRevision(admin, path, revision);
      }
      const { body } = await admin.get(`${apps}/replicasets?labelSelector=app%3D${name}`);
      return Math.round(JSON.stringify(body).length / revisions);
    },
    kubectl: async (...args) => {
      const began = performance.now();
      const { exitCode, stderr } = await run(program, [...args, ...place], { env });
      if (exitCode !== 0) throw new Error(`kubectl ${args.join(" ")} failed: ${stderr}`);
      return performance.now() - began;
    },
    open: () => openCluster({ kubeconfig, env: {}, clock: systemClock, log: SILENT }),
    stop: async () => {
      admin.close();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The next rollout counts only once the controller has made this one. */
async function untilRevision(admin: ApiClient, path: string, revision: number): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (;;) {
    const { body } = await admin.get(path);
    const text = JSON.stringify(body);
    if (text.includes(`"deployment.kubernetes.io/revision":"${revision}"`)) return;
    if (performance.now() > deadline) throw new Error(`There is no revision ${revision} of ${path}.`);
    await delay(5);
  }
}

const imageOf = (revision: number): object => ({
  metadata: { annotations: { "kubernetes.io/change-cause": `Release ${revision}` } },
  spec: { template: { spec: { containers: [{ name: "app", image: `app:${revision}` }] } } },
});

function aDeployment(name: string): object {
  const env = Array.from({ length: VARIABLES }, (_, index) => ({
    name: `SETTING_${index}`,
    value: `https://service-${index}.example.com/path`,
  }));
  const containers = [
    { name: "app", image: "app:1", env, ports: [{ containerPort: 8080 }] },
    { name: "proxy", image: "proxy:1", env },
  ];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 0,
      revisionHistoryLimit: 1_000,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}
