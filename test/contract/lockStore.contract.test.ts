import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LeaseLockStore } from "../../src/adapters/kubernetes/leases.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { claimed } from "../../src/domain/lockChanges.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aBranch, aCommit, ann } from "../builders/deploy.ts";
import { at as time, freeLock } from "../builders/lock.ts";
import { FakeLockStore } from "../fakes/leases.ts";
import { at, normalise } from "./json.ts";
import { useClient } from "./clusterAdapters.ts";
import { lockStoreContract } from "./lockStoreSuite.ts";

const signal = new AbortController().signal;

const memory = new FakeLockStore();
let names = 0;
const absentName = (): ObjectRef => {
  names += 1;
  return { context: "ann", namespace: "devdeploy", name: `machine-${names}` };
};

lockStoreContract("in memory", () => ({
  store: memory,
  emptyLease: () => {
    const ref = absentName();
    memory.objects.put(ref, freeLock());
    return Promise.resolve(ref);
  },
  absentLease: absentName,
  delete: (ref) => {
    memory.objects.delete(ref);
    return Promise.resolve();
  },
}));

describe("on Leases", () => {
  const suite = useClient("locks");
  let store: LeaseLockStore | undefined;
  const leases = (): LeaseLockStore => (store ??= new LeaseLockStore(suite.client("ann")));

  lockStoreContract("on Leases", () => ({
    store: leases(),
    emptyLease: () => suite.emptyLease("ann"),
    absentLease: () => suite.ref("ann"),
    delete: async (ref) => {
      await suite.on.as("admin").delete(suite.leasePath(ref));
    },
  }));

  const claim = claimed(
    freeLock(undefined, 16),
    { by: ann, branch: aBranch(), commit: aCommit(), url: "https://dev1.example.com", nonce: "n" },
    time("08:00"),
    12 * HOUR_MS,
  );

  test("the object reads as people with kubectl are told, and keeps what others put there", async () => {
    const ref = await suite.emptyLease("ann");
    await suite.on.as("admin").patch("merge", suite.leasePath(ref), {
      metadata: { labels: { team: "red" }, annotations: { "example.com/note": "keep" } },
    });
    const read = await leases().read(ref, signal);
    if (!read.ok) assert.fail(JSON.stringify(read.error));
    const written = await leases().write(ref, read.value.value.version, claim, "dev", signal);
    assert.equal(written.ok, true);
    const { body } = await suite.on.as("ann").get(suite.leasePath(ref));
    assert.deepEqual(normalise(body), {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: {
        name: ref.name,
        namespace: ref.namespace,
        uid: "<uid>",
        resourceVersion: "<resourceVersion>",
        creationTimestamp: "<time>",
        labels: { team: "red", "app.kubernetes.io/managed-by": "devdeploy", "devdeploy.dev/pool": "dev" },
        annotations: {
          "example.com/note": "keep",
          "devdeploy.dev/holder-name": "Ann Lee",
          "devdeploy.dev/branch": "task/pay-later",
          "devdeploy.dev/commit": aCommit(),
          "devdeploy.dev/url": "https://dev1.example.com",
          "devdeploy.dev/claim": "n",
          "devdeploy.dev/history": JSON.stringify([
            {
              at: "2026-11-23T08:00:00.000Z",
              by: "Ann Lee",
              who: "ann <ann@example.com>",
              what: "claimed",
              branch: "task/pay-later",
              commit: aCommit(),
              nonce: "n",
            },
          ]),
        },
      },
      spec: {
        holderIdentity: "ann <ann@example.com>",
        acquireTime: "2026-11-23T08:00:00.000000Z",
        renewTime: "2026-11-23T08:00:00.000000Z",
        leaseDurationSeconds: 43_200,
        leaseTransitions: 17,
      },
    });
  });

  test("a version learned elsewhere, as from a watch, is enough to write on", async () => {
    const ref = await suite.emptyLease("ann");
    const { body } = await suite.on.as("ann").get(suite.leasePath(ref));
    const version = {
      uid: String(at(body, "metadata", "uid")),
      resourceVersion: String(at(body, "metadata", "resourceVersion")),
    };
    const written = await leases().write(ref, version, claim, "dev", signal);
    assert.deepEqual(written.ok && written.value.value.record, claim);
  });

  test("a Lease that another tool holds without our notes is held", async () => {
    const ref = await suite.emptyLease("ann");
    await suite.on.as("admin").patch("merge", suite.leasePath(ref), {
      spec: {
        holderIdentity: "some-controller_7f3a",
        leaseDurationSeconds: 60,
        renewTime: "2026-11-23T08:00:00.123456Z",
      },
    });
    const read = await leases().read(ref, signal);
    assert.deepEqual(read.ok && read.value.value.record, {
      kind: "held",
      hold: {
        by: { user: "some-controller_7f3a", mail: "", name: "some-controller_7f3a" },
        since: time("08:00:00.123"),
        renewedAt: time("08:00:00.123"),
        until: time("08:01:00.123"),
      },
      transitions: 0,
      history: [],
    });
  });

  test("who has no right to read is told which right is missing", async () => {
    if (suite.on.cluster.kind === "context") return;
    const store = new LeaseLockStore(suite.client("eve"));
    const read = await store.read({ ...suite.ref("eve"), name: "dev1" }, signal);
    assert.deepEqual(read, {
      ok: false,
      error: { reason: "forbidden", detail: `get leases/dev1 in ${suite.on.namespace}` },
    });
  });
});
