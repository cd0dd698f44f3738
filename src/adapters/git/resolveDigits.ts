import { parseCommitHash, type CommitHash } from "../../domain/branch.ts";
import type { RunGit } from "./remote.ts";

const DIGITS = /^[0-9a-f]{7,64}$/u;
/** One more than one: it is enough to know that digits are not unique. */
const AT_MOST = 2;

type Resolved = ReadonlyMap<string, readonly CommitHash[]>;

/** The commits of the clone that begin with each of these digits; at most two each. */
export async function resolveDigits(
  git: RunGit,
  digits: readonly string[],
  signal: AbortSignal,
): Promise<Resolved> {
  const asked = [...new Set(digits)].filter((text) => DIGITS.test(text));
  const resolved = new Map<string, readonly CommitHash[]>();
  if (asked.length === 0) return resolved;
  // Lists objects of every kind.
  const objects = await hashes(git, ["rev-parse", ...asked.map((text) => `--disambiguate=${text}`)], signal);
  if (objects.length === 0) return resolved;
  // Leaves out trees and files, and follows a tag to its commit, which may begin with other digits.
  const walk = ["rev-list", "--no-walk=unsorted", "--ignore-missing", "--end-of-options", ...objects, "--"];
  const commits = await hashes(git, walk, signal);
  for (const text of asked) {
    resolved.set(text, commits.filter((commit) => commit.startsWith(text)).slice(0, AT_MOST));
  }
  return resolved;
}

async function hashes(
  git: RunGit,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly CommitHash[]> {
  const answer = await git(args, signal);
  if (!answer.ok || answer.value.exitCode !== 0) return [];
  const lines = new Set(answer.value.stdout.split("\n"));
  return [...lines].flatMap((line) => {
    const commit = parseCommitHash(line);
    return commit.ok ? [commit.value] : [];
  });
}

/** Questions that are asked in one breath go to git together: it takes longer to start than to answer. */
export class Resolving {
  readonly #ask: (digits: readonly string[], signal: AbortSignal) => Promise<Resolved>;
  readonly #breaths = new Map<
    AbortSignal,
    { readonly digits: string[]; readonly answer: Promise<Resolved> }
  >();

  constructor(ask: (digits: readonly string[], signal: AbortSignal) => Promise<Resolved>) {
    this.#ask = ask;
  }

  async resolve(digits: string, signal: AbortSignal): Promise<readonly CommitHash[]> {
    const breath = this.#breaths.get(signal) ?? this.#begin(signal);
    breath.digits.push(digits);
    return (await breath.answer).get(digits) ?? [];
  }

  #begin(signal: AbortSignal): { readonly digits: string[]; readonly answer: Promise<Resolved> } {
    const digits: string[] = [];
    const answer = Promise.resolve().then(() => {
      this.#breaths.delete(signal);
      return this.#ask(digits, signal);
    });
    const breath = { digits, answer };
    this.#breaths.set(signal, breath);
    return breath;
  }
}
