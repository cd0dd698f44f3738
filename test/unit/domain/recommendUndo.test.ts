import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { recommendUndo } from "../../../src/domain/recommendUndo.ts";
import type { RolloutEntry } from "../../../src/domain/rolloutEntries.ts";
import type { RolloutRevision } from "../../../src/domain/rollouts.ts";
import { HOUR_MS, SECOND_MS, type EpochMs } from "../../../src/domain/time.ts";
import { aCommit } from "../../builders/deploy.ts";
import { aRolloutRevision } from "../../builders/rollouts.ts";

const HISTORY = { historyLimit: 10 };

const exact = (commit: string): RolloutEntry["match"] => ({
  kind: "exact",
  commit: aCommit(commit),
  source: "image",
  evidence: commit,
  isInClone: true,
});
const guess = (commit: string): RolloutEntry["match"] => ({
  kind: "ambiguous",
  why: "inherited",
  candidates: [commit],
  source: "label",
  evidence: commit,
});

interface Shown extends Partial<Omit<RolloutEntry, "revision">> {
  readonly pods?: RolloutRevision["pods"];
  readonly createdAt?: EpochMs;
}

/** Newest first, the first of them current; numbers count down to 1, and each was made in the hour of its number. */
const entries = (...some: readonly Shown[]): readonly RolloutEntry[] =>
  some.map(({ pods, createdAt, ...entry }, index) => ({
    revision: aRolloutRevision({
      revision: some.length - index,
      createdAt: createdAt ?? (some.length - index) * HOUR_MS,
      ...(pods === undefined ? {} : { pods }),
    }),
    match: exact("4f1c0de"),
    isCurrent: index === 0,
    wasUndoneFrom: false,
    ...entry,
  }));

test("the newest revision of another commit is recommended", () => {
  const [current, ...others] = [exact("ccccccc"), exact("bbbbbbb"), exact("aaaaaaa")];
  assert.deepEqual(
    recommendUndo(HISTORY, entries({ match: current }, ...others.map((match) => ({ match })))),
    {
      kind: "revision",
      uid: "rs2",
      revision: 2,
      skipped: [],
    },
  );
});

test("what nobody can want is passed over, with the reason", () => {
  const shown = entries(
    { match: exact("ccccccc") },
    { match: exact("bad0bad"), wasUndoneFrom: true },
    { match: exact("ccccccc") },
    { match: guess("bbbbbbb") },
    { match: { kind: "unknown", why: "mutable-tag" } },
    { match: exact("aaaaaaa") },
  );
  assert.deepEqual(recommendUndo(HISTORY, shown), {
    kind: "revision",
    uid: "rs1",
    revision: 1,
    skipped: [
      { revision: 5, why: "undone-from" },
      { revision: 4, why: "same-commit" },
      { revision: 3, why: "commit-unknown" },
      { revision: 2, why: "commit-unknown" },
    ],
  });
});

test("what may be of the current commit, as far as anybody knows, is not another one", () => {
  const shown = entries({ match: guess("4f1c0de") }, { match: exact("4f1c0de") });
  assert.deepEqual(recommendUndo(HISTORY, shown), { kind: "none", why: "none-fit" });
});

test("where the current commit is not known, the newest that is known is recommended", () => {
  const shown = entries({ match: { kind: "unknown", why: "no-clue" } }, {});
  assert.equal(recommendUndo(HISTORY, shown).kind, "revision");
});

test("a guess is never recommended, be it the only one", () => {
  const shown = entries({ match: exact("ccccccc") }, { match: guess("aaaaaaa") });
  assert.deepEqual(recommendUndo(HISTORY, shown), { kind: "none", why: "none-fit" });
});

test("nothing is recommended while a commit is looked up, or before the controller has made a revision", () => {
  const shown = entries({ match: exact("ccccccc") }, { match: undefined }, {});
  assert.deepEqual(recommendUndo(HISTORY, shown), { kind: "reading" });
  const unseen = entries({ isCurrent: false }, { match: exact("aaaaaaa") });
  assert.deepEqual(recommendUndo(HISTORY, unseen), { kind: "reading" });
});

test("where no history is kept there is nothing to go back to, whatever is still there", () => {
  const shown = entries({ match: exact("ccccccc") }, {});
  assert.deepEqual(recommendUndo({ historyLimit: 0 }, shown), { kind: "none", why: "no-history" });
});

test("the only revision has none before it", () => {
  assert.deepEqual(recommendUndo(HISTORY, entries({})), { kind: "none", why: "only-one" });
});

describe("whether a revision ever worked is not recorded, but", () => {
  const [newest, third, second, first] = [
    exact("ddddddd"),
    exact("ccccccc"),
    exact("bbbbbbb"),
    exact("aaaaaaa"),
  ];

  test("pods that serve prove it, and what came after them and never replaced them is passed over", () => {
    const shown = entries(
      { match: newest, pods: { ready: 0, wanted: 1 } },
      { match: third, pods: { ready: 0, wanted: 1 } },
      { match: second },
      { match: first, pods: { ready: 3, wanted: 3 } },
    );
    assert.deepEqual(recommendUndo(HISTORY, shown), {
      kind: "revision",
      uid: "rs1",
      revision: 1,
      skipped: [
        { revision: 3, why: "not-ready" },
        { revision: 2, why: "unfinished" },
      ],
      readiness: "ready-now",
    });
  });

  test("where none can be seen to work none is recommended", () => {
    const shown = entries(
      { match: newest, pods: { ready: 0, wanted: 1 } },
      { match: second },
      { match: first, pods: { ready: 0, wanted: 1 } },
    );
    assert.deepEqual(recommendUndo(HISTORY, shown), { kind: "none", why: "none-ready" });
  });

  test("a StatefulSet tells which rollouts came to their end, and the others are passed over", () => {
    const shown = entries({ match: newest }, { match: third }, { match: second }, { match: first });
    assert.deepEqual(recommendUndo({ ...HISTORY, completed: 2 }, shown), {
      kind: "revision",
      uid: "rs2",
      revision: 2,
      skipped: [{ revision: 3, why: "unfinished" }],
    });
  });

  test("one that was replaced within seconds comes after one that was not", () => {
    const shown = entries(
      { match: newest },
      { match: third, createdAt: 4 * HOUR_MS - SECOND_MS },
      { match: second },
      { match: first },
    );
    assert.deepEqual(recommendUndo(HISTORY, shown), {
      kind: "revision",
      uid: "rs2",
      revision: 2,
      skipped: [{ revision: 3, why: "brief" }],
    });
  });

  test("where there is none but such, the newest of them is recommended, and the doubt told", () => {
    const shown = entries(
      { match: newest },
      { match: newest, createdAt: 4 * HOUR_MS - SECOND_MS },
      { match: second, createdAt: 4 * HOUR_MS - 2 * SECOND_MS },
      { match: first, createdAt: 4 * HOUR_MS - 3 * SECOND_MS },
    );
    assert.deepEqual(recommendUndo(HISTORY, shown), {
      kind: "revision",
      uid: "rs2",
      revision: 2,
      skipped: [{ revision: 3, why: "same-commit" }],
      readiness: "brief",
    });
  });
});
