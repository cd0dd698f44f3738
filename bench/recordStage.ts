import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { toolPath, type Tool } from "../scripts/tools/provision.ts";
import { run } from "../scripts/tools/run.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import { openCluster, type Cluster } from "../src/cluster.ts";
import { ApiClient } from "../test/contract/apiClient.ts";
import { startTestCluster } from "../test/contract/cluster.ts";
import { writeRecords, type RecordTemplate } from "./releaseRecords.ts";
import { writeLargeChart } from "./largeChart.ts";

export const CONTEXT = "bench";
/** As `npm run bench` has just built it. */
const DECODER = pathToFileURL(resolve("dist/decoder.cjs"));
export const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A cluster with releases of any length, a helm, and windows of Devdeploy that know nothing yet. */
export interface RecordStage {
  readonly namespace: string;
  /** `a real control plane` or `the sandbox`. */
  readonly against: string;
  /** What a record takes in the cluster, in bytes. */
  readonly recordBytes: number;
  /** Makes releases by these names, each with so many revisions, from a record that helm wrote. */
  fill(releases: readonly string[], revisions: number): Promise<void>;
  /** How long helm takes for a command, in ms. */
  helm(tool: Tool, ...args: readonly string[]): Promise<number>;
  /** As an extension host opens it: no connection, nothing read, the thread that decodes not started. */
  open(): Cluster;
  stop(): Promise<void>;
}

/** On the real control plane, and where there is no Go to build it on the sandbox. */
export async function startRecordStage(): Promise<RecordStage> {
  process.env["DEVDEPLOY_CONTRACT_TARGET"] =
    (await controlPlanePath()) === undefined ? "sandbox" : "controlplane";
  const cluster = await startTestCluster();
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-bench-"));
  const namespace = await cluster.namespace("bench");
  const admin = new ApiClient(await cluster.access("admin"));
  const kubeconfig = await cluster.kubeconfig("ann", [CONTEXT]);
  const env = { PATH: process.env["PATH"], HOME: folder, KUBECONFIG: kubeconfig };
  const place = [`--kube-context=${CONTEXT}`, `--namespace=${namespace}`];
  const runHelm = async (tool: Tool, ...args: readonly string[]): Promise<number> => {
    const program = await toolPath(tool);
    const began = performance.now();
    const { exitCode, stderr } = await run(program, [...args, ...place], { env });
    if (exitCode !== 0) throw new Error(`helm ${args.join(" ")} failed: ${stderr}`);
    return performance.now() - began;
  };
  const chart = join(folder, "chart");
  await mkdir(chart);
  await writeLargeChart(chart);
  await runHelm("helm3", "install", "template", chart, "--set-string=tag=0000000");
  const template = await templateIn(admin, namespace);
  await runHelm("helm3", "uninstall", "template");
  return {
    namespace,
    against: cluster.kind === "controlplane" ? "a real control plane" : "the sandbox",
    recordBytes: Buffer.from(template, "base64").length,
    fill: (releases, revisions) => writeRecords(admin, { namespace, template, releases, revisions }),
    helm: runHelm,
    open: () => openCluster({ kubeconfig, env: {}, clock: systemClock, log: SILENT, decoder: DECODER }),
    stop: async () => {
      admin.close();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function templateIn(admin: ApiClient, namespace: string): Promise<RecordTemplate> {
  const path = `/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.template.v1`;
  const { body } = await admin.get(path);
  const data: unknown = Reflect.get(Object(body), "data");
  return String(Reflect.get(Object(data), "release"));
}
