import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { build } from "esbuild";
import { testFiles } from "../../../scripts/test/suites.ts";
import { sayOnStderr } from "../../../scripts/tools/cache.ts";
import { writeUserSettings } from "../../../scripts/tools/settings.ts";
import { serveVsCode } from "../../../scripts/tools/serveVsCode.ts";
import { provideVsCodeForTests } from "../../../scripts/tools/vsCode.ts";
import type { HostResult } from "../host/hostTest.ts";
import { openOwnPage } from "./browser.ts";
import { desktopArgs } from "./desktop.ts";
import { EXTENSION, homeAt } from "./vsCode.ts";

const LIMIT_MS = 120_000;

interface HostRun {
  readonly workspace: string;
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly extensionTests: string;
}

/** Runs `test/extension/host/*.host.ts` inside VS Code's extension host, with the workspace open. */
export async function runInExtensionHost(workspace: string): Promise<readonly HostResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-host-"));
  const home = join(folder, "home");
  const resultsFile = join(folder, "results.json");
  await mkdir(home);
  const run: HostRun = {
    workspace,
    dataFolder: join(folder, "data"),
    env: { ...homeAt(home), DEVDEPLOY_HOST_RESULTS: resultsFile },
    extensionTests: await bundleHostTests(),
  };
  const vsCode = await provideVsCodeForTests(sayOnStderr);
  const log =
    vsCode.kind === "server"
      ? await runServed({ ...run, server: vsCode.server })
      : await runOnDesktop({ ...run, program: vsCode.program });
  const results = await readFile(resultsFile, "utf8").catch(() => undefined);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  if (results === undefined) throw new Error(`The extension host ended without results. It said:\n${log}`);
  return parseResults(results);
}

/** One module for all three kinds of VS Code; the file of results is how the tests' outcome comes out. */
async function bundleHostTests(): Promise<string> {
  const files = await testFiles(join(EXTENSION, "test", "extension", "host"), ".host.ts");
  const outfile = join(EXTENSION, "dist-test", "hostTests.cjs");
  await build({
    stdin: {
      resolveDir: EXTENSION,
      loader: "ts",
      contents: [
        ...files.map((file) => `import ${JSON.stringify(file)};`),
        'import { writeFile } from "node:fs/promises";',
        'import { runHostTests } from "./test/extension/host/hostTest.ts";',
        "export async function run() {",
        '  await writeFile(process.env["DEVDEPLOY_HOST_RESULTS"] ?? "", JSON.stringify(await runHostTests()));',
        "}",
      ].join("\n"),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    sourcemap: "inline",
    external: ["vscode"],
    logLevel: "error",
  });
  return outfile;
}

async function runServed(run: HostRun & Pick<Parameters<typeof serveVsCode>[0], "server">): Promise<string> {
  const served = await serveVsCode({ ...run, extension: EXTENSION });
  const own = await openOwnPage();
  const lines: string[] = [];
  let limit: NodeJS.Timeout | undefined;
  try {
    await own.page.exposeFunction("codeAutomationLog", (_type: string, args: readonly unknown[]) => {
      lines.push(args.map(String).join(" "));
    });
    const ended = new Promise<void>((resolve) => {
      limit = setTimeout(resolve, LIMIT_MS);
      void own.page.exposeFunction("codeAutomationExit", () => {
        resolve();
      });
    });
    await own.page.goto(served.url);
    await ended;
  } finally {
    clearTimeout(limit);
    await own.close();
    await served.stop();
  }
  return `${lines.join("\n")}\n${served.log()}`;
}

async function runOnDesktop(run: HostRun & { readonly program: string }): Promise<string> {
  await writeUserSettings(run.dataFolder);
  try {
    await runTests({
      vscodeExecutablePath: run.program,
      extensionDevelopmentPath: EXTENSION,
      extensionTestsPath: run.extensionTests,
      extensionTestsEnv: { ...run.env },
      launchArgs: [run.workspace, ...desktopArgs({ ...run, extension: EXTENSION })],
    });
    return "";
  } catch (error) {
    return String(error);
  }
}

function parseResults(text: string): readonly HostResult[] {
  const results: unknown = JSON.parse(text);
  if (!Array.isArray(results)) throw new Error(`Not a list of results: ${text}`);
  return results.filter(isResult);
}

function isResult(value: unknown): value is HostResult {
  return typeof value === "object" && value !== null && "name" in value;
}
