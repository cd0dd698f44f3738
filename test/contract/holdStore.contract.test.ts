import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LeaseHoldStore } from "../../src/adapters/kubernetes/holds.ts";
import { LeaseLockStore } from "../../src/adapters/kubernetes/leases.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { aHold } from "../builders/hold.ts";
import { heldLock } from "../builders/lock.ts";
import { FakeHoldStore } from "../fakes/leases.ts";
import { useClient } from "./clusterAdapters.ts";
import { holdStoreContract } from "./holdStoreSuite.ts";
import { at } from "./json.ts";

const signal = new AbortController().signal;

const memory = new FakeHoldStore();
let names = 0;
const absentName = (): ObjectRef => {
  names += 1;
  return { context: "ann", namespace: "devdeploy", name: `environment-${names}` };
};

holdStoreContract("in memory", () => ({
  store: memory,
  emptyLease: () => {
    const ref = absentName();
    memory.objects.put(ref, undefined);
    return Promise.resolve(ref);
  },
  absentLease: absentName,
  delete: (ref) => {
    memory.objects.delete(ref);
    return Promise.resolve();
  },
}));

describe("on Leases", () => {
  const suite = useClient("holds");
  let store: LeaseHoldStore | undefined;
  const holds = (): LeaseHoldStore => (store ??= new LeaseHoldStore(suite.client("ann")));

  holdStoreContract("on Leases", () => ({
    store: holds(),
    emptyLease: () => suite.emptyLease("ann"),
    absentLease: () => suite.ref("ann"),
    delete: async (ref) => {
      await suite.on.as("admin").delete(suite.leasePath(ref));
    },
  }));

  test("the hold can be read with kubectl, and whose the environment is stays as it is", async () => {
    const ref = await suite.emptyLease("ann");
    const locks = new LeaseLockStore(suite.client("ann"));
    const free = await locks.read(ref, signal);
    if (!free.ok) assert.fail(JSON.stringify(free.error));
    await locks.write(ref, free.value.value.version, heldLock(), "dev", signal);
    const read = await holds().read(ref, signal);
    if (!read.ok) assert.fail(JSON.stringify(read.error));
    assert.ok((await holds().write(ref, read.value.value.version, aHold(), signal)).ok);
    const { body } = await suite.on.as("ann").get(suite.leasePath(ref));
    const { by, nonce, name, reason, undone } = aHold();
    assert.equal(
      at(body, "metadata", "annotations", "devdeploy.dev/hold"),
      JSON.stringify({
        by,
        nonce,
        name,
        at: "2026-11-23T08:00:00.000Z",
        until: "2026-11-24T08:00:00.000Z",
        reason,
        undone,
      }),
    );
    const lock = await locks.read(ref, signal);
    assert.deepEqual(lock.ok && lock.value.value.record, heldLock());
  });
});
