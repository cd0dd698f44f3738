import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { ObjectVersion } from "../../../src/domain/cluster.ts";
import {
  chooseMachine,
  freeSince,
  HISTORY_LENGTH,
  isStillShown,
  judgeLock,
  lockRef,
  MOST_ASKS,
  shownLock,
  type LockChange,
  type LockRecord,
  type LockState,
  type MachineLock,
  type StoredLock,
} from "../../../src/domain/lock.ts";
import {
  asked,
  claimed,
  cleared,
  extended,
  kept,
  takenOver,
  unlocked,
  type Claim,
} from "../../../src/domain/lockChanges.ts";
import { isSamePerson, type Person } from "../../../src/domain/person.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { aHold, anAsk, at, freeLock, heldLock } from "../../builders/lock.ts";

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
      history: [
        {
          at: at("08:00"),
          by: "Ann Lee",
          who: "ann <ann@example.com>",
          what: "claimed",
          branch: aBranch(),
          commit: aCommit(),
          nonce: "n1",
        },
      ],
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

/** The last line of a record's history. */
const lastChange = (record: LockRecord): LockChange | undefined => record.history?.at(-1);

const ownChange = { by: "Ann Lee", who: "ann <ann@example.com>" };
const bensChange = { by: "Ben Ode", who: "ben <ben@example.com>" };

describe("what an unlocking writes", () => {
  test("the machine is free, last mine, with its fencing token and a line of history", () => {
    const held = heldLock({}, 9);
    assert.deepEqual(unlocked(held, ann, at("09:00")), {
      kind: "free",
      transitions: 9,
      last: held.hold,
      history: [{ at: at("09:00"), ...ownChange, what: "unlocked" }],
    });
  });

  test("another's names whose it was and why, which is how they learn of it", () => {
    const free = unlocked(heldLock({ by: ann }), ben, at("09:00"), { reason: "demo", nonce: "n2" });
    assert.deepEqual(lastChange(free), {
      at: at("09:00"),
      ...bensChange,
      what: "unlocked",
      of: "ann <ann@example.com>",
      reason: "demo",
      nonce: "n2",
    });
  });

  test("the asks of those who wanted it end with it", () => {
    const free = unlocked(asked(heldLock(), anAsk()), ann, at("09:00"));
    assert.equal("asks" in free, false);
  });

  test("what could not be read keeps its fencing token and its history, and is nobody's last", () => {
    const history: readonly LockChange[] = [{ at: at("07:00"), by: "Ann", what: "claimed" }];
    const before = { kind: "unreadable", holder: "who", problem: "", transitions: 7, history } as const;
    assert.deepEqual(cleared(before, ben, at("09:00"), { nonce: "n2" }), {
      kind: "free",
      transitions: 7,
      history: [...history, { at: at("09:00"), ...bensChange, what: "unlocked", of: "who", nonce: "n2" }],
    });
  });
});

describe("what a take-over writes", () => {
  const bens = asked(
    heldLock({ by: ben, since: at("07:00"), until: at("23:00"), reason: "mine" }, 4),
    anAsk(),
  );
  const next = takenOver(bens, { ...claim, reason: "production is down" }, at("09:00"), 12 * HOUR_MS);

  test("the machine is held from now on by who took it, and nothing of the former lock is left", () => {
    assert.deepEqual(next, {
      kind: "held",
      hold: {
        by: ann,
        since: at("09:00"),
        renewedAt: at("09:00"),
        until: at("21:00"),
        branch: aBranch(),
        commit: aCommit(),
        claim: "n1",
      },
      transitions: 5,
      history: [
        {
          at: at("09:00"),
          ...ownChange,
          what: "claimed",
          branch: aBranch(),
          commit: aCommit(),
          of: "ben <ben@example.com>",
          reason: "production is down",
          nonce: "n1",
        },
      ],
    });
  });
});

describe("what an extension writes", () => {
  const extension = { by: ann, lasts: 24 * HOUR_MS, nonce: "n2" };

  test("the end is counted from now; branch, since and fencing token stay", () => {
    const held = heldLock({ since: at("07:00"), until: at("12:00") }, 4);
    assert.deepEqual(extended(held, { ...extension, reason: "demo" }, at("09:00")), {
      kind: "held",
      hold: {
        ...held.hold,
        renewedAt: at("09:00"),
        until: at("09:00") + 24 * HOUR_MS,
        claim: "n2",
        reason: "demo",
      },
      transitions: 4,
      history: [{ at: at("09:00"), ...ownChange, what: "extended", reason: "demo", nonce: "n2" }],
    });
  });

  test("without a reason the one that was given before stays", () => {
    assert.equal(extended(heldLock({ reason: "demo" }), extension, at("09:00")).hold.reason, "demo");
  });

  test("it never shortens", () => {
    fc.assert(
      fc.property(fc.nat(72), fc.nat(48), (until, lasts) => {
        const held = heldLock({ until: at("09:00") + until * HOUR_MS });
        const next = extended(held, { ...extension, lasts: lasts * HOUR_MS }, at("09:00"));
        assert.equal(next.hold.until, at("09:00") + Math.max(until, lasts) * HOUR_MS);
      }),
    );
  });
});

