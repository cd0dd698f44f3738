import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { controlPlanePath } from "../scripts/controlplane/build.ts";
import { LABEL, LEASE_API, MANAGED_BY } from "../src/adapters/kubernetes/leaseObject.ts";
import { ApiClient } from "../test/contract/apiClient.ts";
import { startTestCluster, type TestCluster } from "../test/contract/cluster.ts";
import { openSidebar, rowsThat } from "../test/extension/harness/person.ts";
import { startVsCode } from "../test/extension/harness/vsCode.ts";
import { heldBy } from "./staging.ts";

const CONTEXT = "bench";
const MACHINE = "dev1";
/** Between two changes, so that each is an event of its own. */
const BETWEEN_MS = 150;

/** What was measured, and against what. */
export interface WatchToRow {
  readonly cluster: TestCluster["kind"];
  /** From sending somebody else's change to the row's new text on screen, in ms each. */
  readonly fromRequest: readonly number[];
  /** From the API server's answer to that change, in ms each; below zero where the row was faster. */
  readonly fromAnswer: readonly number[];
}

/** Somebody else takes and leaves a machine; a person's sidebar shows it. */
export async function watchToRow(changes: number): Promise<WatchToRow> {
  process.env["DEVDEPLOY_CONTRACT_TARGET"] =
    (await controlPlanePath()) === undefined ? "sandbox" : "controlplane";
  const cluster = await startTestCluster();
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-bench-"));
  try {
    const namespace = await cluster.namespace("bench");
    const ben = new ApiClient(await cluster.access("admin"));
    const leases = `/apis/${LEASE_API}/namespaces/${namespace}/leases`;
    await ben.post(leases, freeLease(namespace));
    const vsCode = await startVsCode({
      workspace: await makeWorkspace(folder, namespace),
      env: { KUBECONFIG: await cluster.kubeconfig("ann", [CONTEXT]) },
    });
    try {
      await openSidebar(vsCode.page);
      await rowsThat(
        vsCode.page,
        (rows) => rows.some(({ text }) => text.startsWith(`${MACHINE} free`)),
        60_000,
      );
      const measured = await measure(changes, vsCode.page, (name) =>
        ben.patch("merge", `${leases}/${MACHINE}`, heldBy(name)),
      );
      return { cluster: cluster.kind, ...measured };
    } finally {
      ben.close();
      await vsCode.stop();
    }
  } finally {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  changes: number,
  page: Page,
  change: (name: string) => Promise<{ readonly status: number }>,
): Promise<Omit<WatchToRow, "cluster">> {
  const fromRequest: number[] = [];
  const fromAnswer: number[] = [];
  // The first one warms up: code that runs for the first time is not what a day is made of.
  for (let index = 0; index <= changes; index += 1) {
    const name = `Ben ${index}x`;
    const shown = shownAt(page, name);
    await page.waitForTimeout(BETWEEN_MS);
    const requested = Date.now();
    const { status } = await change(name);
    const answered = Date.now();
    if (status !== 200) throw new Error(`The change of the Lease was answered with ${status}.`);
    const at = await shown;
    if (index === 0) continue;
    fromRequest.push(at - requested);
    fromAnswer.push(at - answered);
  }
  return { fromRequest, fromAnswer };
}

/** The time at which the text stands in the sidebar: the page itself looks after every change of its content. */
function shownAt(page: Page, text: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve, reject) => {
    const sidebar = document.querySelector(".sidebar");
    const look = () => {
      if (!sidebar.textContent.includes(${JSON.stringify(text)})) return;
      observer.disconnect();
      resolve(Date.now());
    };
    const observer = new MutationObserver(look);
    observer.observe(sidebar, { subtree: true, childList: true, characterData: true });
    setTimeout(() => reject(new Error("not shown within 20 s")), 20000);
    look();
  })`);
}

function freeLease(namespace: string): Readonly<Record<string, unknown>> {
  const labels = { [LABEL.managedBy]: MANAGED_BY, [LABEL.pool]: "dev" };
  return { apiVersion: LEASE_API, kind: "Lease", metadata: { name: MACHINE, namespace, labels }, spec: {} };
}

/** A repository with one machine in its pool. */
async function makeWorkspace(folder: string, namespace: string): Promise<string> {
  const workspace = join(folder, "shop");
  await mkdir(workspace);
  const config = {
    version: 1,
    defaultBranch: "main",
    locks: { context: CONTEXT, namespace },
    pools: {
      dev: {
        machines: { [MACHINE]: {} },
        deploy: { helm: { context: CONTEXT, namespace, chart: "./chart", release: "${machine}" } },
      },
    },
  };
  await writeFile(join(workspace, "devdeploy.json"), JSON.stringify(config, undefined, 2));
  const git = (...args: readonly string[]): unknown => execFileSync("git", args, { cwd: workspace });
  git("init", "--quiet", "--initial-branch", "main");
  git("add", ".");
  git("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "--quiet", "--message", "Begin");
  return workspace;
}
