import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ANNOTATION, changedLease } from "../../../../src/adapters/kubernetes/leaseObject.ts";
import { lockLeaseChange, readLockLease } from "../../../../src/adapters/kubernetes/lockLease.ts";
import { readWatchedLease } from "../../../../src/adapters/kubernetes/leases.ts";
import { microTime, parseMicroTime } from "../../../../src/adapters/kubernetes/microTime.ts";
import { readOperationLease } from "../../../../src/adapters/kubernetes/operationLease.ts";
import { readWaiting, waitingChange } from "../../../../src/adapters/kubernetes/waitingNotes.ts";
import { HISTORY_LENGTH, MOST_ASKS, type LockChange, type LockRecord } from "../../../../src/domain/lock.ts";
import { MOST_WAITERS, type Waiter } from "../../../../src/domain/waiting.ts";
import { ann, ben } from "../../../builders/deploy.ts";
import { aHold, anAsk, at, aWaiter, freeLock, heldLock } from "../../../builders/lock.ts";

const spec = {
  holderIdentity: "ann <ann@example.com>",
  acquireTime: "2026-11-23T08:00:00.000000Z",
  renewTime: "2026-11-23T08:00:00.000000Z",
  leaseDurationSeconds: 14_400,
  leaseTransitions: 3,
};
const aLease = (changed: object = {}, annotations: Readonly<Record<string, string>> = {}) => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "dev1", namespace: "devdeploy", uid: "u1", resourceVersion: "7", annotations },
  spec: { ...spec, ...changed },
});

describe("times of Leases", () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ["2026-11-23T08:00:00.123456Z", at("08:00:00.123")],
    ["2026-11-23T08:00:00Z", at("08:00")],
    ["2026-11-23T08:00:00.57Z", at("08:00:00.570")],
    ["2026-11-23T08:00:00.123456789Z", at("08:00:00.123")],
    ["2026-11-23T09:30:00.000000+01:30", at("08:00")],
    ["yesterday", undefined],
    ["2026-13-40T08:00:00Z", undefined],
    ["", undefined],
  ];
  for (const [text, time] of cases) {
    test(`"${text}" is read as ${time === undefined ? "no time" : new Date(time).toISOString()}`, () => {
      assert.equal(parseMicroTime(text), time);
    });
  }

  test("what is written has exactly six digits, and is read back the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.nat(5_000), (time, micros) => {
        const text = microTime(time, micros);
        assert.match(text, /\.\d{6}Z$/u);
        assert.equal(parseMicroTime(text), time);
      }),
    );
  });
});