describe("asks", () => {
  const bens = anAsk({ by: "ben <ben@example.com>", at: at("09:00") });

  test("each person has one, the newest", () => {
    const again = { ...bens, at: at("09:30") };
    const noted = asked(asked(asked(heldLock(), bens), anAsk({ by: "eve <>" })), again);
    assert.deepEqual(noted.asks, [anAsk({ by: "eve <>" }), again]);
  });

  test("the oldest of too many goes", () => {
    let record = heldLock();
    for (let count = 0; count <= MOST_ASKS; count += 1)
      record = asked(record, anAsk({ by: `person-${count}` }));
    assert.deepEqual([record.asks?.length, record.asks?.[0]?.by], [MOST_ASKS, "person-1"]);
  });

  test("the holder's answer is for those that they saw; who asked a moment later still waits for one", () => {
    const later = anAsk({ by: "eve <>", at: at("09:10") });
    const answered = kept(asked(asked(heldLock(), bens), later), at("09:11"), [bens]);
    assert.deepEqual(answered.asks, [{ ...bens, keptAt: at("09:11") }, later]);
  });

  test("an answer that was given stays as it was given", () => {
    const given = kept(asked(heldLock(), bens), at("09:11"), [bens]);
    assert.deepEqual(kept(given, at("10:00"), given.asks ?? []), given);
  });

  test("they outlive a devdeploy of the holder's own, and nobody else's claim", () => {
    const noted = asked(heldLock({ by: ann, until: at("12:00") }), bens);
    assert.deepEqual(renewed(noted, at("09:30")).asks, [bens]);
    assert.equal(renewed(noted, at("12:00")).asks, undefined);
  });
});

describe("whether a lock is still the one that was shown", () => {
  const stored = (record: LockRecord, version: Partial<ObjectVersion> = {}): StoredLock => ({
    record,
    version: { uid: "u1", resourceVersion: "7", ...version },
  });
  const before = heldLock({ claim: "n1" }, 4);
  const shown = shownLock(stored(before)) ?? assert.fail("held");
  const cases: readonly (readonly [string, StoredLock, boolean])[] = [
    ["it is the same object", stored(before), true],
    ["somebody left a note on it", stored(asked(before, anAsk()), { resourceVersion: "8" }), true],
    [
      "the holder answered a note",
      stored(kept(asked(before, anAsk()), 0, []), { resourceVersion: "9" }),
      true,
    ],
    ["the object was made anew", stored(before, { uid: "u2" }), false],
    ["the holder devdeployed again", stored(renewed(before, at("08:00"))), false],
    ["the holder extended it", stored(heldLock({ claim: "n2" }, 4)), false],
    ["somebody else has it", stored(heldLock({ by: ben, claim: "n1" }, 4)), false],
    ["it went through other hands and back", stored(heldLock({ claim: "n1" }, 6)), false],
    ["somebody edited its end", stored(heldLock({ claim: "n1", until: at("13:00") }, 4)), false],
    ["it is free", stored(freeLock(before.hold, 4)), false],
    ["it cannot be read", stored({ kind: "unreadable", holder: "who", problem: "" }), false],
  ];
  for (const [what, now, expected] of cases) {
    test(`${what}: ${expected ? "still" : "no longer"}`, () => {
      assert.equal(isStillShown(shown, now), expected);
    });
  }
});

describe("when a machine became free", () => {
  const unlockedAtNine = unlocked(heldLock(), ann, at("09:00"));
  const cases: readonly (readonly [string, LockRecord, number | undefined])[] = [
    ["an ended lock: at its end", heldLock({ until: at("12:00") }), at("12:00")],
    ["an unlocked one: when it was unlocked", unlockedAtNine, at("09:00")],
    ["one that nobody ever held: unknown", freeLock(), undefined],
    [
      "one that somebody emptied by hand after a claim: unknown",
      { kind: "free", transitions: 1, history: heldLock().history },
      undefined,
    ],
  ];
  for (const [what, record, expected] of cases) {
    test(what, () => {
      assert.equal(freeSince(record), expected);
    });
  }
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
  const keptFor = (person: Person): LockState => ({
    kind: "kept",
    for: person,
    until: 0,
    freeAt: 0,
    isAcknowledged: true,
  });
  const keptForMe = keptFor(ann);
  const keptForBen = keptFor(ben);
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
    ["the one that is kept for them, before one that was last theirs", [lastMine, keptForMe], "kept dev2"],
    ["their own before one that is kept for them", [keptForMe, mine], "mine dev2"],
    ["none that is kept for somebody else", [keptForBen], "full"],
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
    keptForMe,
    keptForBen,
    { kind: "missing" },
    { kind: "unknown" },
  );
  test("what is held by or kept for another, unreadable, missing or unknown is never chosen, and what may be had is always found", () => {
    fc.assert(
      fc.property(fc.array(anyState), (states) => {
        const locks = locksOf(states);
        const choice = chooseMachine(locks, ann);
        const mayBeHad = (state: LockState): boolean =>
          state.kind === "free" || state.kind === "expired" || state === keptForMe;
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
