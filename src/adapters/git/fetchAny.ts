import type { CommitHistory } from "../../app/rollbackPorts.ts";
import { parseCommitHash, type BranchName } from "../../domain/branch.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { GitResult, RunGit } from "./remote.ts";
import { HEADS, remoteOf } from "./remote.ts";
import { resolveDigits } from "./resolveDigits.ts";

/** A first fetch of everything takes longer than a question; git is ended only when it says nothing for this long. */
const FETCH_TIMEOUT_MS = 120_000;

const QUIETLY = [
  "fetch",
  ...["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance"],
];

type Fetched = Awaited<ReturnType<CommitHistory["fetch"]>>;
type FetchError = Extract<Fetched, { readonly ok: false }>["error"];

/**
 * Fetches what the remote has of a commit: the commit alone, where its hash is whole and the server gives it; else
 * all branches, and of a shallow clone in the end their whole history. The working tree is not touched.
 */
export async function fetchAny(
  git: RunGit,
  { commit, defaultBranch }: { readonly commit: string; readonly defaultBranch: BranchName },
  signal: AbortSignal,
): Promise<Fetched> {
  const isThere = async (): Promise<boolean> =>
    ((await resolveDigits(git, [commit], signal)).get(commit) ?? []).length > 0;
  if (await isThere()) return ok(true);
  const remote = await remoteOf(git, defaultBranch, signal);
  if (!remote.ok) return fail({ reason: "git-failed", detail: remote.error.reason });

  if (parseCommitHash(commit).ok) {
    const alone = await git([...QUIETLY, "--", remote.value, commit], signal, FETCH_TIMEOUT_MS);
    if (alone.ok && alone.value.exitCode === 0 && (await isThere())) return ok(true);
  }
  const heads = `+${HEADS}*:refs/remotes/${remote.value}/*`;
  const all = judged(await git([...QUIETLY, "--", remote.value, heads], signal, FETCH_TIMEOUT_MS));
  if (!all.ok) return all;
  if (await isThere()) return ok(true);

  const shallow = await git(["rev-parse", "--is-shallow-repository"], signal);
  if (!shallow.ok || shallow.value.stdout.trim() !== "true") return ok(false);
  const whole = judged(
    await git([...QUIETLY, "--unshallow", "--", remote.value, heads], signal, FETCH_TIMEOUT_MS),
  );
  return whole.ok ? ok(await isThere()) : whole;
}

function judged(answer: GitResult): Result<undefined, FetchError> {
  if (!answer.ok) {
    const { error } = answer;
    // Silence for so long is the remote's.
    return error.reason === "git-failed"
      ? fail({ reason: "remote-unreachable", detail: error.detail })
      : fail({ reason: "git-failed", detail: error.reason });
  }
  const { exitCode, stderr } = answer.value;
  return exitCode === 0 ? ok(undefined) : fail({ reason: "remote-unreachable", detail: stderr });
}
