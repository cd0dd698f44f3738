import { readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTruthy } from "./environment.ts";
import { runInTerminal } from "../tools/run.ts";

/** What became of the tests of a suite; a stage that is no suite counts only when it breaks. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export interface SuiteOptions {
  /** Test files run at the same time. */
  readonly concurrency: number;
  /** The suite is ended after this time, and counts as broken. */
  readonly limitMinutes: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Test files below a folder whose name ends so, in a steady order. */
export async function testFiles(folder: string, ending: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file))
    .sort();
}

/** Runs files with node:test, shows them on the terminal, and counts. */
export async function runSuite(files: readonly string[], options: SuiteOptions): Promise<Counts> {
  const countsFile = join(tmpdir(), `devdeploy-counts-${process.pid}-${performance.now()}.json`);
  const exitCode = await runInTerminal(
    process.execPath,
    [
      ...["--import", "tsx", "--test", `--test-concurrency=${options.concurrency}`],
      ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
      ...["--test-reporter=./scripts/test/countingReporter.mjs", `--test-reporter-destination=${countsFile}`],
      ...files,
    ],
    { env: { ...process.env, ...options.env }, limitMs: options.limitMinutes * 60_000 },
  );
  const counts = parseCounts(await readFile(countsFile, "utf8").catch(() => ""));
  await rm(countsFile, { force: true });
  if (counts === undefined) {
    console.error(`The suite was ended before it could say what became of its tests.`);
    return { ...NOTHING, failed: 1 };
  }
  const isUncounted = exitCode !== 0 && counts.failed === 0;
  return isUncounted ? { ...counts, failed: 1 } : counts;
}

/** The closing line of every run. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Sum of two. */
export function add(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** Whether a run with these counts is to be accepted: on CI nothing may be skipped. */
export function isAccepted({ failed, skipped }: Counts): boolean {
  return failed === 0 && (skipped === 0 || !isTruthy("CI"));
}

function parseCounts(text: string): Counts | undefined {
  if (text === "") return undefined;
  const value: unknown = JSON.parse(text);
  return isCounts(value) ? value : undefined;
}

function isCounts(value: unknown): value is Counts {
  return (
    typeof value === "object" &&
    value !== null &&
    "passed" in value &&
    "failed" in value &&
    "skipped" in value
  );
}