describe("a reservation that is not as we write it", () => {
  const problems: readonly (readonly [string, object, Readonly<Record<string, string>>, string])[] = [
    ["no renewTime", { renewTime: undefined }, {}, "renewTime is missing"],
    ["a bad renewTime", { renewTime: "soon" }, {}, "renewTime is not a time"],
    ["a bad acquireTime", { acquireTime: "once" }, {}, "acquireTime is not a time"],
    ["no duration", { leaseDurationSeconds: undefined }, {}, "leaseDurationSeconds is missing"],
    [
      "a duration that no server keeps",
      { leaseDurationSeconds: 2 ** 31 },
      {},
      "leaseDurationSeconds is too long",
    ],
    ["a duration of nothing", { leaseDurationSeconds: 0 }, {}, "leaseDurationSeconds is not above zero"],
    [
      "a history that is no JSON",
      {},
      { "devdeploy.dev/history": "[{" },
      "the annotation devdeploy.dev/history is not a JSON list",
    ],
    [
      "a history that is no list",
      {},
      { "devdeploy.dev/history": "{}" },
      "the annotation devdeploy.dev/history is not a JSON list",
    ],
    [
      "a huge annotation",
      {},
      { "devdeploy.dev/reason": "x".repeat(20_000) },
      "the annotation devdeploy.dev/reason is too long",
    ],
  ];
  for (const [what, changed, annotations, problem] of problems) {
    test(`with ${what} it is unreadable, and still its holder's`, () => {
      assert.deepEqual(readLockLease(aLease(changed, annotations)), {
        kind: "unreadable",
        holder: "ann <ann@example.com>",
        problem,
        transitions: 3,
      });
    });

    test(`with ${what} and no holder it is free`, () => {
      const record = readLockLease(aLease({ ...changed, holderIdentity: "" }, annotations));
      assert.equal(record.kind, "free");
    });
  }

  test("what is unreadable keeps the history that can be read", () => {
    const history = JSON.stringify([{ at: "2026-11-23T08:00:00Z", what: "claimed", by: "Ann" }]);
    const record = readLockLease(aLease({ renewTime: undefined }, { "devdeploy.dev/history": history }));
    assert.deepEqual(record, {
      kind: "unreadable",
      holder: "ann <ann@example.com>",
      problem: "renewTime is missing",
      transitions: 3,
      history: [{ at: at("08:00"), what: "claimed", by: "Ann" }],
    });
  });

  for (const [what, text] of [
    ["is no JSON", "[{"],
    ["is no list", "{}"],
    ["is huge", `[${"1,".repeat(20_000)}1]`],
    ["is of something else", '[7,null,"x",{"by":7},{"by":"a"},{"at":"2026-11-23T08:00:00Z"}]'],
  ] as const) {
    test(`a list of asks or waiters that ${what} is left out, and the lock is read`, () => {
      const lease = aLease({}, { "devdeploy.dev/asks": text, "devdeploy.dev/waiting": text });
      assert.deepEqual(readWatchedLease(lease), {
        kind: "lock",
        lock: {
          record: {
            kind: "held",
            hold: {
              by: { ...ann, name: "ann@example.com" },
              since: at("08:00"),
              renewedAt: at("08:00"),
              until: at("12:00"),
            },
            transitions: 3,
            history: [],
          },
          version: { uid: "u1", resourceVersion: "7" },
        },
        waiters: [],
      });
    });
  }

  test("an operation's notes on a machine's Lease do not make it unreadable, however long", () => {
    assert.equal(readLockLease(aLease({}, { "devdeploy.dev/run": "x".repeat(20_000) })).kind, "held");
  });

  for (const [what, renewTime, until] of [
    ["in the past", "2025-11-23T08:00:00.000000Z", Date.UTC(2025, 10, 23, 12)],
    ["a year ahead", "2027-11-23T08:00:00.000000Z", Date.UTC(2027, 10, 23, 12)],
    ["at the end of time", "9999-12-31T23:59:59.999999Z", Date.UTC(10_000, 0, 1, 3, 59, 59, 999)],
  ] as const) {
    test(`an end ${what} that somebody wrote by hand is read as it is`, () => {
      const record = readLockLease(aLease({ renewTime }));
      assert.equal(record.kind === "held" && record.hold.until, until);
    });
  }

  test("an empty spec, a null holder and no spec at all are free", () => {
    const empty = { kind: "Lease", metadata: {} };
    for (const lease of [{ ...empty, spec: {} }, { ...empty, spec: { holderIdentity: null } }, empty]) {
      assert.deepEqual(readLockLease(lease), { kind: "free", transitions: 0, history: [] });
    }
  });

  test("notes that are not of our form are left out, and the lock is read", () => {
    const record = readLockLease(
      aLease(
        {},
        {
          "devdeploy.dev/branch": "-rf",
          "devdeploy.dev/commit": "HEAD",
          "devdeploy.dev/url": "javascript:alert(1)",
          "devdeploy.dev/reason": "a\u202e\nb",
          "devdeploy.dev/history":
            '[{"at":"never"},7,{"at":"2026-11-23T08:00:00Z","what":"claimed","by":"Ann"}]',
        },
      ),
    );
    assert.deepEqual(record, {
      kind: "held",
      hold: {
        by: { ...ann, name: "ann@example.com" },
        since: at("08:00"),
        renewedAt: at("08:00"),
        until: at("12:00"),
        reason: "a b",
      },
      transitions: 3,
      history: [{ at: at("08:00"), by: "Ann", what: "claimed" }],
    });
  });

  const anyText = fc.oneof(fc.string(), fc.json());
  test("whatever somebody writes there, reading it never throws and never frees a holder", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(spec)), fc.jsonValue()),
        fc.dictionary(fc.oneof(fc.constantFrom(...Object.values(ANNOTATION)), fc.string()), anyText),
        (changed, annotations) => {
          const lease = aLease(changed, annotations);
          const holder: unknown = lease.spec.holderIdentity;
          const isHeld = typeof holder === "string" && holder !== "";
          assert.equal(readLockLease(lease).kind === "free", !isHeld);
          assert.ok(Array.isArray(readWaiting(lease)));
          assert.equal(readOperationLease(lease).kind === "idle", !isHeld);
        },
      ),
    );
  });
});

