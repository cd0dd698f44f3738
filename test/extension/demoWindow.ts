import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Page } from "playwright-core";
import { makeDemo, type Demo } from "../../scripts/demo/makeDemo.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { openSidebar, rowsThat, widenSidebar } from "./harness/person.ts";
import { startVsCode, type VsCode } from "./harness/vsCode.ts";

/** A team's demo with its sandbox; ended with the test. */
export async function openDemo(t: TestContext): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-person-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const [helm, kubectl] = [await toolPath("helm4"), await toolPath("kubectl")];
  const demo = await makeDemo({
    folder: join(folder, "demo"),
    helm,
    kubectl,
    say: (line) => {
      t.diagnostic(line);
    },
  });
  t.after(() => demo.stop());
  return demo;
}

/** A person's VS Code over their clone; ended with the test. */
export async function openWindow(
  t: TestContext,
  demo: Demo,
  name: "ann" | "ben",
  settings: Readonly<Record<string, unknown>> = {},
): Promise<VsCode> {
  const { folder, env, kubeconfig } = demo.people[name];
  const vsCode = await startVsCode({
    workspace: folder,
    env,
    settings: {
      ...demo.settings,
      "devdeploy.kubeconfig": kubeconfig,
      "devdeploy.proof.steadySeconds": 3,
      ...settings,
    },
  });
  t.after(() => vsCode.stop());
  return vsCode;
}

/** Ann's VS Code over the demo; ended with the test. */
export const openAnn = (t: TestContext, demo: Demo): Promise<VsCode> => openWindow(t, demo, "ann");

/** Ann and Ben at work, each in a VS Code of their own with the sidebar open. */
export interface Team {
  readonly demo: Demo;
  readonly ann: VsCode;
  readonly ben: VsCode;
}

/** Opens the demo for both; ended with the test. */
export async function openTeam(
  t: TestContext,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<Team> {
  const demo = await openDemo(t);
  const ann = await openWindow(t, demo, "ann", settings);
  const ben = await openWindow(t, demo, "ben", settings);
  for (const { page } of [ann, ben]) {
    await openSidebar(page);
    await rowsThat(page, (rows) => rows.some(({ text }) => /^dev1 (?!.*reading…)/u.test(text)), 60_000);
    await widenSidebar(page);
  }
  return { demo, ann, ben };
}

/** The text that stands in the sidebar instead of rows. */
export const welcomeText = async (page: Page): Promise<string> => {
  const views = page.locator(".sidebar .welcome-view-content");
  return (await views.first().isVisible()) ? views.first().innerText() : "";
};
