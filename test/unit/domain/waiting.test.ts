import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type LockRecord } from "../../../src/domain/lock.ts";
import { unlocked } from "../../../src/domain/lockChanges.ts";
import { holderIdentity, type Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import {
  acknowledged,
  ANSWER_WITHIN_MS,
  current,
  joined,
  judgePool,
  keepings,
  KEPT_MS,
  left,
  MOST_WAITERS,
  waitingRef,
  WAITS_AT_MOST_MS,
  type Freed,
  type Keeping,
  type Waiter,
} from "../../../src/domain/waiting.ts";
import { aBranch, ann, aPool, ben } from "../../builders/deploy.ts";
import { aHold, at, aWaiter, freeLock, heldLock } from "../../builders/lock.ts";

const eve: Person = { user: "eve", mail: "eve@example.com", name: "Eve Day" };
const dev1: Freed = { machine: "dev1", freeAt: at("12:00") };
const dev2: Freed = { machine: "dev2", freeAt: at("12:00:30") };

const anns = aWaiter(ann, { since: at("08:00") });
const bens = aWaiter(ben, { since: at("09:00") });
const eves = aWaiter(eve, { since: at("10:00") });
const everybody = [anns, bens, eves];

/** Whose each machine is for now, e.g. `dev1 Ann Lee until 12:01:00`. */
const shown = ({ machine, for: { name }, until, isAcknowledged }: Keeping): string =>
  `${machine} ${name} until ${new Date(until).toISOString().slice(11, 19)}${isAcknowledged ? ", knows" : ""}`;
const keptAt = (time: string, freed: readonly Freed[], waiters: readonly Waiter[]): readonly string[] =>
  keepings(freed, waiters, at(time)).map(shown);
const knows = (waiters: readonly Waiter[], person: Person, freed: Freed, from: string): readonly Waiter[] =>
  acknowledged(waiters, holderIdentity(person), { ...freed, from: at(from) });

describe("one freed machine", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["is not yet anybody's before it is free", "11:58:00", []],
    ["is offered to the first who waits", "12:00:00", ["dev1 Ann Lee until 12:01:00"]],
    ["is theirs to the last second of their minute", "12:00:59.999", ["dev1 Ann Lee until 12:01:00"]],
    [
      "is passed on when their editor has not answered in a minute",
      "12:01:00",
      ["dev1 Ben Ode until 12:02:00"],
    ],
    ["goes down the list", "12:02:30", ["dev1 Eve Day until 12:03:00"]],
    ["is everybody's once the list is exhausted", "12:03:00", []],
    ["stays everybody's", "18:00:00", []],
  ];
  for (const [rule, time, expected] of cases) {
    test(rule, () => {
      assert.deepEqual(keptAt(time, [dev1], everybody), expected);
    });
  }

  test("whose clock is a second behind offers it to the same person", () => {
    assert.deepEqual(keptAt("11:59:59", [dev1], everybody), ["dev1 Ann Lee until 12:00:59"]);
  });

  test("is theirs for ten minutes once their editor has said that it knows", () => {
    const known = knows(everybody, ann, dev1, "12:00");
    assert.deepEqual(
      ["12:05:00", "12:09:59", "12:10:00"].map((time) => keptAt(time, [dev1], known)),
      [
        ["dev1 Ann Lee until 12:10:00, knows"],
        ["dev1 Ann Lee until 12:10:00, knows"],
        ["dev1 Ben Ode until 12:11:00"],
      ],
    );
  });

  test("ten minutes count from when it was offered, not from when it became free", () => {
    assert.deepEqual(keptAt("12:05:00", [dev1], knows(everybody, ben, dev1, "12:01")), [
      "dev1 Ben Ode until 12:11:00, knows",
    ]);
  });

  test("what was said of an earlier freeing counts no more", () => {
    const again = { ...dev1, freeAt: at("14:00") };
    assert.deepEqual(keptAt("14:00:30", [again], knows(everybody, ann, dev1, "12:00")), [
      "dev1 Ann Lee until 14:01:00",
    ]);
  });

  test("is offered by when people came, whatever the order of the list", () => {
    assert.deepEqual(keptAt("12:00:10", [dev1], [eves, bens, anns]), ["dev1 Ann Lee until 12:01:00"]);
  });

  test("is not offered to who came after their turn would have begun", () => {
    const late = aWaiter(ann, { since: at("12:00:10") });
    assert.deepEqual(keptAt("12:00:20", [dev1], [late]), []);
    assert.deepEqual(keptAt("12:01:20", [dev1], [bens, late]), ["dev1 Ann Lee until 12:02:00"]);
  });

  test("is not offered to who has waited for a day and forgotten it", () => {
    const old = aWaiter(ann, { since: at("12:00") - WAITS_AT_MOST_MS });
    assert.deepEqual(keptAt("12:00:10", [dev1], [old, bens]), ["dev1 Ben Ode until 12:01:00"]);
  });

  test("that became free at a time that nobody's clock can be at is kept for nobody", () => {
    assert.deepEqual(keptAt("12:00", [{ ...dev1, freeAt: at("23:00") }], everybody), []);
  });
});

