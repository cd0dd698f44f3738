import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judgeLock, type LockAsk, type LockRecord } from "../../../src/domain/lock.ts";
import { asked, extended, kept, takenOver, unlocked } from "../../../src/domain/lockChanges.ts";
import { newsFor, vanished, type KnownLock, type News } from "../../../src/domain/news.ts";
import { holderIdentity, type Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, ann, ben } from "../../builders/deploy.ts";
import { at, heldLock } from "../../builders/lock.ts";

const known = (record: LockRecord, now: number, lock: Partial<KnownLock> = {}): KnownLock => ({
  machine: "dev1",
  pool: "dev",
  lock: { record, version: { uid: "u", resourceVersion: "1" } },
  state: judgeLock(record, now),
  waiters: [],
  ...lock,
});

const news = (me: Person, record: LockRecord, now = at("09:00")): readonly News[] =>
  newsFor(me, [known(record, now)], now);

const key = (me: Person, ...about: readonly (string | number)[]): string =>
  JSON.stringify([holderIdentity(me), "dev1", "u", ...about]);

const kinds = (all: readonly News[]): readonly string[] => all.map(({ kind }) => kind);

/** Ann's from eight to noon, with the devdeploy in its history. */
const anns: LockRecord & { kind: "held" } = {
  ...heldLock(),
  history: [{ at: at("08:00"), by: "Ann Lee", who: holderIdentity(ann), what: "claimed", branch: "task/x" }],
};
const bensClaim = { by: ben, branch: aBranch("task/y"), commit: aCommit(), nonce: "n" };

describe("a lock that somebody else ended", () => {
  test("its former holder is told who, when, why, and for which branch they had it", () => {
    const record = unlocked(anns, ben, at("08:50"), { reason: "demo" });
    assert.deepEqual(news(ann, record), [
      {
        kind: "lost",
        key: key(ann, "lost", at("08:50")),
        machine: "dev1",
        how: "unlocked",
        by: "Ben Ode",
        at: at("08:50"),
        branch: "task/x",
        reason: "demo",
      },
    ]);
  });

  test("taken over in one write, the branch is theirs, not the one that came after", () => {
    const record = takenOver(anns, bensClaim, at("08:50"), HOUR_MS);
    assert.deepEqual(news(ann, record), [
      {
        kind: "lost",
        key: key(ann, "lost", at("08:50")),
        machine: "dev1",
        how: "taken-over",
        by: "Ben Ode",
        at: at("08:50"),
        branch: "task/x",
      },
    ]);
  });

  test("an extension in between does not hide the branch, nor do clocks of several servers that disagree", () => {
    const later = extended(anns, { by: ann, lasts: HOUR_MS, nonce: "n" }, at("08:51"));
    const [first] = news(ann, unlocked(later, ben, at("08:50")));
    assert.equal(first?.kind === "lost" && first.branch, "task/x");
  });

  test("who did it and everybody else hear nothing, and nobody hears of giving back their own", () => {
    assert.deepEqual(
      [news(ben, unlocked(anns, ben, at("08:50"))), news(ann, unlocked(anns, ann, at("08:50")))],
      [[], []],
    );
  });

  test("it is news for a day, told at the next start as well", () => {
    const record = unlocked(anns, ben, at("08:50"));
    assert.deepEqual(
      [at("08:50") + 24 * HOUR_MS - 1, at("08:50") + 24 * HOUR_MS].map((now) =>
        kinds(news(ann, record, now)),
      ),
      [["lost"], []],
    );
  });

  test("a date in the future, written by hand, is no news; a server a little ahead is", () => {
    const record = unlocked(anns, ben, at("10:00"));
    assert.deepEqual(
      [kinds(news(ann, record, at("09:00"))), kinds(news(ann, record, at("09:58")))],
      [[], ["lost"]],
    );
  });

  test("each loss of a day is told by itself", () => {
    const again = takenOver(anns, bensClaim, at("08:30"), HOUR_MS);
    const back = takenOver(again, { ...bensClaim, by: ann, branch: aBranch("task/z") }, at("08:40"), HOUR_MS);
    const all = news(ann, unlocked(back, ben, at("08:50")));
    assert.deepEqual(
      all.map((one) => one.kind === "lost" && [one.how, one.at, one.branch]),
      [
        ["taken-over", at("08:30"), "task/x"],
        ["unlocked", at("08:50"), "task/z"],
      ],
    );
  });

  test("what cannot be read tells nobody anything", () => {
    assert.deepEqual(news(ann, { kind: "unreadable", holder: "someone", problem: "no duration" }), []);
  });
});

