import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEntry, Recommendation, WhatRuns } from "../../../src/domain/history.ts";
import { historyEntries } from "../../../src/domain/historyEntries.ts";
import { historyWarnings, stuckRelease } from "../../../src/domain/historyWarnings.ts";
import { recommend } from "../../../src/domain/recommend.ts";
import type { ContainerImage } from "../../../src/domain/release.ts";
import { fateOf } from "../../../src/domain/revisionFate.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { runCandidates, whatRuns } from "../../../src/domain/whatRuns.ts";
import { aCommit, aLabel } from "../../builders/deploy.ts";
import { aHistory, known, webImage, type Told } from "../../builders/history.ts";

const failed = 'Upgrade "web" failed: context deadline exceeded';
const failedBefore = 'Upgrade "web" failed: pre-upgrade hooks failed: 1 error occurred';
const reading = { kind: "reading" } as const;
const web = (...tags: readonly string[]): readonly ContainerImage[] =>
  tags.map((tag, index) => ({ ...webImage(aCommit(tag)), container: ["app", "side"][index] ?? "x" }));

test("a status is believed, unless the description of a superseded record says otherwise", () => {
  const told: readonly (readonly [Parameters<typeof fateOf>[0], string])[] = [
    ["deployed", failed],
    ["superseded", "Upgrade complete"],
    ["superseded", failed],
    ["superseded", 'Release "web" failed: failed pre-install: x'],
    ["superseded", "Preparing upgrade"],
    ["failed", ""],
    ["pending-rollback", "Rollback to 1"],
    ["uninstalled", ""],
    ["uninstalling", ""],
    ["unknown", ""],
  ];
  assert.deepEqual(
    told.map(([status, description]) => fateOf(status, description)),
    [
      "ran",
      "ran",
      "failed",
      "failed",
      "failed",
      "failed",
      "pending",
      "uninstalled",
      "uninstalled",
      "unknown",
    ],
  );
});

// What runs

const a = { revision: 1, of: "aaaaaaa" };
const b = { revision: 2, of: "bbbbbbb" };
const runsCases: readonly [rule: string, told: readonly Told[], live: readonly ContainerImage[], WhatRuns][] =
  [
    [
      "the deployed revision runs where the workloads have its images",
      [{ ...b, status: "deployed" }, a],
      web("bbbbbbb"),
      { kind: "revision", revision: 2, isDeployed: true },
    ],
    [
      "after a failed upgrade the failed revision runs, though helm calls an older one deployed",
      [
        { ...b, status: "failed", description: failed },
        { ...a, status: "deployed" },
      ],
      web("bbbbbbb"),
      { kind: "revision", revision: 2, isDeployed: false },
    ],
    [
      "a failed upgrade that changed no image runs too",
      [
        { ...b, of: "aaaaaaa", status: "failed", description: failed },
        { ...a, status: "deployed" },
      ],
      web("aaaaaaa"),
      { kind: "revision", revision: 2, isDeployed: false },
    ],
    [
      "an upgrade whose first hooks failed never ran",
      [
        { ...b, of: "aaaaaaa", status: "failed", description: failedBefore },
        { ...a, status: "deployed" },
      ],
      web("aaaaaaa"),
      { kind: "revision", revision: 1, isDeployed: true },
    ],
    [
      "a pending upgrade does not run before its images do",
      [
        { ...b, of: "aaaaaaa", status: "pending-upgrade" },
        { ...a, status: "deployed" },
      ],
      web("aaaaaaa"),
      { kind: "revision", revision: 1, isDeployed: true },
    ],
    [
      "a pending upgrade runs as soon as its images do",
      [
        { ...b, status: "pending-upgrade" },
        { ...a, status: "deployed" },
      ],
      web("bbbbbbb"),
      { kind: "revision", revision: 2, isDeployed: false },
    ],
    [
      "what is half applied is no drift",
      [
        { revision: 2, status: "pending-upgrade", images: web("bbbbbbb", "bbbbbbb") },
        { revision: 1, status: "deployed", images: web("aaaaaaa", "aaaaaaa") },
      ],
      web("bbbbbbb", "aaaaaaa"),
      { kind: "revision", revision: 2, isDeployed: false },
    ],
    [
      "an image that no newest revision names is drift",
      [{ ...b, status: "deployed" }, a],
      web("aaaaaaa"),
      {
        kind: "drift",
        revision: 2,
        differences: [
          {
            workload: "Deployment/web",
            container: "app",
            recorded: `shop/web:${aCommit("bbbbbbb")}`,
            live: `shop/web:${aCommit("aaaaaaa")}`,
          },
        ],
      },
    ],
    [
      "a container that was left over is drift, and so is one that is gone",
      [{ ...b, status: "deployed" }],
      [{ ...webImage("1.0"), container: "left" }],
      {
        kind: "drift",
        revision: 2,
        differences: [
          { workload: "Deployment/web", container: "app", recorded: `shop/web:${aCommit("bbbbbbb")}` },
          { workload: "Deployment/web", container: "left", recorded: "", live: "shop/web:1.0" },
        ],
      },
    ],
    ["nothing runs where no workload is there", [{ ...b, status: "deployed" }], [], { kind: "nothing" }],
    [
      "nothing runs of a release without workloads",
      [{ ...b, images: [] }],
      web("bbbbbbb"),
      { kind: "nothing" },
    ],
    [
      "nothing runs of what was uninstalled",
      [{ ...b, status: "uninstalled" }],
      web("bbbbbbb"),
      { kind: "nothing" },
    ],
  ];

