import assert from "node:assert/strict";
import { test } from "node:test";
import { GradedCommits } from "../../../src/app/gradedCommits.ts";
import type { Resolved } from "../../../src/domain/gradeCommit.ts";
import { rolloutClues } from "../../../src/domain/rolloutEntries.ts";
import type { RolloutRevision } from "../../../src/domain/rollouts.ts";
import { aCommit } from "../../builders/deploy.ts";
import { aRolloutRevision } from "../../builders/rollouts.ts";

/** What the clone says, with a count of how often it was asked for what a grade is made of. */
class CountedLookup {
  generation = 0;
  isKnown = true;
  graded = 0;
  commits: Resolved = new Map();

  has(): boolean {
    return this.isKnown;
  }

  get resolved(): Resolved {
    this.graded += 1;
    return this.commits;
  }
}

function counted(): {
  readonly lookup: CountedLookup;
  readonly commits: GradedCommits<RolloutRevision>;
  readonly read: RolloutRevision[];
} {
  const lookup = new CountedLookup();
  const read: RolloutRevision[] = [];
  const commits = new GradedCommits<RolloutRevision>(lookup, (revision) => {
    read.push(revision);
    return rolloutClues(revision);
  });
  return { lookup, commits, read };
}

test("a revision that has not changed is read and graded once, however often it is looked at", () => {
  const { lookup, commits, read } = counted();
  const [one, two] = [aRolloutRevision({ revision: 1 }), aRolloutRevision({ revision: 2 })];
  const first = commits.of(one);
  for (const revision of [one, two, one, two]) commits.of(revision);
  assert.equal(commits.of(one), first);
  assert.deepEqual([read, lookup.graded], [[one, two], 2]);
});

test("once git has told more it is graded again, by the clues that it had", () => {
  const { lookup, commits, read } = counted();
  const revision = aRolloutRevision();
  const isInClone = (): unknown => {
    const match = commits.of(revision);
    return match?.kind === "exact" && match.isInClone;
  };
  const before = isInClone();
  lookup.commits = new Map([[aCommit(), [aCommit()]]]);
  lookup.generation += 1;
  assert.deepEqual([before, isInClone(), read.length, lookup.graded], [false, true, 1, 2]);
});

test("until the clone has been asked nothing is graded", () => {
  const { lookup, commits } = counted();
  lookup.isKnown = false;
  assert.deepEqual([commits.of(aRolloutRevision()), lookup.graded], [undefined, 0]);
});
