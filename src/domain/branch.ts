import { fail, ok, type Result } from "./result.ts";
import type { EpochMs } from "./time.ts";

declare const brand: unique symbol;

/** A full commit hash: 40 (SHA-1) or 64 (SHA-256) lower-case hex digits. */
export type CommitHash = string & { readonly [brand]: "CommitHash" };

/** The name of a branch without `refs/heads/`. Hostile input: it is data, never part of a shell or a flag. */
export type BranchName = string & { readonly [brand]: "BranchName" };

/** A branch as a clone knows it. */
export interface KnownBranch {
  readonly branch: BranchName;
  /** Where the remote had it when it was last fetched; where the clone has it, if the remote never had. */
  readonly commit: CommitHash;
  readonly subject: string;
  readonly author: string;
  readonly committedAt: EpochMs;
  readonly isOnRemote: boolean;
}

export function parseCommitHash(
  text: string,
): Result<CommitHash, { readonly reason: "not-a-commit"; readonly text: string }> {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(text)
    ? ok(text as CommitHash)
    : fail({ reason: "not-a-commit", text });
}

export const SHORT_COMMIT_LENGTH = 7;

export const shortCommit = (commit: CommitHash): string => commit.slice(0, SHORT_COMMIT_LENGTH);

export type BranchNameError =
  | { readonly reason: "empty" }
  | { readonly reason: "leading-dash"; readonly text: string }
  | { readonly reason: "not-a-ref"; readonly text: string };

// What `git check-ref-format --branch` refuses. Git itself allows shell metacharacters, and so do we: names
// are only ever passed in argument arrays.
// eslint-disable-next-line no-control-regex -- control characters are exactly what has to be found here
const FORBIDDEN_IN_REF = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^\/|\/$|\.$|\.lock(?:\/|$)|(?:^|\/)\./u;

/** A name that begins with `-` is refused although git can be made to hold one: it would read as a flag. */
export function parseBranchName(text: string): Result<BranchName, BranchNameError> {
  if (text === "") return fail({ reason: "empty" });
  if (text.startsWith("-")) return fail({ reason: "leading-dash", text });
  if (text === "@" || FORBIDDEN_IN_REF.test(text)) return fail({ reason: "not-a-ref", text });
  return ok(text as BranchName);
}

/** The longest name that Kubernetes allows in most places (DNS label). */
const MAX_LABEL_LENGTH = 63;

/**
 * A branch name made safe for Kubernetes names and labels: lower case letters, digits and single dashes.
 * Different branches can meet in one safe name, so it names things but never identifies a branch.
 */
export const safeBranchName = (branch: BranchName): string => safeName(branch, "branch");

/** Any text as a DNS label: letters that only bear accents keep their letter; nothing left gives `otherwise`. */
export function safeName(text: string, otherwise: string): string {
  const safe = text
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, "-")
    .replaceAll(/^-+/gu, "")
    .slice(0, MAX_LABEL_LENGTH)
    .replaceAll(/-+$/gu, "");
  return safe === "" ? otherwise : safe;
}
