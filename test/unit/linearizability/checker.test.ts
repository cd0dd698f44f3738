import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { checkerPath, checkHistories } from "../../linearizability/check/checker.ts";
import { machineHistories } from "../../linearizability/check/operations.ts";
import { aLock, givenBack, LockHistory, noLock } from "../../builders/lockHistory.ts";

const mine = aLock();
const bens = aLock({ holder: "ben", claim: "claim-2", transitions: 2 });
const people = (): LockHistory => new LockHistory().client("ann").client("ben");

describe("Porcupine with the model of a lock", () => {
  let checker: string | undefined;

  before(async () => {
    checker = await checkerPath();
  });

  const rule = (name: string, expected: "Ok" | "Illegal", history: LockHistory): void => {
    test(name, async (t) => {
      if (checker === undefined) {
        t.skip("without Go there is no checker");
        return;
      }
      const verdicts = await checkHistories(checker, machineHistories(history.entries));
      assert.deepEqual(
        verdicts.map(({ name: machine, result }) => [machine, result]),
        [["dev1", expected]],
      );
    });
  };

  rule(
    "claimed, read, given back and claimed by another: accepted",
    "Ok",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine })
      .read("ben", 20, 21, mine)
      .write({ client: "ann", from: 30, verb: "unlock", before: mine, after: givenBack(mine) })
      .write({ client: "ben", from: 40, before: givenBack(mine), after: bens }),
  );

  rule(
    "two claims of one free machine, both told that they have it: rejected",
    "Illegal",
    people()
      .write({ client: "ann", from: 10, to: 30, before: noLock, after: mine })
      .write({
        client: "ben",
        from: 11,
        to: 31,
        before: noLock,
        after: aLock({ holder: "ben", claim: "x" }),
      }),
  );

  rule(
    "a reading that is older than what was there when it began: rejected",
    "Illegal",
    people().write({ client: "ann", from: 10, before: noLock, after: mine }).read("ben", 20, 21, noLock),
  );

  rule(
    "a reading at the same time as a write, of before or after it: accepted",
    "Ok",
    people()
      .write({ client: "ann", from: 10, to: 30, before: noLock, after: mine })
      .read("ben", 12, 29, mine)
      .read("ben", 11, 13, noLock),
  );

  for (const [serverTime, expected] of [
    [9_999, "Illegal"],
    [10_000, "Ok"],
  ] as const) {
    rule(
      `another's lock until 10000 taken on a reading of ${serverTime}: ${expected === "Ok" ? "accepted" : "rejected"}`,
      expected,
      people()
        .write({ client: "ann", from: 10, before: noLock, after: mine })
        .write({ client: "ben", from: 20, before: mine, after: bens, serverTime }),
    );
  }

  rule(
    "a token that does not grow with the owner: rejected",
    "Illegal",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine })
      .write({ client: "ben", from: 20, verb: "steal", before: mine, after: { ...bens, transitions: 1 } }),
  );

  rule(
    "a write of a killed client that comes through much later: accepted",
    "Ok",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine, answer: "none" })
      .read("ben", 20, 21, noLock)
      .read("ben", 30, 31, mine),
  );

  rule(
    "a write of a killed client that never comes through: accepted",
    "Ok",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine, answer: "none" })
      .read("ben", 20, 21, noLock)
      .write({ client: "ben", from: 30, before: noLock, after: aLock({ holder: "ben" }) }),
  );

  rule(
    "a write that its verb disowned, and that is read all the same: rejected",
    "Illegal",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine, answer: "unknown", said: "not-done" })
      .read("ben", 20, 21, mine),
  );

  rule(
    "a write that its verb found done, and that is not there afterwards: rejected",
    "Illegal",
    people()
      .write({ client: "ann", from: 10, before: noLock, after: mine, answer: "unknown", said: "done" })
      .read("ben", 20, 21, noLock),
  );
});
