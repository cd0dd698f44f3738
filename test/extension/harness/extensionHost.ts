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

/** A run in an extension host of its own. */
export interface HostRun {
  /** Folder to open. */
  readonly workspace: string;
  /** TypeScript that imports `program(): Promise<unknown>`; paths from the extension's folder. */
  readonly source: string;
}

/** Runs `test/extension/host/*.host.ts` inside VS Code's extension host, with the workspace open. */
export async function runHostTests(workspace: string): Promise<readonly HostResult[]> {
  const files = await testFiles(join(EXTENSION, "test", "extension", "host"), ".host.ts");
  const imports = files.map((file) => `import ${JSON.stringify(file)};`);
  const source = `${imports.join("\n")}\nimport { runHostTests as program } from "./test/extension/host/hostTest.ts";`;
  const results = await runInExtensionHost({ workspace, source });
  if (!Array.isArray(results)) throw new Error(`Not a list of results: ${JSON.stringify(results)}`);
  return results.filter(isResult);
}

/** Runs a program inside VS Code's extension host and answers what it resolves to, by way of JSON. */
export async function runInExtensionHost({ workspace, source }: HostRun): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-host-"));
  const home = join(folder, "home");
  const resultFile = join(folder, "result.json");
  await mkdir(home);
  const run: ModuleRun = {
    workspace,
    dataFolder: join(folder, "data"),
    env: { ...homeAt(home), DEVDEPLOY_HOST_RESULT: resultFile },
    extensionTests: await bundle(source),
  };
  const vsCode = await provideVsCodeForTests(sayOnStderr);
  const log =
    vsCode.kind === "server"
      ? await runServed({ ...run, server: vsCode.server })
      : await runOnDesktop({ ...run, program: vsCode.program });
  const result = await readFile(resultFile, "utf8").catch(() => undefined);
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  if (result === undefined) throw new Error(`The extension host ended without a result. It said:\n${log}`);
  return JSON.parse(result);
}

interface ModuleRun {
  readonly workspace: string;
  readonly dataFolder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Path of the bundled module. */
  readonly extensionTests: string;
}

/** One module for all kinds of VS Code; a file is the way out for its result that all of them have. */
async function bundle(source: string): Promise<string> {
  const outfile = join(EXTENSION, "dist-test", "inExtensionHost.cjs");
  await build({
    stdin: {
      resolveDir: EXTENSION,
      loader: "ts",
      contents: `${source}
        import { writeFile } from "node:fs/promises";
        export async function run() {
          await writeFile(process.env["DEVDEPLOY_HOST_RESULT"], JSON.stringify(await program()));
        }`,
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

async function runServed(
  run: ModuleRun & Pick<Parameters<typeof serveVsCode>[0], "server">,
): Promise<string> {
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

async function runOnDesktop(run: ModuleRun & { readonly program: string }): Promise<string> {
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

function isResult(value: unknown): value is HostResult {
  return typeof value === "object" && value !== null && "name" in value;
}
