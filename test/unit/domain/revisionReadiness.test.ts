import assert from "node:assert/strict";
import { test } from "node:test";
import { readinessOf, type Readiness } from "../../../src/domain/revisionReadiness.ts";
import type { RolloutRevision } from "../../../src/domain/rollouts.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aControllerRevision, aRolloutRevision } from "../../builders/rollouts.ts";

const MADE = Date.parse("2026-11-23T08:00:00Z");
const pods = (ready: number, wanted: number): Pick<RolloutRevision, "pods"> => ({ pods: { ready, wanted } });

/** Revision 1 was made at eight, and each of the others ten minutes after the one before. */
const made = (revision: number, more: Partial<RolloutRevision> = {}): RolloutRevision =>
  aRolloutRevision({ revision, createdAt: MADE + (revision - 1) * 10 * MINUTE_MS, ...more });

const cases: readonly (readonly [string, RolloutRevision, readonly RolloutRevision[], Readiness])[] = [
  ["pods that are ready now prove it", made(2, pods(1, 3)), [made(3, pods(0, 1))], "ready-now"],
  [
    "pods that are ready now prove it, however short it was the newest",
    made(2, pods(1, 3)),
    [made(3, { createdAt: MADE + 10 * MINUTE_MS })],
    "ready-now",
  ],
  ["pods of which none is ready speak against it", made(2, pods(0, 1)), [made(3, pods(0, 1))], "not-ready"],
  [
    "a rollout that left pods of an earlier revision never came to its end",
    made(2),
    [made(3, pods(0, 1)), made(1, pods(3, 3))],
    "unfinished",
  ],
  ["pods of what is newer say nothing", made(1), [made(3, pods(0, 1)), made(2, pods(3, 3))], "not-known"],
  ["of what has no pods any more nothing is known", made(1), [made(2, pods(1, 1))], "not-known"],
  [
    "five seconds are hardly enough to become ready",
    made(1),
    [made(3, pods(1, 1)), made(2, { createdAt: MADE + 5 * SECOND_MS })],
    "brief",
  ],
  ["six may be", made(1), [made(2, { createdAt: MADE + 6 * SECOND_MS })], "not-known"],
  [
    "an older object that somebody went back to was not made then",
    made(3, { createdAt: MADE + 2 * SECOND_MS }),
    [made(4, { createdAt: MADE, was: [1] })],
    "not-known",
  ],
  [
    "what came before it did not replace it",
    made(4, { createdAt: MADE, was: [1] }),
    [made(5), made(3, { createdAt: MADE + SECOND_MS })],
    "not-known",
  ],
  ["without times nothing is known", made(1, { createdAt: 0 }), [made(2, { createdAt: 0 })], "not-known"],
  [
    "a revision that counts no pods is judged by its time alone",
    aControllerRevision({ revision: 1, createdAt: MADE }),
    [aControllerRevision({ revision: 2, createdAt: MADE + SECOND_MS })],
    "brief",
  ],
];

for (const [rule, revision, others, expected] of cases) {
  test(rule, () => {
    const revisions = [...others, revision];
    assert.equal(readinessOf(revision, { revisions, completed: undefined }), expected);
  });
}

test("what is newer than the one that a StatefulSet completed last never came to its end", () => {
  const revisions = [5, 4, 3, 2].map((revision) =>
    aControllerRevision({ revision, createdAt: MADE + revision * MINUTE_MS }),
  );
  assert.deepEqual(
    revisions.map((revision) => [revision.revision, readinessOf(revision, { revisions, completed: 3 })]),
    [
      [5, "unfinished"],
      [4, "unfinished"],
      [3, "not-known"],
      [2, "not-known"],
    ],
  );
});
