import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommitHash } from "../../../src/domain/branch.ts";
import { cluesOf, digitsOf, type Clued } from "../../../src/domain/commitClues.ts";
import type { CommitMatch } from "../../../src/domain/commitMatch.ts";
import { commitOfRevision, gradeCommit } from "../../../src/domain/gradeCommit.ts";
import type { ContainerImage } from "../../../src/domain/release.ts";
import { aCommit, aRevision } from "../../builders/deploy.ts";

const ONE = aCommit("4f1c0de8");
const TWIN = aCommit("4f1c0de9");
const OTHER = aCommit("bbbbbbbb");
const ABSENT = aCommit("cccccccc");
const DECIMAL = aCommit("20261123");
const CLONE = [ONE, TWIN, OTHER, DECIMAL];

/** As a clone with these commits would resolve the digits. */
const resolvedFor = (digits: readonly string[], clone = CLONE): ReadonlyMap<string, readonly CommitHash[]> =>
  new Map(digits.map((text) => [text, clone.filter((commit) => commit.startsWith(text)).slice(0, 2)]));

const images = (...names: readonly string[]): readonly ContainerImage[] =>
  names.map((image, index) => ({
    workload: "Deployment/web",
    container: ["app", "side"][index] ?? "x",
    image,
  }));

const nothing: Clued = { images: [], chartAnnotations: {}, labels: {} };

function grade(revision: Partial<Clued>, container?: string): CommitMatch {
  const clues = cluesOf({ ...nothing, ...revision }, container);
  return gradeCommit(clues, resolvedFor(digitsOf(clues)));
}

const exact = (commit: CommitHash, source: string, evidence: string, isInClone = true): object => ({
  kind: "exact",
  commit,
  source,
  evidence,
  isInClone,
});
const guess = (why: string, candidates: readonly string[], source: string, evidence: string): object => ({
  kind: "ambiguous",
  why,
  candidates,
  source,
  evidence,
});
const unknown = (why: string, evidence?: string): object => ({
  kind: "unknown",
  why,
  ...(evidence === undefined ? {} : { evidence }),
});

