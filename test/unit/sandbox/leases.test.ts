import assert from "node:assert/strict";
import { test } from "node:test";
import { microTimeError } from "../../../src/sandbox/api/microTime.ts";
import { asKind } from "../../../src/sandbox/api/decode.ts";
import { LEASE } from "../../../src/sandbox/kinds.ts";
import type { JsonObject } from "../../../src/sandbox/json.ts";
import { uidOf, versionOf } from "../../../src/sandbox/object.ts";
import { aCluster, done, refused, WRITE } from "./objects.ts";

const PLACE = { kind: LEASE, namespace: "web", name: "dev1" };
const lease = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  kind: "Lease",
  apiVersion: "coordination.k8s.io/v1",
  metadata: { name: "dev1", ...metadata },
  spec,
});

for (const [text, problem] of [
  ["2026-03-01T12:00:00.000000Z", undefined],
  ["2026-03-01T12:00:00.123456+02:00", undefined],
  ["2026-03-01T12:00:00.123Z", 'cannot parse ".123Z" as ".000000"'],
  ["2026-03-01T12:00:00Z", 'cannot parse "Z" as ".000000"'],
  ["2026-03-01T12:00:00.1234567Z", 'cannot parse "7Z" as "Z07:00"'],
  ["soon", 'cannot parse "soon" as "2006"'],
  ["2026-13-01T12:00:00.000000Z", "month out of range"],
  ["2026-02-30T12:00:00.000000Z", "day out of range"],
  ["2026-03-01T25:00:00.000000Z", "hour out of range"],
] as const) {
  test(`the time ${text} is ${problem === undefined ? "accepted" : "refused"}`, () => {
    const error = microTimeError(text);
    if (problem === undefined) assert.equal(error, undefined);
    else assert.equal(error?.endsWith(problem), true, error);
  });
}

test("a time with three digits is refused in the words of the real server", () => {
  assert.deepEqual(refused(asKind(LEASE, lease({ renewTime: "2026-03-01T12:00:00.123Z" }))), [
    400,
    "BadRequest",
    'Lease in version "v1" cannot be handled as a Lease: parsing time "2026-03-01T12:00:00.123Z" as ' +
      '"2006-01-02T15:04:05.000000Z07:00": cannot parse ".123Z" as ".000000"',
  ]);
});

test("an empty spec and an empty holder are a free lease, not a malformed one", () => {
  const { objects } = aCluster();
  done(objects.create(LEASE, "web", lease({}), WRITE));
  const put = objects.replace(
    { ...PLACE, name: "dev2" },
    lease({ holderIdentity: "" }, { name: "dev2" }),
    WRITE,
  );
  assert.deepEqual(done(put)[1], true);
});

test("a duration of nothing and a negative count are refused together", () => {
  const { objects } = aCluster();
  const spec = { leaseDurationSeconds: 0, leaseTransitions: -1 };
  assert.deepEqual(refused(objects.create(LEASE, "web", lease(spec), WRITE)), [
    422,
    "Invalid",
    'Lease.coordination.k8s.io "dev1" is invalid: [spec.leaseDurationSeconds: Invalid value: 0: must be greater ' +
      "than 0, spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0]",
  ]);
});

test("an update needs the version that it was made from", () => {
  const { objects } = aCluster();
  const first = done(objects.create(LEASE, "web", lease({}), WRITE));
  const blind = objects.replace(PLACE, lease({}), WRITE);
  const second = done(
    objects.replace(PLACE, lease({ holderIdentity: "ann" }, { resourceVersion: versionOf(first) }), WRITE),
  );
  const late = objects.replace(
    PLACE,
    lease({ holderIdentity: "ben" }, { resourceVersion: versionOf(first) }),
    WRITE,
  );
  assert.deepEqual(
    [refused(blind).slice(0, 2), second[0]["spec"], refused(late).slice(0, 2)],
    [[422, "Invalid"], { holderIdentity: "ann" }, [409, "Conflict"]],
  );
});

test("a put to a name that is not there creates, unless it names a uid", () => {
  const { objects } = aCluster();
  const [, isCreated] = done(objects.replace(PLACE, lease({}, { resourceVersion: "5" }), WRITE));
  const other = { ...PLACE, name: "dev9" };
  const withUid = objects.replace(other, lease({}, { name: "dev9", uid: "abc" }), WRITE);
  assert.equal(isCreated, true);
  assert.match(refused(withUid)[2], /Precondition failed: UID in precondition: abc, UID in object meta: $/u);
});

test("a put with the uid of a lease that was deleted and made anew is a conflict", () => {
  const { objects } = aCluster();
  const first = done(objects.create(LEASE, "web", lease({}), WRITE));
  objects.erase(PLACE);
  const again = done(objects.create(LEASE, "web", lease({}), WRITE));
  const body = lease({}, { uid: uidOf(first), resourceVersion: versionOf(again) });
  assert.deepEqual(refused(objects.replace(PLACE, body, WRITE)).slice(0, 2), [409, "Conflict"]);
});

test("a write that changes nothing keeps the version", () => {
  const { objects } = aCluster();
  const first = done(objects.create(LEASE, "web", lease({ holderIdentity: "ann" }), WRITE));
  const [again] = done(
    objects.replace(PLACE, lease({ holderIdentity: "ann" }, { resourceVersion: versionOf(first) }), WRITE),
  );
  assert.equal(versionOf(again), versionOf(first));
});