for (const [rule, told, live, expected] of runsCases) {
  test(`what runs: ${rule}`, () => {
    const found = runCandidates(aHistory(...told));
    assert.ok(found.kind === "known");
    assert.deepEqual(whatRuns(found.candidates, live), expected);
  });
}

test("what runs is not judged before the records are read, nor without them", () => {
  const last = { ...a, status: "deployed" } as const;
  assert.deepEqual(runCandidates(aHistory({ ...b, record: reading }, last)), reading);
  const damaged = { kind: "unreadable", detail: "it is damaged" } as const;
  assert.deepEqual(runCandidates(aHistory({ ...b, record: damaged }, last)), {
    kind: "unknown",
    detail: "it is damaged",
  });
});

// What a revision was for the others

const shown = (entries: readonly HistoryEntry[]): unknown =>
  entries.map(({ label, ranFor, wasRolledBackFrom }) => [
    label.revision,
    ranFor === undefined ? undefined : ranFor / HOUR_MS,
    wasRolledBackFrom,
  ]);

test("a revision ran until the next one reached the cluster, with success or without", () => {
  assert.deepEqual(
    shown(
      aHistory(
        { revision: 7, status: "failed", description: failed, deployedAt: 20 * HOUR_MS },
        { revision: 6, status: "deployed" },
        { revision: 5, status: "failed", description: failedBefore },
        { revision: 4 },
        { revision: 2 },
        { revision: 1 },
      ),
    ),
    [
      [7, undefined, false],
      [6, 14, false],
      [5, undefined, false],
      [4, 2, false],
      // Revision 3 may have come in between, and nobody knows when.
      [2, undefined, false],
      [1, 1, false],
    ],
  );
});

test("a clock that was set back makes no negative time", () => {
  assert.deepEqual(shown(aHistory({ revision: 2, deployedAt: 0 }, { revision: 1 })), [
    [2, undefined, false],
    [1, undefined, false],
  ]);
});

const leftBehind = (...told: readonly Told[]): readonly number[] =>
  aHistory(...told).flatMap(({ label, wasRolledBackFrom }) => (wasRolledBackFrom ? [label.revision] : []));

