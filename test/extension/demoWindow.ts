import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Page } from "playwright-core";
import { makeDemo, type Demo } from "../../scripts/demo/makeDemo.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
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

/** Ann's VS Code over the demo; ended with the test. */
export async function openAnn(t: TestContext, demo: Demo): Promise<VsCode> {
  const vsCode = await startVsCode({
    workspace: demo.folder,
    env: demo.env,
    settings: { ...demo.settings, "devdeploy.proof.steadySeconds": 3 },
  });
  t.after(() => vsCode.stop());
  return vsCode;
}

/** The text that stands in the sidebar instead of rows. */
export const welcomeText = async (page: Page): Promise<string> => {
  const views = page.locator(".sidebar .welcome-view-content");
  return (await views.first().isVisible()) ? views.first().innerText() : "";
};
