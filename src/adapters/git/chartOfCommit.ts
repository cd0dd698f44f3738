import { lstat, mkdir, readdir, realpath, rm } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { extract } from "tar";
import type { DeployerError } from "../../app/ports.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { CommitHash } from "../../domain/branch.ts";
import { runGit } from "./command.ts";

export interface ChartOrder {
  readonly repositoryRoot: string;
  readonly commit: CommitHash;
  /** Folder of the chart, relative to the root of the repository, as devdeploy.json names it. */
  readonly chart: string;
  /** Folder that does not exist yet; the chart's files are put right into it. */
  readonly into: string;
}

/**
 * Writes the chart as the commit holds it; the working tree is not looked at. The folder is
 * resolved to a tree's hash first, so that its name never reaches git as a path or a pattern.
 */
export async function writeChartOfCommit(
  order: ChartOrder,
  signal: AbortSignal,
): Promise<Result<string, DeployerError>> {
  const absent = (detail: string): Result<never, DeployerError> =>
    fail({ reason: "chart-absent", chart: order.chart, commit: order.commit, detail });
  const path = chartPath(order.chart);
  if (path === undefined) return absent("not a folder inside the repository");
  const tree = await git(
    order,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${order.commit}:${path}`],
    signal,
  );
  if (!tree.ok) return absent(tree.error);
  const hash = tree.value.trim();
  const kind = await git(order, ["cat-file", "-t", hash], signal);
  if (!kind.ok || kind.value.trim() !== "tree") return absent("not a folder in this commit");
  const chartFile = await git(order, ["cat-file", "-e", `${hash}:Chart.yaml`], signal);
  if (!chartFile.ok) return absent("it has no Chart.yaml");
  return unpack(order, hash, signal);
}

async function unpack(
  order: ChartOrder,
  tree: string,
  signal: AbortSignal,
): Promise<Result<string, DeployerError>> {
  const archive = `${order.into}.tar`;
  try {
    await mkdir(order.into, { recursive: true, mode: 0o700 });
    const made = await git(order, ["archive", "--format=tar", `--output=${archive}`, tree], signal);
    if (!made.ok) {
      return fail({ reason: "chart-absent", chart: order.chart, commit: order.commit, detail: made.error });
    }
    // What tar leaves out (absolute links, links through links) it only warns of.
    const leftOut: string[] = [];
    await extract({
      file: archive,
      cwd: order.into,
      onwarn: (_code, message) => leftOut.push(message),
    });
    const escaping = leftOut[0] ?? (await escapingLink(await realpath(order.into), order.into));
    if (escaping === undefined) return ok(order.into);
    const detail = `a link leads out of the chart: ${escaping}`;
    return fail({ reason: "chart-absent", chart: order.chart, commit: order.commit, detail });
  } catch (error) {
    return fail({
      reason: "temporary-files",
      detail: error instanceof Error ? error.message : String(error),
    });
  } finally {
    await rm(archive, { force: true });
  }
}

/**
 * A path of a tree as git spells it: no leading `./`, no `..`, nothing absolute, nothing of Windows. The root
 * itself is the empty path.
 */
export function chartPath(chart: string): string | undefined {
  if (chart.startsWith("/") || /[\\:\0]/u.test(chart)) return undefined;
  const parts = chart.split("/").filter((part) => part !== "" && part !== ".");
  return parts.includes("..") ? undefined : parts.join("/");
}

/** The first symbolic link that leads out of the chart, or nowhere. helm reads what links lead to. */
async function escapingLink(root: string, folder: string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const stats = await lstat(path);
    if (stats.isDirectory()) {
      const below = await escapingLink(root, path);
      if (below !== undefined) return below;
    } else if (stats.isSymbolicLink()) {
      const target = await realpath(path).catch(() => undefined);
      if (target === undefined || !`${target}${sep}`.startsWith(`${root}${sep}`)) return relative(root, path);
    }
  }
  return undefined;
}

async function git(
  order: ChartOrder,
  args: readonly string[],
  signal: AbortSignal,
): Promise<Result<string, string>> {
  const answer = await runGit({ folder: order.repositoryRoot, args }, signal);
  if (answer.kind !== "exited") return fail(answer.kind);
  return answer.exitCode === 0
    ? ok(answer.stdout)
    : fail(answer.stderr === "" ? "not in this commit" : answer.stderr);
}
