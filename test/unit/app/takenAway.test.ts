import assert from "node:assert/strict";
import { test } from "node:test";
import { takenAway } from "../../../src/app/commitRange.ts";
import type { RangeCommit } from "../../../src/domain/rollback.ts";
import { aCommit } from "../../builders/deploy.ts";

const FROM = aCommit("bad0bad");
const undone: RangeCommit = {
  ...{ commit: aCommit("4f1c0de"), subject: "Sign in with a key", author: "Mia Chen" },
  ...{ committedAt: 0, migrations: [] },
};

test("a hold keeps the commits that a rollback took away", () => {
  const commits = { kind: "known", undone: [undone], returning: [], isCut: false } as const;
  assert.deepEqual(takenAway({ commit: FROM }, commits), [undone.commit]);
});

test("where nobody knows them all, a hold keeps the one that ran", () => {
  const commits = { kind: "unknown", why: "git-failed", detail: "" } as const;
  assert.deepEqual(takenAway({ commit: FROM }, commits), [FROM]);
  assert.deepEqual(takenAway({}, commits), []);
});

test("a commit that runs before and after was not taken away", () => {
  assert.deepEqual(takenAway({ commit: FROM }, { kind: "same" }), []);
});
