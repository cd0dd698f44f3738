import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  chooseMachine,
  claimed,
  HISTORY_LENGTH,
  judgeLock,
  lockRef,
  unlocked,
  type Claim,
  type LockRecord,
  type LockState,
  type MachineLock,
} from "../../../src/domain/lock.ts";
import { isSamePerson } from "../../../src/domain/person.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { aHold, at, freeLock, heldLock } from "../../builders/lock.ts";

const claim: Claim = { by: ann, branch: aBranch(), commit: aCommit(), nonce: "n1" };
const renewed = (record: LockRecord, now: number, hours = 12): LockRecord & { readonly kind: "held" } => {
  const next = claimed(record, claim, now, hours * HOUR_MS);
  if (next.kind !== "held") assert.fail("a claim always holds");
  return next;
};

describe("when a lock ends", () => {
  const lock = heldLock({ until: at("12:00") });
  const cases: readonly (readonly [string, LockState["kind"]])[] = [
    ["11:59:59", "held"],
    ["11:59:59.999", "held"],
    ["12:00:00.000", "expired"],
    ["12:00:00.001", "expired"],
  ];
  for (const [time, kind] of cases) {
    test(`a lock until 12:00 is ${kind} at ${time}`, () => {
      assert.deepEqual(judgeLock(lock, at(time)), { kind, hold: lock.hold });
    });
  }

  test("a free lock is free at any time, and says whose it was", () => {
    assert.deepEqual(judgeLock(freeLock(aHold()), at("23:00")), { kind: "free", last: aHold() });
  });

  test("a lock that cannot be read never becomes free by time", () => {
    const record: LockRecord = { kind: "unreadable", holder: "who", problem: "no renewTime" };
    assert.deepEqual(judgeLock(record, Number.MAX_SAFE_INTEGER), record);
  });
});

describe("what a claim writes", () => {
  test("a free machine: held from now on, one transition more, a line of history", () => {
    assert.deepEqual(renewed(freeLock(undefined, 7), at("08:00")), {
      kind: "held",
      hold: {
        by: ann,
        since: at("08:00"),
        renewedAt: at("08:00"),
        until: at("20:00"),
        branch: aBranch(),
        commit: aCommit(),
        claim: "n1",
      },
      transitions: 8,
      history: [{ at: at("08:00"), by: "Ann Lee", what: "claimed", branch: aBranch(), commit: aCommit() }],
    });
  });

  test("one's own machine: since stays, the end moves on, no transition more", () => {
    const next = renewed(heldLock({ since: at("07:00"), until: at("12:00") }, 7), at("08:00"));
    assert.deepEqual(
      [next.hold.since, next.hold.until, next.transitions, next.history.at(-1)?.what],
      [at("07:00"), at("20:00"), 7, "renewed"],
    );
  });

  test("an extended lock is not shortened by devdeploying again", () => {
    assert.equal(renewed(heldLock({ until: at("23:00") }), at("08:00")).hold.until, at("23:00"));
  });

  test("one's own reason stays, another's does not", () => {
    assert.equal(renewed(heldLock({ reason: "demo" }), at("08:00")).hold.reason, "demo");
    const ended = heldLock({ by: ben, reason: "demo", until: at("07:00") });
    assert.equal(renewed(ended, at("08:00")).hold.reason, undefined);
  });

  test("one's own lock that has ended is claimed anew: since is now, one transition more", () => {
    const next = renewed(heldLock({ until: at("12:00") }, 7), at("12:00"));
    assert.deepEqual([next.hold.since, next.transitions], [at("12:00"), 8]);
  });

  test("history keeps the last entries only", () => {
    let record: LockRecord = freeLock();
    for (let count = 0; count < HISTORY_LENGTH + 5; count += 1) record = renewed(record, at("08:00") + count);
    assert.equal(record.kind === "held" && record.history.length, HISTORY_LENGTH);
    assert.equal(record.kind === "held" && record.history.at(-1)?.at, at("08:00") + HISTORY_LENGTH + 4);
  });

  test("a lock that cannot be read is never claimed", () => {
    const record: LockRecord = { kind: "unreadable", holder: "who", problem: "" };
    assert.throws(() => claimed(record, claim, 0, HOUR_MS));
  });

  test("the end never moves to an earlier time, and the fencing token never falls", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 48 }),
        fc.integer({ min: -24, max: 72 }),
        fc.integer({ min: 1, max: 48 }),
        fc.boolean(),
        (now, until, lasts, isMine) => {
          const before = heldLock({ by: isMine ? ann : ben, until: until * HOUR_MS }, 3);
          const next = renewed(before, now * HOUR_MS, lasts);
          const wasMine = isMine && until > now;
          assert.ok(next.hold.until >= (now + lasts) * HOUR_MS);
          if (wasMine) assert.ok(next.hold.until >= before.hold.until);
          assert.equal(next.transitions, wasMine ? 3 : 4);
        },
      ),
    );
  });
});

