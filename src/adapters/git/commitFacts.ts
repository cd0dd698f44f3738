import { parseCommitHash, type CommitHash } from "../../domain/branch.ts";
import type { CommitFacts } from "../../domain/commitMatch.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { pullRequestOf } from "./pullRequest.ts";

// git folds line breaks in names and subjects, and none of these can hold a NUL.
const FIELDS = ["%H", "%an", "%ct", "%s", "%b"];

/** Arguments of `git log` for `parseLog`. Nothing of the person's configuration may change what it prints. */
export const LOG = [
  "log",
  ...["-z", `--format=${FIELDS.join("%x00")}`, "--encoding=UTF-8"],
  ...["--no-show-signature", "--no-notes", "--no-color", "--no-decorate", "--no-patch"],
];

/** What `git log` printed with these arguments. */
export function parseLog(stdout: string): readonly CommitFacts[] {
  const fields = stdout.split("\0");
  const commits: CommitFacts[] = [];
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    const commit = readCommit(fields.slice(at, at + FIELDS.length));
    if (commit !== undefined) commits.push(commit);
  }
  return commits;
}

function readCommit(fields: readonly string[]): CommitFacts | undefined {
  const [hash = "", author = "", seconds = "", subject = "", body = ""] = fields;
  const commit = parseCommitHash(hash);
  if (!commit.ok) return undefined;
  const pullRequest = pullRequestOf(subject, body);
  return {
    commit: commit.value,
    subject,
    author,
    committedAt: Number(seconds) * SECOND_MS,
    ...(pullRequest === undefined ? {} : { pullRequest }),
  };
}

/** Arguments of `git log` for `parseFiles`. */
export const FILES = ["log", "-z", "--format=%x00%H", "--name-only", "--no-renames", "--no-show-signature"];

/**
 * Files by commit. Each commit begins with an empty field, which no path is, and the line break that git puts
 * before its first path is not the path's.
 */
export function parseFiles(stdout: string, atMost: number): ReadonlyMap<CommitHash, readonly string[]> {
  const files = new Map<CommitHash, string[]>();
  let current: string[] | undefined;
  let isHash = false;
  for (const field of stdout.split("\0")) {
    if (field === "") {
      isHash = true;
      continue;
    }
    if (!isHash) {
      if (current !== undefined && current.length < atMost) current.push(field.replace(/^\n/u, ""));
      continue;
    }
    isHash = false;
    const commit = parseCommitHash(field);
    current = [];
    if (commit.ok) files.set(commit.value, current);
  }
  return files;
}