describe("somebody asks for a machine", () => {
  const ask: LockAsk = { by: holderIdentity(ben), name: "Ben Ode", at: at("08:55"), branch: "task/y" };
  const wanted = asked(anns, ask);

  test("its holder is told who asks, and for which branch", () => {
    assert.deepEqual(news(ann, wanted), [
      { kind: "asked", key: key(ann, "asked", ask.by, ask.at), machine: "dev1", ask },
    ]);
  });

  test("who asks is told that the holder keeps it, and the holder is not asked again", () => {
    const answered = kept(wanted, at("08:58"), [ask]);
    assert.deepEqual(
      [news(ann, answered), news(ben, answered)],
      [
        [],
        [
          {
            kind: "declined",
            key: key(ben, "declined", ask.at),
            machine: "dev1",
            by: "Ann Lee",
            until: at("12:00"),
          },
        ],
      ],
    );
  });

  test("asking once more is news once more", () => {
    const again = asked(kept(wanted, at("08:58"), [ask]), { ...ask, at: at("08:59") });
    assert.deepEqual(
      [news(ann, again).map((one) => one.key), news(ben, again)],
      [[key(ann, "asked", ask.by, at("08:59"))], []],
    );
  });

  test("on a lock that is extended for days, asks and answers are forgotten after one", () => {
    const long: LockRecord = { ...wanted, hold: { ...wanted.hold, until: at("08:00") + 60 * HOUR_MS } };
    const answered = kept({ ...wanted, hold: long.hold }, at("09:00"), [ask]);
    const later = at("09:00") + 24 * HOUR_MS;
    assert.deepEqual(
      [kinds(news(ann, long)), kinds(news(ann, long, later)), kinds(news(ben, answered, later))],
      [["asked"], [], []],
    );
  });

  test("an ask of one's own, and an ask on a lock that has ended, say nothing", () => {
    const own = asked(anns, { ...ask, by: holderIdentity(ann) });
    assert.deepEqual([news(ann, own), news(ann, wanted, at("12:00"))], [[], []]);
  });
});

describe("a machine that is kept", () => {
  const state = {
    kind: "kept",
    for: ben,
    until: at("08:51"),
    freeAt: at("08:50"),
    isAcknowledged: false,
  } as const;
  const record = unlocked(anns, ann, at("08:50"));
  const waiter = { by: holderIdentity(ben), name: "Ben Ode", since: at("08:00"), branch: "task/y" };

  test("whom it is kept for is told, with the branch that they waited for", () => {
    assert.deepEqual(newsFor(ben, [known(record, at("08:50"), { state, waiters: [waiter] })], at("08:50")), [
      {
        kind: "kept",
        key: key(ben, "kept", at("08:50")),
        machine: "dev1",
        pool: "dev",
        until: at("08:51"),
        freeAt: at("08:50"),
        isAcknowledged: false,
        branch: "task/y",
      },
    ]);
  });

  test("the acknowledgement is no other news, and others hear nothing", () => {
    const acknowledged = { ...state, isAcknowledged: true, until: at("09:00") };
    const tell = (me: Person, shown: KnownLock["state"]): readonly string[] =>
      newsFor(me, [known(record, at("08:50"), { state: shown })], at("08:50")).map((one) => one.key);
    assert.deepEqual(
      [tell(ben, state), tell(ben, acknowledged), tell(ann, state)],
      [[key(ben, "kept", at("08:50"))], [key(ben, "kept", at("08:50"))], []],
    );
  });
});

