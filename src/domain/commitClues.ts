import { parseCommitHash, type CommitHash } from "./branch.ts";
import type { CommitClue, CommitSource } from "./commitMatch.ts";
import { commitDigits, imageTag, type ContainerImage, type Revision } from "./release.ts";

/** Why the images of a revision say nothing about its commit, with the one that decided it. */
export interface Silence {
  readonly why: "no-clue" | "mutable-tag" | "digest-only" | "no-image";
  readonly evidence?: string;
}

/** All that a revision says about its commit. */
export interface CommitClues {
  /** By weight: images, Devdeploy's mark, the chart, labels. */
  readonly clues: readonly CommitClue[];
  /** What stands in place of a commit where no image names one. */
  readonly silence: Silence;
}

/** What of a revision bears on its commit. */
export type Clued = Pick<Revision, "images" | "mark" | "appVersion" | "chartAnnotations" | "labels">;

const SHA1_DIGITS = 40;

/**
 * Digits without a letter may just as well be a date or a build's number: unless the clone has a commit of them, they
 * count only where nothing else says anything. Of seven random hex digits one in thirty is like that, of forty none.
 */
export const mayBeNumber = (digits: string): boolean =>
  digits.length < SHA1_DIGITS && /^[0-9]+$/u.test(digits);

/**
 * Collects what a revision says about its commit. Where the team named the application's container, its image alone
 * speaks; in a revision without that container all images do.
 */
export function cluesOf(revision: Clued, container?: string): CommitClues {
  const named = revision.images.filter((image) => image.container === container);
  const images = named.length > 0 ? named : revision.images;
  return {
    clues: [
      ...images.flatMap(({ image }) => cluesIn(imageTag(image) ?? "", "image", image)),
      ...markClue(revision),
      ...chartClues(revision),
      ...labelClues(revision.labels),
    ],
    silence: silenceOf(images),
  };
}

/** The digits to look up in the clone before clues can be graded. */
export const digitsOf = ({ clues }: CommitClues): readonly string[] => [
  ...new Set(clues.map(({ text }) => text)),
];

function cluesIn(text: string, source: CommitSource, evidence: string): readonly CommitClue[] {
  return commitDigits(text).map((digits) => ({ text: digits, source, evidence }));
}

const markClue = ({ mark }: Clued): readonly CommitClue[] =>
  mark === undefined ? [] : [{ text: mark.commit, source: "mark", evidence: mark.commit }];

/** `org.opencontainers.image.revision`, `org.label-schema.vcs-ref`, `example.com/git-sha` and their like. */
const NAMES_COMMIT =
  /(?:^|[./_-])(?:revision|commit|commit-?(?:hash|id|sha)|git-?(?:hash|ref|sha)|vcs-?ref|sha)$/iu;

function chartClues({ appVersion = "", chartAnnotations }: Clued): readonly CommitClue[] {
  return [
    ...Object.entries(chartAnnotations)
      .filter(([name]) => NAMES_COMMIT.test(name))
      .flatMap(([name, value]) => cluesIn(value, "chart", `${name}=${value}`)),
    ...cluesIn(appVersion, "chart", `appVersion=${appVersion}`),
  ];
}

/** Devdeploy's own label where it is not of this revision, and labels that other tools give. */
function labelClues(labels: Readonly<Record<string, string>>): readonly CommitClue[] {
  return Object.entries(labels)
    .filter(([name]) => NAMES_COMMIT.test(name) && name !== "devdeploy-revision")
    .flatMap(([name, value]) => cluesIn(value, "label", `${name}=${value}`));
}

/** Three numbers at least: `1.27` is moved to every `1.27.x`, as `15` is and `latest`. */
const VERSION = /^v?\d+\.\d+\.\d+(?:[-+_.][\w.+-]*)?$/iu;

function silenceOf(images: readonly ContainerImage[]): Silence {
  const [first] = images;
  if (first === undefined) return { why: "no-image" };
  const mutable = images.find(({ image }) => hasMutableTag(image));
  if (mutable !== undefined) return { why: "mutable-tag", evidence: mutable.image };
  const isDigestOnly = images.every(({ image }) => imageTag(image) === undefined);
  return { why: isDigestOnly ? "digest-only" : "no-clue", evidence: first.image };
}

/** An image without a tag is `latest`; a digest cannot be moved, whatever stands before it. */
function hasMutableTag(image: string): boolean {
  if (image.includes("@")) return false;
  const tag = imageTag(image);
  return tag === undefined || (!VERSION.test(tag) && commitDigits(tag).length === 0);
}

/** A whole hash among digits. */
export function wholeHash(digits: string): CommitHash | undefined {
  const parsed = parseCommitHash(digits);
  return parsed.ok ? parsed.value : undefined;
}