describe("what a write changes", () => {
  const present = {
    ...aLease({ strategy: "OldestEmulationVersion", holderIdentity: "" }, { "example.com/note": "keep" }),
    metadata: {
      name: "dev1",
      namespace: "devdeploy",
      uid: "u1",
      resourceVersion: "7",
      labels: { team: "red" },
      annotations: { "example.com/note": "keep", "devdeploy.dev/reason": "old" },
      ownerReferences: [{ uid: "o" }],
      managedFields: [{ manager: "kubectl" }],
    },
  };

  test("uid and resourceVersion are in every body, and what others put there stays", () => {
    const body = changedLease(present, lockLeaseChange(heldLock({ claim: "n" }), "dev"));
    assert.deepEqual(body["metadata"], {
      name: "dev1",
      namespace: "devdeploy",
      uid: "u1",
      resourceVersion: "7",
      labels: { team: "red", "app.kubernetes.io/managed-by": "devdeploy", "devdeploy.dev/pool": "dev" },
      annotations: {
        "example.com/note": "keep",
        "devdeploy.dev/holder-name": "Ann Lee",
        "devdeploy.dev/branch": aHold().branch,
        "devdeploy.dev/commit": aHold().commit,
        "devdeploy.dev/claim": "n",
      },
      ownerReferences: [{ uid: "o" }],
    });
    assert.deepEqual(body["spec"], { ...spec, leaseTransitions: 1, strategy: "OldestEmulationVersion" });
  });

  const everyChange: readonly LockChange[] = [
    {
      at: at("07:00"),
      by: "Ben Ode",
      who: "ben <ben@example.com>",
      what: "claimed",
      branch: "task/a",
      commit: "4f1c0de",
      of: "ann <ann@example.com>",
      reason: "production is down",
      nonce: "n1",
    },
    { at: at("07:10"), by: "Ben Ode", who: "ben <ben@example.com>", what: "extended", nonce: "n2" },
    { at: at("07:20"), by: "Ben Ode", who: "ben <ben@example.com>", what: "renewed", nonce: "n3" },
  ];
  const records: readonly LockRecord[] = [
    { ...heldLock(), history: everyChange },
    { ...heldLock(), asks: [anAsk({ branch: "task/b" }), anAsk({ by: "eve <>", keptAt: at("09:10") })] },
    heldLock({ reason: "demo", url: "https://dev1.example.com/", claim: "n" }, 5),
    freeLock(aHold({ claim: "n" }), 5),
    freeLock(undefined, 5),
    { ...heldLock(), history: [{ at: at("07:00:00.250"), by: "Ann", what: "unlocked" }] },
  ];
  for (const record of records) {
    test(`a ${record.kind} record is read back as it was written: ${JSON.stringify(record).slice(0, 60)}`, () => {
      const empty = { kind: "Lease", metadata: {}, spec: {} };
      assert.deepEqual(readLockLease(changedLease(empty, lockLeaseChange(record, "dev"))), record);
    });
  }
});