const cases: readonly [rule: string, revision: Partial<Clued>, expected: object, container?: string][] = [
  ["a whole hash is exact", { images: images(`shop/web:${ONE}`) }, exact(ONE, "image", `shop/web:${ONE}`)],
  [
    "a whole hash is exact though the clone has not got it",
    { images: images(`shop/web:${ABSENT}`) },
    exact(ABSENT, "image", `shop/web:${ABSENT}`, false),
  ],
  [
    "seven digits are exact where the clone has one commit of them",
    { images: images("registry.example.com:5000/shop/web:master-BBBBBBB@sha256:00") },
    exact(OTHER, "image", "registry.example.com:5000/shop/web:master-BBBBBBB@sha256:00"),
  ],
  [
    "what git describe writes is digits set off by a letter",
    { images: images("web:v1.2.3-5-gbbbbbbbb0") },
    exact(OTHER, "image", "web:v1.2.3-5-gbbbbbbbb0"),
  ],
  [
    "digits of two commits are not guessed between",
    { images: images("web:4f1c0de") },
    guess("short-twice", [ONE, TWIN], "image", "web:4f1c0de"),
  ],
  [
    "digits of two commits are told apart by what Devdeploy recorded",
    { images: images("web:4f1c0de"), mark: { commit: TWIN } },
    exact(TWIN, "image", "web:4f1c0de"),
  ],
  [
    "digits of no commit of the clone may be of one that was not fetched",
    { images: images("web:ccccccc") },
    guess("not-in-clone", ["ccccccc"], "image", "web:ccccccc"),
  ],
  ["six digits say nothing", { images: images("web:bbbbbb") }, unknown("mutable-tag", "web:bbbbbb")],
  [
    "a date may be a commit that was not fetched, where nothing else says anything",
    { images: images("web:20261124") },
    guess("not-in-clone", ["20261124"], "image", "web:20261124"),
  ],
  [
    "a date beside a commit is a date",
    { images: images(`web:${ONE}`, "nginx:20261124") },
    exact(ONE, "image", `web:${ONE}`),
  ],
  [
    "a date does not refute what Devdeploy recorded, nor the chart",
    { images: images("web:20261124"), mark: { commit: ONE }, appVersion: OTHER },
    exact(ONE, "mark", ONE),
  ],
  [
    "digits without a letter are a commit where the clone has it",
    { images: images("web:20261123") },
    exact(DECIMAL, "image", "web:20261123"),
  ],
  [
    "beside a commit, other digits of a tag are part of a name",
    { images: images("web:ccccccc-bbbbbbb") },
    exact(OTHER, "image", "web:ccccccc-bbbbbbb"),
  ],
  [
    "one commit in several images is one",
    { images: images(`web:${OTHER}`, "worker:bbbbbbb") },
    exact(OTHER, "image", `web:${OTHER}`),
  ],
  [
    "one commit in several images is one without the clone too",
    { images: images("web:ccccccc", "worker:ccccccc0") },
    guess("not-in-clone", ["ccccccc0"], "image", "worker:ccccccc0"),
  ],
  [
    "several commits are not guessed between",
    { images: images(`web:${ONE}`, `worker:${OTHER}`) },
    guess("several", [ONE, OTHER], "image", `web:${ONE}`),
  ],
  [
    "a commit and digits of no commit are several",
    { images: images(`web:${ONE}`, "worker:ccccccc") },
    guess("several", [ONE, "ccccccc"], "image", `web:${ONE}`),
  ],
  [
    "of several commits the one that Devdeploy recorded is the application's",
    { images: images(`web:${ONE}`, `worker:${OTHER}`), mark: { commit: OTHER } },
    exact(OTHER, "image", `worker:${OTHER}`),
  ],
  [
    "a sidecar's version says nothing",
    { images: images(`web:${ONE}`, "nginx:1.27.3", "busybox") },
    exact(ONE, "image", `web:${ONE}`),
  ],
  [
    "the application's container decides where the team named it",
    { images: images(`web:${ONE}`, `worker:${OTHER}`) },
    exact(OTHER, "image", `worker:${OTHER}`),
    "side",
  ],
  [
    "without the named container all images speak",
    { images: images(`web:${ONE}`) },
    exact(ONE, "image", `web:${ONE}`),
    "gone",
  ],
  [
    "the image wins over what was recorded",
    { images: images(`web:${OTHER}`), mark: { commit: ONE } },
    exact(OTHER, "image", `web:${OTHER}`),
  ],
  [
    "digits of another commit refute what was recorded",
    { images: images("web:ccccccc"), mark: { commit: ONE } },
    guess("not-in-clone", ["ccccccc"], "image", "web:ccccccc"),
  ],
  [
    "few digits confirm what was recorded, with or without the clone",
    { images: images("web:ccccccc"), mark: { commit: ABSENT } },
    exact(ABSENT, "image", "web:ccccccc", false),
  ],
  ["latest is never exact", { images: images("web:latest") }, unknown("mutable-tag", "web:latest")],
  ["no tag is latest", { images: images("host:5000/web") }, unknown("mutable-tag", "host:5000/web")],
  ["a branch's name is never exact", { images: images("web:master") }, unknown("mutable-tag", "web:master")],
  [
    "latest is not exact by what Devdeploy recorded",
    { images: images("web:latest"), mark: { commit: ONE } },
    guess("mutable-tag", [ONE], "mark", "web:latest"),
  ],
  [
    "latest is not exact by the chart",
    { images: images("web:latest"), appVersion: ONE },
    guess("mutable-tag", [ONE], "chart", "web:latest"),
  ],
  [
    "a digest is what it was when Devdeploy recorded its commit",
    { images: images("web@sha256:4f1c0de"), mark: { commit: ONE } },
    exact(ONE, "mark", ONE),
  ],
  [
    "a digest alone is no commit",
    { images: images("web@sha256:4f1c0de") },
    unknown("digest-only", "web@sha256:4f1c0de"),
  ],
  ["a version alone is no commit", { images: images("web:1.4.2") }, unknown("no-clue", "web:1.4.2")],
  ["without an image nothing is known", {}, unknown("no-image")],
  [
    "the chart's annotation names the commit of a version",
    {
      images: images("web:1.4.2"),
      chartAnnotations: { "org.opencontainers.image.revision": OTHER, "org.opencontainers.image.url": ONE },
    },
    exact(OTHER, "chart", `org.opencontainers.image.revision=${OTHER}`),
  ],
  [
    "the chart's appVersion names the commit of a version",
    { images: images("web:1.4.2"), appVersion: "1.4.2+bbbbbbb" },
    exact(OTHER, "chart", "appVersion=1.4.2+bbbbbbb"),
  ],
  [
    "what Devdeploy recorded wins over the chart",
    { images: images("web:1.4.2"), appVersion: OTHER, mark: { commit: ONE } },
    exact(ONE, "mark", ONE),
  ],
  [
    "a label is inherited, and so no more than a guess",
    { images: images("web:1.4.2"), labels: { "devdeploy-commit": ONE, "devdeploy-revision": "20261123" } },
    guess("inherited", [ONE], "label", `devdeploy-commit=${ONE}`),
  ],
  [
    "the image wins over a label",
    { images: images(`web:${OTHER}`), labels: { "devdeploy-commit": ONE } },
    exact(OTHER, "image", `web:${OTHER}`),
  ],
];

for (const [rule, revision, expected, container] of cases) {
  test(`the commit of a revision: ${rule}`, () => {
    assert.deepEqual(grade(revision, container), expected);
  });
}

const alone: readonly [rule: string, revision: Partial<Clued>, expected: CommitHash | undefined][] = [
  ["a whole hash", { images: images(`web:${ABSENT}`) }, ABSENT],
  ["a short tag that the mark completes", { images: images("web:4f1c0de"), mark: { commit: ONE } }, ONE],
  ["not a short tag", { images: images("web:4f1c0de") }, undefined],
  [
    "not a mark on an image that can be moved",
    { images: images("web:latest"), mark: { commit: ONE } },
    undefined,
  ],
  ["a mark on a version", { images: images("web:1.4.2"), mark: { commit: ONE } }, ONE],
];

for (const [rule, revision, expected] of alone) {
  test(`a record without a clone tells ${rule}`, () => {
    assert.equal(commitOfRevision({ ...aRevision(), ...revision }), expected);
  });
}

test("whatever the texts are, they are graded", () => {
  for (const text of [
    "",
    ":",
    "@",
    "a:b:c@d@e",
    "//",
    "x:".repeat(100),
    "f".repeat(41),
    "🏴:4f1c0de",
    "a:\n4f1c0de",
  ]) {
    const revision = { images: images(text), appVersion: text, labels: { commit: text } };
    assert.match(grade(revision).kind, /^(?:exact|ambiguous|unknown)$/u, text);
  }
});