describe("a lock that ends soon", () => {
  test("its holder is told from half an hour before the end on, until it ends", () => {
    const times = [at("11:30") - 1, at("11:30"), at("12:00") - 1, at("12:00")];
    assert.deepEqual(
      times.map((now) => kinds(news(ann, anns, now))),
      [[], ["ending"], ["ending"], []],
    );
  });

  test("another end is other news; a note or a new version is not", () => {
    const longer = { ...anns, hold: { ...anns.hold, until: at("12:20") } };
    const noted = asked(anns, { by: holderIdentity(ben), name: "Ben", at: at("11:40"), keptAt: at("11:41") });
    const keyOf = (record: LockRecord, now: number): readonly string[] =>
      news(ann, record, now).map((one) => one.key);
    assert.deepEqual(
      [keyOf(anns, at("11:50")), keyOf(noted, at("11:51")), keyOf(longer, at("11:50"))],
      [
        [key(ann, "ending", at("12:00"))],
        [key(ann, "ending", at("12:00"))],
        [key(ann, "ending", at("12:20"))],
      ],
    );
  });

  test("the end of somebody else's lock is no news", () => {
    assert.deepEqual(news(ben, anns, at("12:00") - MINUTE_MS), []);
  });
});

describe("a lock that is gone without a word", () => {
  const now = at("09:00");
  const before = known(anns, now);
  const after = (record: LockRecord | undefined, uid = "u"): News | undefined => {
    if (record === undefined) {
      return vanished(ann, before, { machine: "dev1", state: { kind: "missing" }, lock: undefined }, now);
    }
    return vanished(
      ann,
      before,
      known(record, now, { lock: { record, version: { uid, resourceVersion: "2" } } }),
      now,
    );
  };
  const how = (news: News | undefined): unknown =>
    news?.kind === "vanished" ? [news.how, news.holder, news.branch] : news;

  test("a Lease that was deleted, or made anew, is told to whom the lock was", () => {
    assert.deepEqual(after(undefined), {
      kind: "vanished",
      key: key(ann, "vanished", at("08:00")),
      machine: "dev1",
      how: "deleted",
      branch: "task/pay-later",
    });
    assert.deepEqual(how(after({ kind: "free", transitions: 0, history: [] }, "u2")), [
      "deleted",
      undefined,
      "task/pay-later",
    ]);
  });

  test("a Lease that was edited is told with who holds it now", () => {
    const edited: readonly LockRecord[] = [
      { ...anns, hold: { ...anns.hold, by: ben } },
      { kind: "free", transitions: 1, history: anns.history },
      { kind: "unreadable", holder: "someone", problem: "no duration", history: anns.history },
    ];
    assert.deepEqual(
      edited.map((record) => how(after(record))),
      [
        ["edited", "Ben Ode", "task/pay-later"],
        ["edited", undefined, "task/pay-later"],
        ["edited", "someone", "task/pay-later"],
      ],
    );
  });

  test("what our own verbs do is no such thing, nor is a lock that is still mine, that ended, or is unknown", () => {
    const shorter = { ...anns, hold: { ...anns.hold, until: at("10:00") } };
    const unknown = { machine: "dev1", state: { kind: "unknown" }, lock: undefined } as const;
    assert.deepEqual(
      [
        after(unlocked(anns, ann, at("08:50"))),
        after(unlocked(anns, ben, at("08:50"))),
        after(takenOver(anns, bensClaim, at("08:50"), HOUR_MS)),
        after(shorter),
        after(shorter, "u2"),
        vanished(ann, before, unknown, now),
        vanished(ann, before, { ...unknown, state: { kind: "missing" } }, at("12:00")),
        vanished(ben, before, { ...unknown, state: { kind: "missing" } }, now),
      ],
      Array.from({ length: 8 }, () => undefined),
    );
  });
});