describe("what grows is kept in bounds", () => {
  const written = (record: LockRecord): Readonly<Record<string, string | undefined>> =>
    lockLeaseChange(record, "dev").annotations;
  const bytes = (text: string | undefined): number => new TextEncoder().encode(text).length;
  /** Everything as long as it can be, in characters of three bytes each. */
  const longest = (index: number): LockChange => ({
    at: at("07:00") + index,
    by: "語".repeat(1_000),
    who: `${"語".repeat(100)} <ben@example.com>`,
    what: "claimed",
    branch: "語".repeat(250),
    commit: "4f1c0de".padEnd(40, "0"),
    of: `${"語".repeat(100)} <ann@example.com>`,
    reason: "語".repeat(200),
    nonce: "7b2f0c1e-0000-4000-8000-000000000000",
  });

  test("the history: long branches and reasons are cut, then the oldest go", () => {
    const history = Array.from({ length: HISTORY_LENGTH }, (_, index) => longest(index));
    const text = written({ ...heldLock(), history })["devdeploy.dev/history"];
    assert.ok(bytes(text) < 12_000, `${bytes(text)}`);
    const lease = changedLease(aLease(), lockLeaseChange({ ...heldLock(), history }, "dev"));
    const record = readLockLease(lease);
    const last = record.history?.at(-1);
    assert.deepEqual(
      [last?.at, last?.who, last?.nonce, last?.reason?.length],
      [longest(HISTORY_LENGTH - 1).at, longest(0).who, longest(0).nonce, 60],
    );
  });

  test("the history of ordinary changes: nothing is cut", () => {
    const change = { ...longest(0), by: "Ann", who: "ann <a@b.c>", of: "ben <b@b.c>", branch: "task/pay" };
    const history = Array.from({ length: HISTORY_LENGTH }, () => ({ ...change, reason: "x".repeat(200) }));
    assert.equal(written({ ...heldLock(), history })["devdeploy.dev/history"]?.includes("…"), false);
  });

  test("asks: the newest are kept", () => {
    const asks = Array.from({ length: MOST_ASKS }, (_, index) =>
      anAsk({ by: `${index}${"語".repeat(400)}`, name: "語".repeat(1_000), branch: "語".repeat(250) }),
    );
    const text = written({ ...heldLock(), asks })["devdeploy.dev/asks"];
    assert.ok(bytes(text) < 12_000, `${bytes(text)}`);
    const record = readLockLease(changedLease(aLease(), lockLeaseChange({ ...heldLock(), asks }, "dev")));
    assert.equal(record.kind === "held" && record.asks?.at(-1)?.by, asks.at(-1)?.by);
  });

  test("a waiting list: those who left go first, then branches, then the last", () => {
    const waiter = (index: number, more: Partial<Waiter> = {}): Waiter =>
      aWaiter(ann, { by: `${index}${"語".repeat(30)}`, name: "Ann", branch: "語".repeat(250), ...more });
    const kept = (waiters: readonly Waiter[]): readonly Waiter[] => {
      const text = waitingChange(waiters, "dev").annotations["devdeploy.dev/waiting"];
      assert.ok(bytes(text) < 12_000, `${bytes(text)}`);
      return readWaiting(aLease({}, { "devdeploy.dev/waiting": text ?? "" }));
    };
    const waiting = Array.from({ length: 8 }, (_, index) => waiter(index));
    const gone = Array.from({ length: 8 }, (_, index) => waiter(20 + index, { leftAt: at("09:00") }));
    assert.deepEqual(kept([...gone, ...waiting]), waiting);
    const full = Array.from({ length: MOST_WAITERS }, (_, index) => waiter(index));
    assert.deepEqual(
      kept(full).map(({ by, branch }) => [by, branch]),
      full.map(({ by }) => [by, undefined]),
    );
    const endless = full.map((one) => ({ ...one, by: `${one.by}${"語".repeat(400)}` }));
    const first = kept(endless).map(({ by }) => by);
    assert.deepEqual(
      first,
      endless.slice(0, first.length).map(({ by }) => by),
    );
    assert.ok(first.length > 5);
  });

  test("a waiting list is read back as it was written", () => {
    const list: readonly Waiter[] = [
      aWaiter(ann, { leftAt: at("08:30") }),
      aWaiter(ben, {
        branch: "task/b",
        acknowledged: { machine: "dev1", freeAt: at("08:10"), from: at("08:11") },
      }),
    ];
    const empty = { kind: "Lease", metadata: {}, spec: { holderIdentity: "who" } };
    const body = changedLease(empty, waitingChange(list, "dev"));
    assert.deepEqual([readWaiting(body), body["spec"]], [list, { holderIdentity: "who" }]);
  });

  test("hidden characters of names and branches are taken out when read", () => {
    const text = JSON.stringify([
      { by: "a <b>", name: "A\u202enn\n", branch: "x\u200by", since: "2026-11-23T08:00:00Z" },
      { by: "ben <ben@example.com>", since: "2026-11-23T08:00:00.000Z" },
    ]);
    assert.deepEqual(readWaiting(aLease({}, { "devdeploy.dev/waiting": text })), [
      { by: "a <b>", name: "Ann", branch: "xy", since: at("08:00") },
      { by: "ben <ben@example.com>", name: "ben@example.com", since: at("08:00") },
    ]);
  });
});