test("a rollback leaves behind what it went from, however that had come", () => {
  assert.deepEqual(leftBehind({ revision: 3, rollbackTo: 1 }, { revision: 2 }, { revision: 1 }), [2]);
  assert.deepEqual(
    leftBehind(
      { revision: 4, rollbackTo: 1 },
      { revision: 3, status: "failed", description: failedBefore },
      { revision: 2, status: "failed", description: failed },
      { revision: 1 },
    ),
    [2],
  );
  // Going back from a rollback leaves the rollback's own target behind.
  assert.deepEqual(
    leftBehind(
      { revision: 5, rollbackTo: 1 },
      { revision: 4, rollbackTo: 2 },
      { revision: 3 },
      { revision: 2 },
      { revision: 1 },
    ),
    [4, 3, 2],
  );
});

test("a rollback forward, and one to what runs already, leaves nothing behind", () => {
  assert.deepEqual(
    leftBehind(
      { revision: 4, rollbackTo: 2 },
      { revision: 3, rollbackTo: 1 },
      { revision: 2 },
      { revision: 1 },
    ),
    [2],
  );
  assert.deepEqual(leftBehind({ revision: 2, rollbackTo: 1 }, { revision: 1 }), []);
});

// The recommendation

const runs = (revision: number): WhatRuns => ({ kind: "revision", revision, isDeployed: true });
const c = { revision: 3, of: "ccccccc" };
const recommendations: readonly [rule: string, told: readonly Told[], WhatRuns, Recommendation][] = [
  [
    "the revision before the one that runs, with the time that it ran",
    [c, b, a],
    runs(3),
    { kind: "revision", revision: 2, ranFor: HOUR_MS, skipped: [] },
  ],
  [
    "never what failed, is pending, was uninstalled, or has a status that nobody knows",
    [
      { revision: 8, of: "8888888", status: "pending-upgrade" },
      { revision: 7, of: "7777777" },
      { revision: 6, of: "6666666", status: "failed" },
      { revision: 5, of: "5555555", status: "uninstalled" },
      { revision: 4, of: "4444444", status: "unknown", unknownStatus: "foo" },
      { revision: 3, of: "3333333", description: failed },
      { revision: 2, of: "2222222", status: "pending-rollback" },
      a,
    ],
    runs(7),
    {
      kind: "revision",
      revision: 1,
      ranFor: 2 * HOUR_MS,
      skipped: [
        { revision: 8, why: "pending" },
        { revision: 6, why: "failed" },
        { revision: 5, why: "uninstalled" },
        { revision: 4, why: "unknown-status" },
        { revision: 3, why: "failed" },
        { revision: 2, why: "pending" },
      ],
    },
  ],
  [
    "what helm calls deployed, where a failed revision runs",
    [
      { ...b, status: "failed", description: failed },
      { ...a, status: "deployed" },
    ],
    { kind: "revision", revision: 2, isDeployed: false },
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [] },
  ],
  [
    "nothing of the same commit, nothing already rolled back from",
    [
      { revision: 5, of: "bbbbbbb", rollbackTo: 2 },
      { revision: 4, of: "ddddddd" },
      { revision: 3, of: "bbbbbbb" },
      { revision: 2, of: "bbbbbbb" },
      a,
    ],
    runs(5),
    {
      kind: "revision",
      revision: 1,
      ranFor: HOUR_MS,
      skipped: [
        { revision: 4, why: "rolled-back-from" },
        { revision: 3, why: "same-commit" },
        { revision: 2, why: "same-commit" },
      ],
    },
  ],
  [
    "no guess",
    [c, { revision: 2 }, a],
    runs(3),
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [{ revision: 2, why: "commit-unknown" }] },
  ],
  [
    "nothing that may be of the same commit, where that of what runs is a guess",
    [{ revision: 3, images: [webImage("bbbbbbb")] }, b, a],
    runs(3),
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [{ revision: 2, why: "same-commit" }] },
  ],
  [
    "another commit, where that of what runs is unknown",
    [{ revision: 3 }, b],
    runs(3),
    { kind: "revision", revision: 2, ranFor: HOUR_MS, skipped: [] },
  ],
  [
    "one before the unreadable",
    [c, { revision: 2, record: { kind: "unreadable", detail: "" } }, a],
    runs(3),
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [{ revision: 2, why: "unreadable" }] },
  ],
  ["nothing where there is nothing else", [a], runs(1), { kind: "none", skipped: [] }],
  ["nothing of nothing", [], { kind: "nothing" }, { kind: "none", skipped: [] }],
  [
    "the newest that ran, after it was uninstalled",
    [{ ...b, status: "uninstalled" }, a],
    { kind: "nothing" },
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [{ revision: 2, why: "uninstalled" }] },
  ],
  [
    "by the records, where nobody could say what runs",
    [{ ...c, status: "pending-upgrade" }, b, a],
    { kind: "unknown", detail: "" },
    { kind: "revision", revision: 1, ranFor: HOUR_MS, skipped: [{ revision: 3, why: "pending" }] },
  ],
  ["not before what runs is known", [b, a], reading, reading],
  ["not before the records are read", [c, { ...b, record: reading }, a], runs(3), reading],
  [
    "with older records still being read",
    [c, b, { ...a, record: reading }],
    runs(3),
    { kind: "revision", revision: 2, ranFor: HOUR_MS, skipped: [] },
  ],
];

