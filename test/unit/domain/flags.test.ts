import assert from "node:assert/strict";
import { test } from "node:test";
import { deployedBranches, flagsOf, type FlagFacts } from "../../../src/domain/flags.ts";
import { SECOND_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ben } from "../../builders/deploy.ts";
import { aHold, at } from "../../builders/lock.ts";

const facts = (more: Partial<FlagFacts> = {}): FlagFacts => ({
  state: { kind: "held", hold: aHold() },
  isBusy: false,
  fate: "alive",
  release: { status: "deployed", commit: aCommit() },
  now: at("09:00"),
  ...more,
});
const otherCommit = { status: "deployed", commit: aCommit("9c1f2ab") } as const;

test("nothing is amiss with a machine that runs what its lock says", () => {
  assert.deepEqual(flagsOf(facts()), []);
});

test("a branch that was merged or deleted is named; what is not known is not amiss", () => {
  assert.deepEqual(
    [
      flagsOf(facts({ fate: "merged" })),
      flagsOf(facts({ fate: "deleted" })),
      flagsOf(facts({ fate: undefined })),
    ],
    [[{ kind: "merged", branch: aBranch() }], [{ kind: "deleted", branch: aBranch() }], []],
  );
});

test("another commit than the lock's is told with both", () => {
  assert.deepEqual(flagsOf(facts({ release: otherCommit })), [
    { kind: "other-commit", expected: aCommit(), running: aCommit("9c1f2ab") },
  ]);
});

test("no other commit is told while somebody deploys, right after a claim, or of a revision that is unknown or failed", () => {
  const quiet: readonly Partial<FlagFacts>[] = [
    { release: otherCommit, isBusy: true },
    { release: otherCommit, now: at("08:00") + 59 * SECOND_MS },
    { release: undefined },
    { release: { status: "deployed" } },
    { release: { ...otherCommit, status: "failed" } },
    { release: { ...otherCommit, status: "pending-upgrade" } },
  ];
  assert.deepEqual(
    quiet.map((more) => flagsOf(facts(more))),
    quiet.map(() => []),
  );
});

test("a branch can be gone and the commit another one at once", () => {
  assert.deepEqual(
    flagsOf(facts({ fate: "deleted", release: otherCommit })).map(({ kind }) => kind),
    ["deleted", "other-commit"],
  );
});

test("what cannot be read is amiss; what nobody holds is not, whatever runs there", () => {
  const states: readonly FlagFacts["state"][] = [
    { kind: "unreadable", holder: "x", problem: "y" },
    { kind: "free", last: aHold() },
    { kind: "expired", hold: aHold() },
    { kind: "missing" },
    { kind: "unknown" },
  ];
  assert.deepEqual(
    states.map((state) =>
      flagsOf(facts({ state, fate: "merged", release: otherCommit })).map(({ kind }) => kind),
    ),
    [["unreadable"], [], [], [], []],
  );
});

test("the branches of held machines, each once with its commit", () => {
  const { branch, commit, ...bare } = aHold();
  assert.ok(branch !== undefined && commit !== undefined);
  assert.deepEqual(
    deployedBranches([
      { kind: "held", hold: aHold() },
      { kind: "held", hold: aHold({ by: ben }) },
      { kind: "held", hold: aHold({ commit: aCommit("9c1f2ab") }) },
      { kind: "held", hold: bare },
      { kind: "expired", hold: aHold({ branch: aBranch("old") }) },
    ]),
    [
      { branch, commit },
      { branch, commit: aCommit("9c1f2ab") },
    ],
  );
});