test("an unlocked machine is free, last mine, with its fencing token and a line of history", () => {
  const held = heldLock({}, 9);
  assert.deepEqual(unlocked(held, ann, at("09:00")), {
    kind: "free",
    transitions: 9,
    last: held.hold,
    history: [{ at: at("09:00"), by: "Ann Lee", what: "unlocked" }],
  });
});

test("the reservation of a machine is the Lease of its name", () => {
  assert.deepEqual(lockRef("dev1", { context: "staging", namespace: "devdeploy" }), {
    context: "staging",
    namespace: "devdeploy",
    name: "dev1",
  });
});

describe("which machine a person gets", () => {
  const mine: LockState = { kind: "held", hold: aHold({ by: ann }) };
  const theirs: LockState = { kind: "held", hold: aHold({ by: ben }) };
  const free: LockState = { kind: "free" };
  const lastMine: LockState = { kind: "free", last: aHold({ by: ann }) };
  const endedMine: LockState = { kind: "expired", hold: aHold({ by: ann }) };
  const endedTheirs: LockState = { kind: "expired", hold: aHold({ by: ben }) };
  const unreadable: LockState = { kind: "unreadable", holder: "who", problem: "" };
  const locksOf = (states: readonly LockState[]): readonly MachineLock[] =>
    states.map((state, index) => ({ machine: `dev${index + 1}`, state }));
  const cases: readonly (readonly [string, readonly LockState[], string])[] = [
    ["the one that is theirs, before any free one", [free, mine], "mine dev2"],
    ["the one that was last theirs, before another free one", [free, lastMine], "mine-again dev2"],
    ["the one whose lock of theirs has ended", [free, endedMine], "mine-again dev2"],
    ["a free one before one whose lock has ended", [endedTheirs, free], "free dev2"],
    ["one whose lock has ended, when none is free", [theirs, endedTheirs], "free dev2"],
    ["none, when all are held by others", [theirs, theirs], "full"],
    [
      "none of those that are unreadable, missing or unknown",
      [unreadable, { kind: "missing" }, { kind: "unknown" }],
      "full",
    ],
    [
      "none that is kept for somebody else",
      [{ kind: "kept", for: ben, until: 0, freeAt: 0, isAcknowledged: true }],
      "full",
    ],
    ["none of an empty pool", [], "full"],
  ];
  for (const [rule, states, expected] of cases) {
    test(rule, () => {
      const choice = chooseMachine(locksOf(states), ann);
      assert.equal(choice.kind === "full" ? "full" : `${choice.kind} ${choice.machine}`, expected);
    });
  }

  const anyState = fc.constantFrom<LockState>(
    mine,
    theirs,
    free,
    lastMine,
    endedMine,
    endedTheirs,
    unreadable,
    { kind: "missing" },
    { kind: "unknown" },
  );
  test("what is held by another, unreadable, missing or unknown is never chosen, and what may be had is always found", () => {
    fc.assert(
      fc.property(fc.array(anyState), (states) => {
        const locks = locksOf(states);
        const choice = chooseMachine(locks, ann);
        const mayBeHad = ({ kind }: LockState): boolean => kind === "free" || kind === "expired";
        const isMine = (state: LockState): boolean =>
          state.kind === "held" && isSamePerson(state.hold.by, ann);
        const chosen =
          choice.kind === "full" ? undefined : locks.find(({ machine }) => machine === choice.machine);
        assert.equal(chosen === undefined, !states.some((state) => mayBeHad(state) || isMine(state)));
        assert.ok(chosen === undefined || mayBeHad(chosen.state) || isMine(chosen.state));
        assert.equal(choice.kind === "mine", states.some(isMine));
      }),
    );
  });
});
