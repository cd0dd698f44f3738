import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LeaseLockStore, LeaseWaitingStore } from "../../src/adapters/kubernetes/leases.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { ann, ben } from "../builders/deploy.ts";
import { at as time, aWaiter, heldLock } from "../builders/lock.ts";
import { FakeWaitingStore } from "../fakes/leases.ts";
import { useClient } from "./clusterAdapters.ts";
import { at } from "./json.ts";
import { waitingStoreContract } from "./waitingStoreSuite.ts";

const signal = new AbortController().signal;

const memory = new FakeWaitingStore();
let names = 0;
const absentName = (): ObjectRef => {
  names += 1;
  return { context: "ann", namespace: "devdeploy", name: `pool-${names}` };
};

waitingStoreContract("in memory", () => ({
  store: memory,
  emptyLease: () => {
    const ref = absentName();
    memory.objects.put(ref, []);
    return Promise.resolve(ref);
  },
  absentLease: absentName,
  delete: (ref) => {
    memory.objects.delete(ref);
    return Promise.resolve();
  },
}));

describe("on Leases", () => {
  const suite = useClient("waiting");
  let store: LeaseWaitingStore | undefined;
  const lists = (): LeaseWaitingStore => (store ??= new LeaseWaitingStore(suite.client("ann")));

  waitingStoreContract("on Leases", () => ({
    store: lists(),
    emptyLease: () => suite.emptyLease("ann"),
    absentLease: () => suite.ref("ann"),
    delete: async (ref) => {
      await suite.on.as("admin").delete(suite.leasePath(ref));
    },
  }));

  test("the object can be read with kubectl, and keeps what others put there", async () => {
    const ref = await suite.emptyLease("ann");
    await suite.on.as("admin").patch("merge", suite.leasePath(ref), {
      metadata: { labels: { team: "red" }, annotations: { "example.com/note": "keep" } },
      spec: { holderIdentity: "some-controller_7f3a" },
    });
    const read = await lists().read(ref, signal);
    if (!read.ok) assert.fail(JSON.stringify(read.error));
    const acknowledged = { machine: "dev1", freeAt: time("08:10"), from: time("08:11") };
    const waiters = [aWaiter(ann, { branch: "task/a", acknowledged }), aWaiter(ben)];
    const written = await lists().write(ref, read.value.value.version, waiters, signal);
    assert.equal(written.ok, true);
    const { body } = await suite.on.as("ann").get(suite.leasePath(ref));
    assert.deepEqual(
      [at(body, "metadata", "labels"), at(body, "metadata", "annotations"), at(body, "spec")],
      [
        { team: "red", "app.kubernetes.io/managed-by": "devdeploy", "devdeploy.dev/pool": ref.name },
        {
          "example.com/note": "keep",
          "devdeploy.dev/waiting": JSON.stringify([
            {
              by: "ann <ann@example.com>",
              branch: "task/a",
              name: "Ann Lee",
              since: "2026-11-23T08:00:00.000Z",
              acknowledged: {
                machine: "dev1",
                freeAt: "2026-11-23T08:10:00.000Z",
                from: "2026-11-23T08:11:00.000Z",
              },
            },
            { by: "ben <ben@example.com>", name: "Ben Ode", since: "2026-11-23T08:00:00.000Z" },
          ]),
        },
        { holderIdentity: "some-controller_7f3a" },
      ],
    );
  });

  test("a pool that is named as its one machine shares a Lease with it, and neither touches the other's", async () => {
    const ref = await suite.emptyLease("ann");
    const locks = new LeaseLockStore(suite.client("ann"));
    const empty = await lists().read(ref, signal);
    if (!empty.ok) assert.fail(JSON.stringify(empty.error));
    await lists().write(ref, empty.value.value.version, [aWaiter(ben)], signal);
    const free = await locks.read(ref, signal);
    if (!free.ok) assert.fail(JSON.stringify(free.error));
    await locks.write(ref, free.value.value.version, heldLock(), "dev", signal);
    const list = await lists().read(ref, signal);
    if (!list.ok) assert.fail(JSON.stringify(list.error));
    assert.deepEqual(list.value.value.waiters, [aWaiter(ben)]);
    await lists().write(ref, list.value.value.version, [], signal);
    const lock = await locks.read(ref, signal);
    assert.deepEqual(lock.ok && lock.value.value.record, heldLock());
  });

  test("a list that somebody broke by hand is a list of nobody, and the next who joins mends it", async () => {
    const ref = await suite.emptyLease("ann");
    await suite.on.as("admin").patch("merge", suite.leasePath(ref), {
      metadata: { annotations: { "devdeploy.dev/waiting": '[{"by":' } },
    });
    const read = await lists().read(ref, signal);
    if (!read.ok) assert.fail(JSON.stringify(read.error));
    assert.deepEqual(read.value.value.waiters, []);
    const written = await lists().write(ref, read.value.value.version, [aWaiter(ben)], signal);
    assert.deepEqual(written.ok && written.value.value.waiters, [aWaiter(ben)]);
  });
});
