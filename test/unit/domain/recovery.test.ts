import assert from "node:assert/strict";
import { test } from "node:test";
import type { StuckRelease } from "../../../src/domain/history.ts";
import { mayRecover, type Recovery } from "../../../src/domain/recovery.ts";
import type { OperationRecord } from "../../../src/domain/operation.ts";
import { anOperation, at } from "../../builders/lock.ts";

const stuck = (more: Partial<StuckRelease> = {}): StuckRelease => ({
  revision: 4,
  status: "pending-upgrade",
  since: at("08:00"),
  age: 0,
  freeAt: at("08:10"),
  lastGood: 3,
  ...more,
});
const first: StuckRelease = { revision: 1, status: "pending-install", since: 0, age: 0, freeAt: at("08:10") };
const nothingGood: StuckRelease = { ...first, status: "pending-upgrade" };

const CASES: readonly (readonly [
  rule: string,
  what: StuckRelease,
  now: string,
  operation: OperationRecord | undefined,
  recovery: Recovery,
])[] = [
  [
    "a moment before helm's time is over",
    stuck(),
    "08:09:59.999",
    undefined,
    { kind: "not-yet", freeAt: at("08:10") },
  ],
  ["from that moment on, to what ran last", stuck(), "08:10", undefined, { kind: "rollback", to: 3 }],
  [
    "a Lease that nobody holds",
    stuck(),
    "09:00",
    { kind: "idle", transitions: 3 },
    { kind: "rollback", to: 3 },
  ],
  [
    "somebody at work, however late it is",
    stuck(),
    "23:00",
    anOperation(),
    { kind: "at-work", by: "Ann Lee", what: "devdeploy task/pay-later" },
  ],
  [
    "a Lease that cannot be read is somebody's",
    stuck(),
    "23:00",
    { kind: "unreadable", holder: "robot", problem: "renewTime is missing" },
    { kind: "at-work", by: "robot", what: "renewTime is missing" },
  ],
  ["a first installation", first, "09:00", undefined, { kind: "uninstall" }],
  ["an upgrade of what never ran", nothingGood, "09:00", undefined, { kind: "nothing-to-go-back-to" }],
];
for (const [rule, what, now, operation, recovery] of CASES) {
  test(`recovering a stuck release: ${rule}`, () => {
    assert.deepEqual(mayRecover(what, at(now), operation), recovery);
  });
}
