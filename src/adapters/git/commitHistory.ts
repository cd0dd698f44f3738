import type { CommitHistory } from "../../app/rollbackPorts.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { CommitFacts, RepositoryLinks } from "../../domain/commitMatch.ts";
import type { RangeCommit } from "../../domain/rollback.ts";
import { runGit } from "./command.ts";
import { FILES, LOG, parseFiles, parseLog } from "./commitFacts.ts";
import { fetchAny } from "./fetchAny.ts";
import { exited, sharedRemote, type RunGit } from "./remote.ts";
import { linksOfRemote } from "./remoteLinks.ts";
import { resolveDigits, Resolving } from "./resolveDigits.ts";

/** As many as a command line surely takes, on Windows too. */
const COMMITS_A_CALL = 500;
const MOST_FILES = 20;

/** Commits of the repository with its working tree at `root`, by simple-git. */
export function commitHistoryAt(root: string): CommitHistory {
  const git: RunGit = async (args, signal, timeoutMs) =>
    exited(
      await runGit({ folder: root, args, ...(timeoutMs === undefined ? {} : { timeoutMs }) }, signal),
      root,
    );
  const resolving = new Resolving((digits, signal) => resolveDigits(git, digits, signal));
  return {
    resolve: (digits, signal) => resolving.resolve(digits, signal),
    facts: (commits, signal) => facts(git, commits, signal),
    between: (range, signal) => between(git, range, signal),
    fetch: (commit, defaultBranch, signal) => fetchAny(git, { commit, defaultBranch }, signal),
    links: (signal) => links(git, signal),
  };
}

async function facts(
  git: RunGit,
  commits: readonly CommitHash[],
  signal: AbortSignal,
): Promise<ReadonlyMap<CommitHash, CommitFacts | undefined>> {
  const found = new Map<CommitHash, CommitFacts | undefined>(commits.map((commit) => [commit, undefined]));
  const wanted = [...found.keys()];
  for (let at = 0; at < wanted.length; at += COMMITS_A_CALL) {
    const some = wanted.slice(at, at + COMMITS_A_CALL);
    const args = [...LOG, "--no-walk=unsorted", "--ignore-missing", "--end-of-options", ...some, "--"];
    for (const commit of await logged(git, args, signal)) {
      if (found.has(commit.commit)) found.set(commit.commit, commit);
    }
  }
  return found;
}

/** What git could not say is as absent as what it has not got. */
async function logged(
  git: RunGit,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly CommitFacts[]> {
  const answer = await git(args, signal);
  return answer.ok && answer.value.exitCode === 0 ? parseLog(answer.value.stdout) : [];
}

async function between(
  git: RunGit,
  range: Parameters<CommitHistory["between"]>[0],
  signal: AbortSignal,
): Promise<readonly RangeCommit[] | undefined> {
  const { commit, without, migrations, atMost } = range;
  const ends = await facts(git, [commit, without], signal);
  if ([...ends.values()].includes(undefined)) return undefined;
  const revisions = ["--end-of-options", commit, `^${without}`, "--"];
  if (await isCutOff(git, revisions, signal)) return undefined;
  const answer = await git([...LOG, `--max-count=${atMost}`, ...revisions], signal);
  if (!answer.ok || answer.value.exitCode !== 0) return undefined;
  const files = await migrationFiles(git, { migrations, atMost, revisions }, signal);
  if (files === undefined) return undefined;
  return parseLog(answer.value.stdout).map((one) => ({
    ...one,
    migrations: files.get(one.commit) ?? [],
  }));
}

/**
 * Whether a shallow clone ends within the range: then git does not know what the two commits have in common, and
 * counts too few commits, or too many.
 */
async function isCutOff(git: RunGit, revisions: readonly string[], signal: AbortSignal): Promise<boolean> {
  const shallow = await git(["rev-parse", "--is-shallow-repository"], signal);
  if (shallow.ok && shallow.value.stdout.trim() === "false") return false;
  const roots = await git(["rev-list", "--max-parents=0", "--max-count=1", ...revisions], signal);
  return !roots.ok || roots.value.exitCode !== 0 || roots.value.stdout.trim() !== "";
}

/** Files of each commit of the range that match a pattern; undefined where git could not tell. */
async function migrationFiles(
  git: RunGit,
  range: {
    readonly migrations: readonly string[];
    readonly atMost: number;
    readonly revisions: readonly string[];
  },
  signal: AbortSignal,
): Promise<ReadonlyMap<CommitHash, readonly string[]> | undefined> {
  // git refuses the whole question for one path that leads out of the repository.
  const patterns = range.migrations
    .map((pattern) => pattern.replace(/^(?:\.?\/)+/u, ""))
    .filter((pattern) => pattern !== "" && !pattern.split("/").includes(".."));
  if (patterns.length === 0) return new Map();
  const answer = await git(
    [
      ...FILES,
      // Else a commit is left out whose files came back as they were before.
      ...["--full-history", `--max-count=${range.atMost}`],
      ...range.revisions,
      // From the root, whatever the pattern begins with.
      ...patterns.map((pattern) => `:(top,glob)${pattern}`),
    ],
    signal,
  );
  return answer.ok && answer.value.exitCode === 0 ? parseFiles(answer.value.stdout, MOST_FILES) : undefined;
}

async function links(git: RunGit, signal: AbortSignal): Promise<RepositoryLinks | undefined> {
  const remote = await sharedRemote(git, signal);
  if (!remote.ok) return undefined;
  // With the person's own `insteadOf` applied, as for every fetch.
  const address = await git(["remote", "get-url", "--", remote.value], signal);
  return address.ok && address.value.exitCode === 0 ? linksOfRemote(address.value.stdout) : undefined;
}
