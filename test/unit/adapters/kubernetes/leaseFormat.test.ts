import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { changedLease } from "../../../../src/adapters/kubernetes/leaseObject.ts";
import { lockLeaseChange, readLockLease } from "../../../../src/adapters/kubernetes/lockLease.ts";
import { microTime, parseMicroTime } from "../../../../src/adapters/kubernetes/microTime.ts";
import { readOperationLease } from "../../../../src/adapters/kubernetes/operationLease.ts";
import type { LockRecord } from "../../../../src/domain/lock.ts";
import { ann } from "../../../builders/deploy.ts";
import { aHold, at, freeLock, heldLock } from "../../../builders/lock.ts";

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
    ["a duration of nothing", { leaseDurationSeconds: 0 }, {}, "leaseDurationSeconds is not above zero"],
    [
      "a history that is no JSON",
      {},
      { "devdeploy.dev/history": "[{" },
      "the annotation devdeploy.dev/history is not JSON",
    ],
    [
      "a history that is no list",
      {},
      { "devdeploy.dev/history": "{}" },
      "the annotation devdeploy.dev/history is not a list",
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
      });
    });

    test(`with ${what} and no holder it is free`, () => {
      const record = readLockLease(aLease({ ...changed, holderIdentity: "" }, annotations));
      assert.equal(record.kind, "free");
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

  test("whatever somebody writes there, reading it never throws and never frees a holder", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(spec)), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.string()),
        (changed, annotations) => {
          const lease = aLease(changed, annotations);
          const holder: unknown = lease.spec.holderIdentity;
          const isHeld = typeof holder === "string" && holder !== "";
          assert.equal(readLockLease(lease).kind === "free", !isHeld);
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

  const records: readonly LockRecord[] = [
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
