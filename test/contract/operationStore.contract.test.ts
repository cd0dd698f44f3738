import { describe } from "node:test";
import { LeaseOperationStore } from "../../src/adapters/kubernetes/leases.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import { FakeOperationStore } from "../fakes/leases.ts";
import { useClient } from "./clusterAdapters.ts";
import { operationStoreContract } from "./operationStoreSuite.ts";

const memory = new FakeOperationStore();
let names = 0;
const absentName = (): ObjectRef => {
  names += 1;
  return { context: "ann", namespace: "devdeploy", name: `machine-${names}-operation` };
};

operationStoreContract("in memory", () => ({
  store: memory,
  emptyLease: () => {
    const ref = absentName();
    memory.objects.put(ref, { kind: "idle", transitions: 0 });
    return Promise.resolve(ref);
  },
  absentLease: absentName,
  delete: (ref) => {
    memory.objects.delete(ref);
    return Promise.resolve();
  },
}));

describe("on Leases", () => {
  const suite = useClient("operations");
  let store: LeaseOperationStore | undefined;

  operationStoreContract("on Leases", () => ({
    store: (store ??= new LeaseOperationStore(suite.client("ann"), systemClock)),
    emptyLease: () => suite.emptyLease("ann"),
    absentLease: () => suite.ref("ann"),
    delete: async (ref) => {
      await suite.on.as("admin").delete(suite.leasePath(ref));
    },
  }));
});