describe("several freed machines", () => {
  test("go to one person each, in the order in which they became free", () => {
    assert.deepEqual(keptAt("12:00:40", [dev2, dev1], everybody), [
      "dev1 Ann Lee until 12:01:00",
      "dev2 Ben Ode until 12:01:30",
    ]);
  });

  test("that became free at once go by their names", () => {
    const same = { ...dev2, freeAt: dev1.freeAt };
    assert.deepEqual(keptAt("12:00:40", [same, dev1], [anns]), ["dev1 Ann Lee until 12:01:00"]);
  });

  test("who is being kept one is passed over for the other", () => {
    assert.deepEqual(keptAt("12:01:10", [dev1, dev2], knows([anns, bens], ann, dev1, "12:00")), [
      "dev1 Ann Lee until 12:10:00, knows",
      "dev2 Ben Ode until 12:01:30",
    ]);
  });

  test("who knows of theirs keeps it when another machine is gone from before them", () => {
    const known = knows(everybody, ben, dev2, "12:00:30");
    assert.deepEqual(keptAt("12:01:10", [dev2], known), ["dev2 Ben Ode until 12:10:30, knows"]);
  });

  test("of two that somebody wrote down for one person at once, one counts", () => {
    const twice = [
      { ...anns, acknowledged: { ...dev1, from: at("12:00") } },
      { ...anns, acknowledged: { ...dev2, from: at("12:00:30") } },
    ];
    assert.deepEqual(keptAt("12:01:00", [dev1, dev2], twice), ["dev1 Ann Lee until 12:10:00, knows"]);
  });

  test("an answer from the future does not count yet", () => {
    assert.deepEqual(keptAt("12:00:10", [dev1], knows(everybody, ben, dev1, "23:00")), [
      "dev1 Ann Lee until 12:01:00",
    ]);
  });
});

describe("who stops waiting", () => {
  const annLeft = (waiters: readonly Waiter[], time: string): readonly Waiter[] =>
    left(waiters, holderIdentity(ann), at(time));

  test("gives their turn to the next, who has a whole one", () => {
    const list = annLeft(knows(everybody, ann, dev1, "12:00"), "12:05");
    assert.deepEqual(keptAt("12:05:10", [dev1], list), ["dev1 Ben Ode until 12:06:00"]);
  });

  test("takes nothing from who knows of theirs, behind them", () => {
    const list = annLeft(knows(everybody, ben, dev1, "12:01"), "12:05");
    assert.deepEqual(keptAt("12:10:10", [dev1], list), ["dev1 Ben Ode until 12:11:00, knows"]);
  });

  test("takes nothing from whose turn it is", () => {
    assert.deepEqual(keptAt("12:01:50", [dev1], annLeft(everybody, "12:01:30")), [
      "dev1 Ben Ode until 12:02:00",
    ]);
  });

  test("waits no longer, and is forgotten after an hour", () => {
    const list = annLeft(everybody, "12:00");
    assert.deepEqual(current(list, at("12:00")), [bens, eves]);
    const later = joined(list, aWaiter({ ...ann, user: "fay" }, { since: at("13:00") }));
    assert.deepEqual(later.slice(0, 2), [bens, eves]);
  });

  test("who comes again waits at the end", () => {
    const again = aWaiter(ann, { since: at("12:30") });
    const list = joined(annLeft(everybody, "12:00"), again);
    assert.deepEqual(current(list, at("12:30")), [bens, eves, again]);
  });

  test("who was not waiting changes nothing", () => {
    assert.deepEqual(left([bens], holderIdentity(ann), at("12:00")), [bens]);
  });
});