for (const [rule, told, whatRunsNow, expected] of recommendations) {
  test(`recommended: ${rule}`, () => {
    assert.deepEqual(recommend(aHistory(...told), whatRunsNow), expected);
  });
}

// Warnings and what is stuck

test("two deployed revisions, missing ones, two drivers and helm 2 are told", () => {
  const entries = aHistory(
    { revision: 9, status: "deployed" },
    { revision: 6, status: "deployed" },
    { revision: 5 },
  );
  const labels = [aLabel(), aLabel({ driver: "configmap" })];
  assert.deepEqual(historyWarnings(entries, labels, true), [
    { kind: "two-deployed", revisions: [9, 6] },
    { kind: "missing", revisions: [8, 7] },
    { kind: "two-drivers" },
    { kind: "helm-2" },
  ]);
  assert.deepEqual(historyWarnings(aHistory({ revision: 9 }, { revision: 8 }), [aLabel()], false), []);
});

test("a record that claims an absurd number does not fill the page", () => {
  const [warning] = historyWarnings(aHistory({ revision: 2_000_000_000 }, { revision: 1 }), [], false);
  assert.ok(warning?.kind === "missing");
  assert.equal(warning.revisions.length, 20);
});

const timeout = 10 * MINUTE_MS;
const mark = { commit: aCommit(), by: "Ann Lee" };
const stuckStory = aHistory(
  { revision: 3, status: "pending-upgrade", mark },
  { revision: 2, status: "failed" },
  { revision: 1, status: "deployed" },
);

test("a pending release is stuck once helm's time limit and five minutes have passed", () => {
  const since = 3 * HOUR_MS;
  const freeAt = since + 15 * MINUTE_MS;
  assert.equal(stuckRelease(stuckStory, timeout, freeAt - 1), undefined);
  assert.deepEqual(stuckRelease(stuckStory, timeout, freeAt), {
    revision: 3,
    status: "pending-upgrade",
    by: "Ann Lee",
    since,
    age: 15 * MINUTE_MS,
    freeAt,
    lastGood: 1,
  });
  assert.equal(stuckRelease(aHistory({ revision: 1 }), timeout, freeAt), undefined);
});

test("helm's status in the record counts, not the label that somebody may have edited", () => {
  const one = known({ revision: 1, status: "pending-upgrade" });
  const edited = { ...one, label: aLabel({ revision: 1, status: "failed" }) };
  const statuses = [edited, { ...edited, isRecordCurrent: false }].map(
    (each) => historyEntries([each])[0]?.status,
  );
  assert.deepEqual(statuses, ["pending-upgrade", "failed"]);
});

test("who made a revision is who recorded it on this very one", () => {
  assert.deepEqual(
    aHistory({ revision: 2, labels: { "devdeploy-by": "Ann" } }, { revision: 1, mark }).map(({ by }) => by),
    [undefined, "Ann Lee"],
  );
});
