import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { boardsLetGo } from "../../linearizability/check/boards.ts";
import type { Finding } from "../../linearizability/check/findings.ts";
import { everythingGoesOn } from "../../linearizability/check/liveness.ts";
import { holdersStillHold, nothingNewerRemoved, tokensGrow } from "../../linearizability/check/ownership.ts";
import { nothingSecret } from "../../linearizability/check/secrets.ts";
import { effectsAreFenced, sectionsDoNotOverlap } from "../../linearizability/check/sections.ts";
import { MICROS_OF_A_SECOND } from "../../linearizability/history.ts";
import { aLock, givenBack, LockHistory, noLock } from "../../builders/lockHistory.ts";

const seconds = (count: number): number => count * MICROS_OF_A_SECOND;
const found = ({ invariant, violations }: Finding): string => `${invariant} ${violations.length}`;
const mine = aLock();
const bens = aLock({ holder: "ben", claim: "claim-2", transitions: 2 });
const people = (): LockHistory => new LockHistory().client("ann").client("ben");

describe("I2, tokens", () => {
  test("grow with each owner", () => {
    const history = people().truth(1, "1", noLock).truth(2, "2", mine).truth(3, "3", bens);
    assert.equal(found(tokensGrow(history.entries)), "I2 0");
  });

  test("that stay for another owner, or go back, are found", () => {
    const history = people()
      .truth(1, "1", mine)
      .truth(2, "2", { ...bens, transitions: 1 })
      .truth(3, "3", { ...bens, transitions: 0 });
    assert.equal(found(tokensGrow(history.entries)), "I2 2");
  });
});

describe("I3, work at one machine", () => {
  const working = (second: number): LockHistory =>
    people()
      .add({ entry: "enter", client: "ann", at: seconds(1), machine: "dev1", token: 1, run: "a" })
      .add({ entry: "leave", client: "ann", at: seconds(60), machine: "dev1", run: "a", why: "taken" })
      .add({ entry: "enter", client: "ben", at: seconds(second), machine: "dev1", token: 2, run: "b" })
      .add({ entry: "leave", client: "ben", at: seconds(80), machine: "dev1", run: "b", why: "finished" });

  test("of one after the other is as it should be", () => {
    assert.equal(found(sectionsDoNotOverlap(working(61).entries)), "I3 0");
  });

  test("of two at the same time is found", () => {
    assert.equal(found(sectionsDoNotOverlap(working(59).entries)), "I3 1");
  });

  test("is nobody's fault who was paused", () => {
    const paused = working(59).add({
      ...{ entry: "fault", at: seconds(30), fault: "client paused", until: seconds(58), clients: ["ann"] },
    });
    assert.equal(found(sectionsDoNotOverlap(paused.entries)), "I3 0");
  });

  test("is the fault of who could renew", () => {
    const renewed = working(59).add({
      ...{ entry: "renewal", client: "ann", at: seconds(50), from: seconds(50), machine: "dev1", run: "a" },
      isDone: true,
    });
    assert.equal(found(sectionsDoNotOverlap(renewed.entries)), "I3 1");
  });
});

test("I4: an effect under a lower token than one before is found", () => {
  const effect = (client: string, at: number, token: number): LockHistory =>
    history.add({
      ...{ entry: "effect", client, at, from: at - 1, machine: "dev1", token, run: client },
      ...{ result: "accepted", highest: 0 },
    });
  const history = people();
  effect("ann", 10, 1);
  effect("ben", 20, 2);
  assert.equal(found(effectsAreFenced(history.entries)), "I4 0");
  effect("ann", 30, 1);
  assert.equal(found(effectsAreFenced(history.entries)), "I4 1");
});

describe("I5, unlocking", () => {
  const unlocking = (before: ReturnType<typeof aLock>): LockHistory =>
    people()
      .truth(1, "1", mine)
      .truth(2, "2", { ...mine, claim: "newer" })
      .write({
        ...{ client: "ben", from: 3, verb: "unlock-other", before, after: givenBack(mine), version: "3" },
      })
      .truth(4, "3", givenBack(mine));

  test("the lock that was shown is as it should be", () => {
    assert.equal(found(nothingNewerRemoved(unlocking({ ...mine, claim: "newer" }).entries)), "I5 0");
  });

  test("one that was newer is found", () => {
    assert.equal(found(nothingNewerRemoved(unlocking(mine).entries)), "I5 1");
  });
});

describe("I6, who was told that they hold it", () => {
  const claimed = (): LockHistory =>
    people()
      .truth(1, "1", noLock)
      .write({ client: "ann", from: 2, before: noLock, after: mine, version: "2" })
      .truth(3, "2", mine);

  test("holds it at the next reading", () => {
    assert.equal(found(holdersStillHold(claimed().read("ann", 10, 11, mine, "2").entries)), "I6 0");
  });

  test("may have been robbed of it", () => {
    const robbed = claimed()
      .write({ client: "ben", from: 5, verb: "steal", before: mine, after: bens, version: "3" })
      .truth(6, "3", bens)
      .read("ann", 10, 11, bens, "3");
    assert.equal(found(holdersStillHold(robbed.entries)), "I6 0");
  });

  test("is not judged by states that nobody told of, and that is said", () => {
    const gap = claimed()
      .add({ entry: "truth", at: 6, machine: "dev1", version: "4", lock: bens, isAfterGap: true })
      .read("ann", 10, 11, bens, "4");
    const { checked, violations } = holdersStillHold(gap.entries);
    assert.match(checked, /1 writes not judged/u);
    assert.deepEqual(violations, []);
  });

  test("and holds it no more though nobody may have taken it: found", () => {
    const vanished = claimed().truth(6, "3", bens).read("ann", 10, 11, bens, "3");
    assert.equal(found(holdersStillHold(vanished.entries)), "I6 1");
  });
});

test("I7: a machine that nobody gets after all faults have healed is found", () => {
  const history = people().add({ entry: "healed", at: seconds(1) });
  const plan = { machines: ["dev1"], lockSeconds: 3 };
  assert.equal(found(everythingGoesOn(history.entries, plan)), "I7 2");
  history
    .write({ client: "ann", from: seconds(2), before: noLock, after: mine })
    .add({ entry: "enter", client: "ben", at: seconds(3), machine: "dev1", token: 1, run: "b" });
  assert.equal(found(everythingGoesOn(history.entries, plan)), "I7 0");
});

describe("I8, a board", () => {
  const board = (letsGo: number): LockHistory => {
    const row = { machine: "dev1", until: 0 };
    return people()
      .add({ entry: "shown", client: "ann", at: seconds(1), state: "held", holder: "ann", ...row })
      .truth(seconds(2), "2", givenBack(mine))
      .add({ entry: "shown", client: "ann", at: seconds(letsGo), state: "free", holder: "", ...row });
  };

  test("that lets go once its silent watch is noticed is as it should be", () => {
    assert.equal(found(boardsLetGo(board(2 + 115).entries)), "I8 0");
  });

  test("that says mine for longer is found", () => {
    assert.equal(found(boardsLetGo(board(2 + 125).entries)), "I8 1");
  });
});

test("I9: a token in any file or text is found, and not repeated", async () => {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-secrets-"));
  const file = join(folder, "history.jsonl");
  await writeFile(file, 'harmless\n{"text":"401 for s3cr3t"}\n');
  const { violations } = await nothingSecret([file], ["all is well", "Authorization: Bearer x"], ["s3cr3t"]);
  await rm(folder, { recursive: true });
  assert.deepEqual(violations, ["history.jsonl, line 2", "standard error, line 1"]);
});
