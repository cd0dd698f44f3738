import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { at, normalise, textAt } from "./json.ts";
import { conflict, statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const KIND = { apiVersion: "coordination.k8s.io/v1", kind: "Lease" } as const;

const aSpec = {
  holderIdentity: "ann",
  leaseDurationSeconds: 43_200,
  acquireTime: "2026-03-01T08:00:00.000000Z",
  renewTime: "2026-03-01T08:00:00.123456Z",
  leaseTransitions: 1,
} as const;

const aLease = (name: string, spec: object = aSpec, metadata: object = {}): object => ({
  ...KIND,
  metadata: { name, ...metadata },
  spec,
});

/** The object of an answer with another spec, its uid and resourceVersion as they were read. */
function changed(answer: Answer, spec: object): object {
  return { ...KIND, metadata: at(answer.body, "metadata"), spec };
}

describe("Leases", () => {
  const on = useCluster("leases");
  const ann = () => on.as("ann");
  const leases = (): string => `/apis/coordination.k8s.io/v1/namespaces/${on.namespace}/leases`;
  const details = (name: string): object => ({ name, group: "coordination.k8s.io", kind: "leases" });

  test("a created lease is answered whole, and read back the same", async () => {
    const created = await ann().post(leases(), aLease("whole"));
    const read = await ann().get(`${leases()}/whole`);
    const stored = {
      ...KIND,
      metadata: {
        name: "whole",
        namespace: on.namespace,
        uid: "<uid>",
        resourceVersion: "<resourceVersion>",
        creationTimestamp: "<time>",
      },
      spec: aSpec,
    };
    assert.deepEqual(
      [created.status, normalise(created.body), read.status, normalise(read.body)],
      [201, stored, 200, stored],
    );
  });

  test("an answer carries the server's clock in its Date header", async () => {
    const { headers } = await ann().get(leases());
    assert.match(headers.date ?? "", /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/);
  });

  test("a lease may have an empty spec, and an empty holder", async () => {
    const empty = await ann().post(leases(), aLease("empty", {}));
    const nobody = await ann().post(leases(), aLease("nobody", { ...aSpec, holderIdentity: "" }));
    assert.deepEqual(
      [empty.status, at(empty.body, "spec"), nobody.status, at(nobody.body, "spec", "holderIdentity")],
      [201, {}, 201, ""],
    );
  });

  test("creating a lease that is there is a conflict of its own kind", async () => {
    await ann().post(leases(), aLease("twice"));
    const again = await ann().post(leases(), aLease("twice"));
    assert.deepEqual(
      statusOf(again),
      conflict("AlreadyExists", 'leases.coordination.k8s.io "twice" already exists', details("twice")),
    );
  });

  test("of two writes that rest on the same reading one wins, and the other is told to read again", async () => {
    const read = await ann().post(leases(), aLease("raced"));
    const write = (holderIdentity: string): Promise<Answer> =>
      on
        .as(holderIdentity)
        .put(`${leases()}/raced`, changed(read, { ...aSpec, holderIdentity, leaseTransitions: 2 }));
    const answers = await Promise.all([write("ann"), write("ben")]);
    const lost = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(lost.map(statusOf), [
      conflict(
        "Conflict",
        'Operation cannot be fulfilled on leases.coordination.k8s.io "raced": the object has been modified; ' +
          "please apply your changes to the latest version and try again",
        details("raced"),
      ),
    ]);
  });

  test("a write moves the resourceVersion, and one that changes nothing leaves it", async () => {
    const first = await ann().post(leases(), aLease("moves"));
    const same = await ann().put(`${leases()}/moves`, first.body);
    const other = await ann().put(`${leases()}/moves`, changed(first, { ...aSpec, leaseTransitions: 2 }));
    const version = (answer: Answer): string => textAt(answer.body, "metadata", "resourceVersion");
    assert.deepEqual(
      [same.status, version(same) === version(first), other.status, version(other) === version(first)],
      [200, true, 200, false],
    );
  });

  test("a write without a resourceVersion is refused when the lease is there", async () => {
    await ann().post(leases(), aLease("unversioned"));
    const blind = await ann().put(`${leases()}/unversioned`, aLease("unversioned"));
    assert.deepEqual(statusOf(blind), {
      code: 422,
      reason: "Invalid",
      message:
        'leases.coordination.k8s.io "unversioned" is invalid: metadata.resourceVersion: Invalid value: 0: ' +
        "must be specified for an update",
      details: {
        ...details("unversioned"),
        causes: [
          {
            reason: "FieldValueInvalid",
            message: "Invalid value: 0: must be specified for an update",
            field: "metadata.resourceVersion",
          },
        ],
      },
    });
  });

  test("a write without a resourceVersion creates the lease when it is absent", async () => {
    const put = await ann().put(`${leases()}/by-update`, aLease("by-update"));
    assert.deepEqual([put.status, at(put.body, "spec")], [201, aSpec]);
  });

  test("a write with a resourceVersion does not bring a deleted lease back", async () => {
    const read = await ann().post(leases(), aLease("gone"));
    await ann().delete(`${leases()}/gone`);
    const late = await ann().put(`${leases()}/gone`, changed(read, aSpec));
    assert.deepEqual(statusOf(late).code, 409);
  });

  test("a write that names the uid of an earlier lease is refused", async () => {
    const early = await ann().post(leases(), aLease("reborn"));
    await ann().delete(`${leases()}/reborn`);
    const now = await ann().post(leases(), aLease("reborn"));
    const uid = textAt(early.body, "metadata", "uid");
    const metadata = {
      name: "reborn",
      uid,
      resourceVersion: textAt(now.body, "metadata", "resourceVersion"),
    };
    const late = await ann().put(`${leases()}/reborn`, aLease("reborn", aSpec, metadata));
    const refusal = statusOf(late);
    // What comes before it names the place in the storage.
    const reason = textAt(refusal, "message").replace(/^.* (?=Precondition failed)/, "");
    assert.deepEqual(
      { ...refusal, message: reason },
      conflict(
        "Conflict",
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${textAt(now.body, "metadata", "uid")}`,
        details("reborn"),
      ),
    );
  });

  test("times have six digits after the second, or are refused", async () => {
    const times = ["2026-03-01T08:00:00Z", "2026-03-01T08:00:00.123Z", "2026-03-01T08:00:00.123456Z"];
    const answers = await Promise.all(
      times.map((renewTime, index) => ann().post(leases(), aLease(`time-${index}`, { renewTime }))),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [400, 400, 201],
    );
  });

  test("times in another zone are answered in UTC", async () => {
    const renewTime = "2026-03-01T09:00:00.000000+01:00";
    const created = await ann().post(leases(), aLease("zone", { renewTime }));
    assert.equal(at(created.body, "spec", "renewTime"), "2026-03-01T08:00:00.000000Z");
  });

  test("a duration of nothing and a negative count are refused, each with its field", async () => {
    const spec = { leaseDurationSeconds: 0, leaseTransitions: -1 };
    const refused = statusOf(await ann().post(leases(), aLease("nothing", spec)));
    assert.deepEqual(refused, {
      code: 422,
      reason: "Invalid",
      message:
        'Lease.coordination.k8s.io "nothing" is invalid: [spec.leaseDurationSeconds: Invalid value: 0: must be ' +
        "greater than 0, spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0]",
      details: {
        ...details("nothing"),
        kind: "Lease",
        causes: [
          {
            reason: "FieldValueInvalid",
            message: "Invalid value: 0: must be greater than 0",
            field: "spec.leaseDurationSeconds",
          },
          {
            reason: "FieldValueInvalid",
            message: "Invalid value: -1: must be greater than or equal to 0",
            field: "spec.leaseTransitions",
          },
        ],
      },
    });
  });

  test("a lease is deleted only when it is the one that was meant", async () => {
    const now = await ann().post(leases(), aLease("meant"));
    const uid = textAt(now.body, "metadata", "uid");
    const resourceVersion = textAt(now.body, "metadata", "resourceVersion");
    const remove = (preconditions: object): Promise<Answer> =>
      ann().delete(`${leases()}/meant`, { apiVersion: "v1", kind: "DeleteOptions", preconditions });
    const other = await remove({ uid: "00000000-0000-4000-8000-000000000000" });
    const stale = await remove({ uid, resourceVersion: "1" });
    const meant = await remove({ uid, resourceVersion });
    const after = await ann().get(`${leases()}/meant`);
    assert.deepEqual(
      [other.status, stale.status, meant.status, normalise(meant.body), after.status],
      [
        409,
        409,
        200,
        {
          apiVersion: "v1",
          kind: "Status",
          metadata: {},
          status: "Success",
          details: { ...details("meant"), uid: "<uid>" },
        },
        404,
      ],
    );
  });

  test("labels and annotations are kept, and may be changed by a merge patch", async () => {
    await ann().post(
      leases(),
      aLease("noted", {}, { labels: { pool: "dev" }, annotations: { note: "for ben" } }),
    );
    const patched = await ann().patch("merge", `${leases()}/noted`, {
      metadata: { annotations: { note: null, branch: "main" } },
      spec: { holderIdentity: "ben" },
    });
    assert.deepEqual(
      [
        at(patched.body, "metadata", "labels"),
        at(patched.body, "metadata", "annotations"),
        at(patched.body, "spec"),
      ],
      [{ pool: "dev" }, { branch: "main" }, { holderIdentity: "ben" }],
    );
  });
});