describe("joining", () => {
  test("puts a person at the end", () => {
    assert.deepEqual(joined([anns], bens), [anns, bens]);
  });

  test("again keeps the place, and takes the branch that they want now", () => {
    const again = aWaiter(ann, { since: at("11:00"), branch: "task/b" });
    assert.deepEqual(joined([anns, bens], again), [{ ...anns, branch: "task/b" }, bens]);
  });

  test("again without a branch keeps the one that they wanted", () => {
    const wanted = { ...anns, branch: aBranch() };
    assert.deepEqual(joined([wanted], aWaiter(ann, { since: at("11:00") })), [wanted]);
  });

  test("drops who has waited for a day", () => {
    const today = aWaiter(ben, { since: anns.since + WAITS_AT_MOST_MS });
    assert.deepEqual(joined([anns], today), [today]);
  });

  test("a full list stays as it is", () => {
    const list = Array.from({ length: MOST_WAITERS }, (_, index) => aWaiter({ ...ann, user: `${index}` }));
    assert.deepEqual(joined(list, bens), list);
  });

  test("a list that somebody filled with the distant future is not full", () => {
    const list = Array.from({ length: MOST_WAITERS }, (_, index) =>
      aWaiter({ ...ann, user: `${index}` }, { since: at("08:00") + 400 * 24 * HOUR_MS }),
    );
    assert.deepEqual(joined(list, bens), [bens]);
  });
});

test("the waiting list of a pool lies where its machines' locks lie; a pool without machines has none", () => {
  assert.deepEqual(waitingRef(aPool()), { context: "staging", namespace: "devdeploy", name: "dev" });
  assert.equal(waitingRef(aPool([])), undefined);
});

describe("a pool", () => {
  const free = unlocked(heldLock({ by: eve }), eve, at("12:00"));
  const ended = heldLock({ by: eve, until: at("12:00") });
  const judged = (
    records: Readonly<Record<string, LockRecord | undefined>>,
    waiters: readonly Waiter[],
    time: string,
  ): readonly string[] =>
    judgePool(
      Object.entries(records).map(([machine, record]) => ({ machine, record })),
      waiters,
      at(time),
    ).map(({ machine, state }) =>
      state.kind === "kept" ? `${machine} kept for ${state.for.name}` : `${machine} ${state.kind}`,
    );

  test("an unlocked machine and an ended one are kept alike, and say whose they were", () => {
    for (const record of [free, ended]) {
      assert.deepEqual(judgePool([{ machine: "dev1", record }], [anns], at("12:00:10")), [
        {
          machine: "dev1",
          state: {
            kind: "kept",
            for: ann,
            until: at("12:01"),
            freeAt: at("12:00"),
            isAcknowledged: false,
            last: aHold({ by: eve, until: at("12:00") }),
          },
        },
      ]);
    }
  });

  test("what is held, unreadable or missing is kept for nobody", () => {
    const records = {
      dev1: heldLock({ by: eve, until: at("18:00") }),
      dev2: { kind: "unreadable", holder: "who", problem: "" } as const,
      dev3: undefined,
    };
    assert.deepEqual(judged(records, everybody, "12:00:10"), [
      "dev1 held",
      "dev2 unreadable",
      "dev3 missing",
    ]);
  });

  test("one that became free at an unknown time is everybody's", () => {
    assert.deepEqual(judged({ dev1: freeLock() }, everybody, "12:00:10"), ["dev1 free"]);
  });

  test("who holds a machine waits for none, though still on the list", () => {
    const records = { dev1: free, dev2: heldLock({ by: ann, since: at("11:00"), until: at("18:00") }) };
    assert.deepEqual(judged(records, [anns, bens], "12:00:10"), ["dev1 kept for Ben Ode", "dev2 held"]);
  });

  test("who has just got another machine gives what was kept for them to the next", () => {
    const records = { dev1: free, dev2: heldLock({ by: ann, since: at("12:05"), until: at("18:00") }) };
    const known = knows([anns, bens], ann, dev1, "12:00");
    assert.deepEqual(judged(records, known, "12:05:10"), ["dev1 kept for Ben Ode", "dev2 held"]);
  });

  test("each lock is judged by the clock of its own answer, where that is known", () => {
    const locks = [{ machine: "dev1", record: ended, now: at("11:59:59") }];
    assert.equal(judgePool(locks, everybody, at("12:00:10"))[0]?.state.kind, "held");
  });
});

