import type { CommitHash } from "./branch.ts";
import { cluesOf, mayBeNumber, wholeHash, type CommitClues, type Clued } from "./commitClues.ts";
import type { CommitClue, CommitMatch, CommitSource } from "./commitMatch.ts";

/** What the clone has for digits: no commit, one, or (at most two are told) more than one. */
export type Resolved = ReadonlyMap<string, readonly CommitHash[]>;

/** What clues of one source come down to. */
interface Said {
  /** Commits that are told apart by whole hashes or by the clone. */
  readonly commits: readonly Named<CommitHash>[];
  /** Digits that are of none of these: the clone has no commit of them, or more than one. */
  readonly open: readonly Named<string>[];
}

interface Named<T extends string> {
  readonly text: T;
  readonly evidence: string;
}

const NOTHING_RESOLVED: Resolved = new Map();

/**
 * Grades what a revision says about its commit. The first source that says anything wins: the image in its own
 * manifest, then what Devdeploy recorded on it, then the chart, then labels, which later upgrades inherit and which
 * are therefore never more than a guess. Several commits in the images are a guess too, unless one of them is the
 * one that Devdeploy recorded. An image whose tag can be moved makes a guess of all that is not in an image.
 */
export function gradeCommit({ clues, silence }: CommitClues, resolved: Resolved): CommitMatch {
  const by = (source: CommitSource): readonly CommitClue[] => clues.filter((clue) => clue.source === source);
  const image = saidBy(by("image"), resolved);
  const [mark] = by("mark").flatMap(({ text }) => wholeHash(text) ?? []);
  const confirmed = mark === undefined ? undefined : namedIn(image, mark);
  if (mark !== undefined && confirmed !== undefined) return exact(mark, "image", confirmed, resolved);
  if (!isSilent(image)) return graded(image, "image", resolved);

  const isMovable = silence.why === "mutable-tag";
  if (mark !== undefined) {
    return isMovable
      ? guess("mutable-tag", [mark], "mark", silence.evidence ?? mark)
      : exact(mark, "mark", mark, resolved);
  }
  const chart = saidBy(by("chart"), resolved);
  if (!isSilent(chart)) {
    const match = graded(chart, "chart", resolved);
    return match.kind === "exact" && isMovable
      ? guess("mutable-tag", [match.commit], "chart", silence.evidence ?? match.evidence)
      : match;
  }
  const label = saidBy(by("label"), resolved);
  const [first] = [...label.commits, ...label.open];
  if (first !== undefined) {
    return guess("inherited", candidatesOf(label, resolved), "label", first.evidence);
  }
  const numbers = by("image");
  const [number] = numbers;
  if (number === undefined) return { kind: "unknown", ...silence };
  const digits = numbers.map(({ text }) => text);
  return guess("not-in-clone", digits, "image", number.evidence);
}

/**
 * The commit that a revision is of as far as its record alone tells, without a clone. Undefined where it does not,
 * or where that would be a guess.
 */
export function commitOfRevision(revision: Clued, container?: string): CommitHash | undefined {
  const match = gradeCommit(cluesOf(revision, container), NOTHING_RESOLVED);
  return match.kind === "exact" ? match.commit : undefined;
}

function saidBy(clues: readonly CommitClue[], resolved: Resolved): Said {
  const commits = new Map<CommitHash, string>();
  const open = new Map<string, string>();
  for (const evidence of new Set(clues.map((clue) => clue.evidence))) {
    const own = clues.filter((clue) => clue.evidence === evidence).map(({ text }) => text);
    const found = own.flatMap((digits) => commitOf(digits, resolved) ?? []);
    for (const commit of found) commits.set(commit, commits.get(commit) ?? evidence);
    // Beside a commit in one and the same tag, other digits are part of a name: `decade2-4f1c0de`.
    if (found.length > 0) continue;
    for (const digits of own) {
      const isNumber = mayBeNumber(digits) && (resolved.get(digits) ?? []).length === 0;
      if (!isNumber) open.set(digits, open.get(digits) ?? evidence);
    }
  }
  const isShorter = (digits: string): boolean =>
    [...commits.keys(), ...open.keys()].some((other) => other !== digits && other.startsWith(digits));
  return {
    commits: [...commits].map(([text, evidence]) => ({ text, evidence })),
    open: [...open].flatMap(([text, evidence]) => (isShorter(text) ? [] : [{ text, evidence }])),
  };
}

function commitOf(digits: string, resolved: Resolved): CommitHash | undefined {
  const [only, ...others] = resolved.get(digits) ?? [];
  return wholeHash(digits) ?? (others.length === 0 ? only : undefined);
}

const isSilent = ({ commits, open }: Said): boolean => commits.length + open.length === 0;

/** The evidence that names the commit, be it by a few digits alone. */
const namedIn = ({ commits, open }: Said, commit: CommitHash): string | undefined =>
  [...commits, ...open].find(({ text }) => commit.startsWith(text))?.evidence;

function graded(said: Said, source: CommitSource, resolved: Resolved): CommitMatch {
  const [first, ...others] = [...said.commits, ...said.open];
  if (first === undefined) throw new Error("Who says nothing cannot be graded.");
  const candidates = candidatesOf(said, resolved);
  if (others.length > 0) return guess("several", candidates, source, first.evidence);
  const [commit] = said.commits;
  if (commit !== undefined) return exact(commit.text, source, commit.evidence, resolved);
  const isTwice = (resolved.get(first.text) ?? []).length > 1;
  return guess(isTwice ? "short-twice" : "not-in-clone", candidates, source, first.evidence);
}

const exact = (
  commit: CommitHash,
  source: CommitSource,
  evidence: string,
  resolved: Resolved,
): CommitMatch => ({
  kind: "exact",
  commit,
  source,
  evidence,
  isInClone: [...resolved.values()].some((found) => found.includes(commit)),
});

const guess = (
  why: (CommitMatch & { readonly kind: "ambiguous" })["why"],
  candidates: readonly string[],
  source: CommitSource,
  evidence: string,
): CommitMatch => ({ kind: "ambiguous", why, candidates, source, evidence });

/** Whole hashes where the clone has them, else the digits as they stand. */
const candidatesOf = ({ commits, open }: Said, resolved: Resolved): readonly string[] => [
  ...commits.map(({ text }) => text),
  ...open.flatMap(({ text }): readonly string[] => {
    const found = resolved.get(text) ?? [];
    return found.length === 0 ? [text] : found;
  }),
];
