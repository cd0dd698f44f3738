import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDemo, type Demo } from "../demo/makeDemo.ts";
import { CannotProvide, type Say } from "../tools/cache.ts";
import { toolPath } from "../tools/provision.ts";
import { run } from "../tools/run.ts";
import { readOptions, USAGE, type StartOptions } from "./options.ts";
import { chooseVsCode, openInBrowser, openWindow, type Chosen, type OpenWindow } from "./window.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/[/\\]$/u, "");

const say: Say = (line) => {
  console.log(line);
};

/** Opens VS Code with Devdeploy over a demo team and runs until Ctrl-C; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === "help") {
    say(USAGE);
    return 0;
  }
  const interrupted = interruption();
  const cleanUps: (() => Promise<void>)[] = [];
  try {
    const opened = openDemo(options, cleanUps);
    const state = await Promise.race([opened, interrupted]);
    // Ctrl-C has reached the programs that are running, too; what they still do comes to its end first.
    if (state === "interrupted") await opened.catch(() => undefined);
    else await Promise.race([state.closed, interrupted]);
    return 0;
  } finally {
    say("\nCleaning up …");
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  }
}

/** Starts everything; what has to be ended later is added to `cleanUps` as soon as it runs. */
async function openDemo(
  options: StartOptions,
  cleanUps: (() => Promise<void>)[],
): Promise<{ readonly closed: Promise<void> }> {
  await buildExtension();
  const vsCode = await chooseVsCode(options.inBrowser, say);
  const [helm, kubectl] = [await toolPath("helm4", say), await toolPath("kubectl", say)];

  const folder = await mkdtemp(join(tmpdir(), "devdeploy-demo-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const { context } = options;
  const demo = await makeDemo({
    folder: join(folder, "demo"),
    sandboxCommand: [process.execPath, join(ROOT, "dist", "sandbox.cjs")],
    ...{ helm, kubectl, say },
    ...(context !== undefined && { context }),
  });
  cleanUps.push(() => demo.stop());

  say("Starting VS Code …");
  const window = await openWindow(vsCode, {
    dataFolder: join(folder, "vscode"),
    workspace: demo.folder,
    extension: ROOT,
    env: { ...demo.env },
    settings: demo.settings,
    port: options.port,
  });
  cleanUps.push(() => window.stop());
  if (options.isForTwo) {
    const bens = await openBens(vsCode, demo, join(folder, "vscode-ben"));
    cleanUps.push(() => bens.stop());
    say(`\nBen's Devdeploy runs in ${bens.where}`);
  }
  say(`\nDevdeploy runs in ${window.where}\n\nWhat to try there:`);
  for (const [index, tip] of demo.tryThis.entries()) say(`  ${index + 1}. ${tip}`);
  const { KUBECONFIG } = demo.env;
  if (KUBECONFIG !== undefined)
    say(`\nFor kubectl and helm in a terminal of your own: export KUBECONFIG=${KUBECONFIG}`);
  say("\nCtrl-C ends everything that was started here.");
  if (options.opens && window.url !== undefined) openInBrowser(window.url);
  return { closed: window.closed };
}

/** A colleague's window: his clone, his kubeconfig, his name in git. */
function openBens(vsCode: Chosen, { people, settings }: Demo, dataFolder: string): Promise<OpenWindow> {
  const { folder, env, kubeconfig } = people.ben;
  return openWindow(vsCode, {
    dataFolder,
    workspace: folder,
    extension: ROOT,
    env,
    settings: { ...settings, "devdeploy.kubeconfig": kubeconfig },
    port: 0,
  });
}

async function buildExtension(): Promise<void> {
  say("Building the extension …");
  const built = await run(process.execPath, ["esbuild.mjs"], { cwd: ROOT });
  if (built.exitCode !== 0) throw new CannotProvide(`The build failed:\n${built.stderr}`);
}

/** Resolves at the first Ctrl-C; a second one does not wait for the cleaning up. */
function interruption(): Promise<"interrupted"> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        resolve("interrupted");
        process.once(signal, () => process.exit(130));
      });
    }
  });
}