describe("whatever is on the list", () => {
  const second = fc.integer({ min: -30, max: 40 * 60 }).map((count) => at("12:00") + count * SECOND_MS);
  const freed = fc.uniqueArray(
    fc.record({ machine: fc.constantFrom("dev1", "dev2", "dev3"), freeAt: second }),
    { selector: ({ machine }) => machine, maxLength: 3 },
  );
  const waiter = fc
    .record({
      by: fc.constantFrom("a", "b", "c", "d"),
      since: second.map((time) => time - 20 * MINUTE_MS),
      known: fc.option(
        fc.record({ machine: fc.constantFrom("dev1", "dev2", "dev3"), freeAt: second, from: second }),
      ),
      leftAt: fc.option(second),
    })
    .map(({ by, since, known, leftAt }): Waiter => ({
      by,
      name: by,
      since,
      ...(known === null ? {} : { acknowledged: known }),
      ...(leftAt === null ? {} : { leftAt }),
    }));
  /** Half of what people say they know of really is a freed machine. */
  const lists = fc
    .tuple(freed, fc.array(waiter, { maxLength: 8 }), fc.boolean())
    .map(([machines, list, isReal]) => ({
      machines,
      list: list.map((one, index): Waiter => {
        const machine = machines[index % Math.max(1, machines.length)];
        return isReal && one.acknowledged !== undefined && machine !== undefined
          ? { ...one, acknowledged: { ...machine, from: one.acknowledged.from } }
          : one;
      }),
    }));

  test("a machine is kept for one person at most, and one machine for a person", () => {
    fc.assert(
      fc.property(lists, second, ({ machines, list }, now) => {
        const found = keepings(machines, list, now);
        assert.equal(new Set(found.map(({ machine }) => machine)).size, found.length);
        assert.equal(new Set(found.map((keeping) => keeping.for.by)).size, found.length);
      }),
    );
  });

  test("everybody comes to the same answer, whatever order the machines and the list are read in", () => {
    fc.assert(
      fc.property(lists, second, ({ machines, list }, now) => {
        // People who came in the same second stand as they stand on the list.
        const distinct = list.map((one, index) => ({ ...one, since: one.since + index }));
        const answer = (order: (count: readonly Freed[]) => readonly Freed[], waiters: readonly Waiter[]) =>
          keepings(order(machines), waiters, now).map(shown).sort();
        assert.deepEqual(
          answer((all) => all, distinct),
          answer((all) => all.toReversed(), distinct.toReversed()),
        );
      }),
    );
  });

  test("nothing is kept for who has left or has not come yet, nor longer than ten minutes", () => {
    fc.assert(
      fc.property(lists, second, ({ machines, list }, now) => {
        for (const keeping of keepings(machines, list, now)) {
          assert.ok(keeping.until > now && keeping.until - now <= KEPT_MS);
          assert.ok(keeping.until <= (keeping.for.leftAt ?? Infinity));
          if (!keeping.isAcknowledged) {
            assert.ok(keeping.until - now <= ANSWER_WITHIN_MS);
            assert.ok(keeping.for.since <= keeping.from);
          }
        }
      }),
    );
  });

  test("every machine is everybody's in the end", () => {
    fc.assert(
      fc.property(lists, ({ machines, list }) => {
        const longest = KEPT_MS + list.length * (KEPT_MS + ANSWER_WITHIN_MS);
        const end = Math.max(at("13:00"), ...machines.map(({ freeAt }) => freeAt)) + longest;
        assert.deepEqual(keepings(machines, list, end), []);
      }),
    );
  });

  test("while nobody joins or leaves, who is kept a machine keeps it to the end that was named", () => {
    fc.assert(
      fc.property(lists, second, fc.nat(10 * 60), ({ machines, list }, now, later) => {
        for (const keeping of keepings(machines, list, now)) {
          // A turn that began before the machine was free by this clock ends as soon as it has caught up.
          if (keeping.freeAt > now) continue;
          const then = Math.min(now + later * SECOND_MS, keeping.until - 1);
          const still = keepings(machines, list, then).find(({ machine }) => machine === keeping.machine);
          const mayChange = list.some(({ acknowledged: known }) => (known?.from ?? 0) > now);
          if (!mayChange) assert.equal(still?.for.by, keeping.for.by);
        }
      }),
    );
  });
});
