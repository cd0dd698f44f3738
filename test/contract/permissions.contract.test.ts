import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";
import { parseAllDocuments } from "yaml";
import {
  LeaseLockStore,
  LeaseOperationStore,
  LeaseWaitingStore,
} from "../../src/adapters/kubernetes/leases.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { askHolder, keepMachine } from "../../src/app/askHolder.ts";
import { claimMachine, type ClaimServices } from "../../src/app/claimMachine.ts";
import { extendLock } from "../../src/app/extendLock.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { takeOver } from "../../src/app/takeOver.ts";
import { unlockMachine } from "../../src/app/unlockMachine.ts";
import { acknowledgeKept, joinWaiting, leaveWaiting } from "../../src/app/waitingList.ts";
import type { Pool } from "../../src/domain/config.ts";
import { lockRef, shownLock, type LockRecord } from "../../src/domain/lock.ts";
import { operationRef } from "../../src/domain/operation.ts";
import type { Person } from "../../src/domain/person.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { until } from "../builders/waiting.ts";
import { aBranch, aCommit, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { FakeLog } from "../fakes/log.ts";
import { useClient } from "./clusterAdapters.ts";
import { at, textAt } from "./json.ts";
import { createNamespace, freshName } from "./tokenCluster.ts";

const MANIFEST = new URL("../../docs/permissions.yaml", import.meta.url);
const MACHINES = ["dev1", "dev2", "dev3"] as const;
const RBAC = "rbac.authorization.k8s.io";
const signal = new AbortController().signal;

/** The objects of the manifest in another namespace, for ann and ben instead of a group. */
async function manifestFor(namespace: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const documents: unknown[] = parseAllDocuments(await readFile(MANIFEST, "utf8")).map(toJson);
  return documents
    .filter((object) => at(object, "kind") !== "Namespace")
    .map((object) => {
      assert.equal(at(object, "metadata", "namespace"), "devdeploy");
      const metadata = { name: textAt(object, "metadata", "name"), namespace };
      const subjects = ["ann", "ben"].map((name) => ({ apiGroup: RBAC, kind: "User", name }));
      const isBinding = at(object, "kind") === "RoleBinding";
      return { ...membersOf(object), metadata, ...(isBinding ? { subjects } : {}) };
    });
}

const toJson = (document: { toJSON(): unknown }): unknown => document.toJSON();

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(typeof value === "object" && value !== null ? Object.entries(value) : []);

describe("the permissions that docs/permissions.yaml grants", () => {
  const suite = useClient("permissions");
  /** The sandbox knows people, not roles: it is shown that the verbs need nothing else, not that nothing else goes. */
  const hasRoles = (): boolean => suite.on.cluster.kind === "controlplane";
  let namespace = "";
  const leases = (): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

  before(async () => {
    const admin = suite.on.as("admin");
    namespace = freshName("permissions");
    await createNamespace(admin, namespace);
    for (const object of await manifestFor(namespace)) {
      const isLease = at(object, "kind") === "Lease";
      if (!isLease && !hasRoles()) continue;
      const folder = `/apis/${RBAC}/v1/namespaces/${namespace}/${textAt(object, "kind").toLowerCase()}s`;
      const { status, body } = await admin.post(isLease ? leases() : folder, object);
      assert.equal(status, 201, JSON.stringify(body));
    }
    await until("the right to read", async () => (await suite.on.as("ben").get(leases())).status === 200);
  });

  const poolFor = (context: string): Pool =>
    aPool(MACHINES.map((name) => aMachine(name, { locks: { context, namespace } })));
  const services = (context: string): ClaimServices & { readonly operations: LeaseOperationStore } => ({
    locks: new LeaseLockStore(suite.client(context)),
    waiting: new LeaseWaitingStore(suite.client(context)),
    operations: new LeaseOperationStore(suite.client(context), systemClock),
    clock: systemClock,
    log: new FakeLog(),
    random: Math.random,
    newNonce: randomUUID,
  });
  const place = (context: string, machine: string) => ({
    ref: lockRef(machine, { context, namespace }),
    pool: "dev",
  });
  const claim = (by: Person, only?: readonly string[]) =>
    claimMachine(
      services(by.user),
      {
        pool: poolFor(by.user),
        claim: { by, branch: aBranch(), commit: aCommit() },
        ...(only === undefined ? {} : { only }),
      },
      signal,
    );
  const recordOf = async (machine: string): Promise<LockRecord> => {
    const read = await services("ann").locks.read(lockRef(machine, { context: "ann", namespace }), signal);
    return read.ok ? read.value.value.record : assert.fail(JSON.stringify(read.error));
  };
  const shownOf = async (machine: string) => {
    const read = await services("ann").locks.read(lockRef(machine, { context: "ann", namespace }), signal);
    if (!read.ok) assert.fail(JSON.stringify(read.error));
    return shownLock(read.value.value) ?? assert.fail(`${machine} is held`);
  };

  test("let developers do everything that Devdeploy does with locks", async () => {
    const anns = services("ann");
    const bens = services("ben");
    const kinds: string[] = [];
    const done = async (step: string, outcome: Promise<{ readonly kind: string }>): Promise<void> => {
      const { kind, ...rest } = await outcome;
      kinds.push(`${step}: ${kind}${kind === "failed" ? JSON.stringify(rest) : ""}`);
    };
    await done("claim", claim(ann, ["dev1"]));
    await done("claim of another", claim(ben, ["dev1"]));
    await done("extend", extendLock(anns, { ...place("ann", "dev1"), by: ann, lasts: 24 * HOUR_MS }, signal));
    const asking = { ...place("ben", "dev1"), by: ben, shown: await shownOf("dev1"), branch: "task/b" };
    await done("ask", askHolder(bens, asking, signal));
    const held = await recordOf("dev1");
    const asks = held.kind === "held" ? (held.asks ?? []) : [];
    await done("keep", keepMachine(anns, { ...place("ann", "dev1"), by: ann, asks }, signal));
    await claim(ann, ["dev2"]);
    await claim(ann, ["dev3"]);
    await done("wait", joinWaiting(bens, { pool: poolFor("ben"), by: ben }, signal));
    await done("unlock", unlockMachine(anns, { ...place("ann", "dev2"), by: ann }, signal));
    const kept = await claim({ ...ann, mail: "third@example.com" });
    const state = kept.kind === "full" ? kept.locks[1]?.state : undefined;
    const freeAt = state?.kind === "kept" ? state.freeAt : assert.fail(JSON.stringify(kept));
    const known = { pool: poolFor("ben"), by: ben, machine: "dev2", freeAt };
    await done("acknowledge", acknowledgeKept(bens, known, signal));
    await done("leave", leaveWaiting(bens, { pool: poolFor("ben"), by: ben }, signal));
    const pool = poolFor("ben");
    const machine = pool.machines[2] ?? assert.fail("dev3");
    const stealing = { pool, machine, claim: { by: ben, branch: aBranch(), commit: aCommit() } };
    await done("take over", takeOver(bens, { ...stealing, shown: await shownOf("dev3") }, signal));
    const others = { ...place("ann", "dev3"), by: ann, shown: await shownOf("dev3"), reason: "mine" };
    await done("unlock another's", unlockMachine(anns, others, signal));
    const operation = await holdOperation(
      anns,
      {
        ref: { ...operationRef("dev1", machine.target, machine.locks), context: "ann" },
        by: ann,
        what: "devdeploy",
      },
      signal,
    );
    if (!operation.ok) assert.fail(JSON.stringify(operation.error));
    await operation.value.release();
    assert.deepEqual(kinds, [
      "claim: claimed",
      "claim of another: full",
      "extend: extended",
      "ask: asked",
      "keep: kept",
      "wait: waiting",
      "unlock: unlocked",
      "acknowledge: acknowledged",
      "leave: left",
      "take over: claimed",
      "unlock another's: unlocked",
    ]);
  });

  test("and nothing else", async (context) => {
    if (!hasRoles()) {
      context.diagnostic("the sandbox has no roles");
      return;
    }
    const admin = suite.on.as("admin");
    const lease = (name: string): object => ({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace },
      spec: {},
    });
    await admin.post(leases(), lease("other"));
    const other = await admin.get(`${leases()}/other`);
    const developer = suite.on.as("ann");
    const answers = {
      create: await developer.post(leases(), lease("dev4")),
      delete: await developer.delete(`${leases()}/dev1`),
      deleteAll: await developer.delete(leases()),
      patch: await developer.patch("merge", `${leases()}/dev1`, { spec: { holderIdentity: "ann" } }),
      updateOther: await developer.put(`${leases()}/other`, other.body),
      secrets: await developer.get(`/api/v1/namespaces/${namespace}/secrets`),
      roles: await developer.get(`/apis/${RBAC}/v1/namespaces/${namespace}/roles`),
    };
    assert.deepEqual(
      Object.entries(answers).map(([what, { status }]) => `${what} ${status}`),
      Object.keys(answers).map((what) => `${what} 403`),
    );
  });

  test("name the Lease that is missing to who may not make it", async () => {
    if (!hasRoles()) return;
    const context = "ann";
    const pool: Pool = {
      ...aPool([aMachine("dev9", { locks: { context, namespace } })]),
      name: "other-pool",
    };
    const outcome = await claimMachine(
      services(context),
      { pool, claim: { by: ann, branch: aBranch(), commit: aCommit() } },
      signal,
    );
    const waiting = await joinWaiting(services(context), { pool, by: ann }, signal);
    assert.deepEqual(
      [outcome, waiting],
      [
        {
          kind: "failed",
          error: { reason: "not-found", what: `leases ${namespace}/dev9` },
          mayBeHeld: false,
        },
        {
          kind: "failed",
          error: { reason: "not-found", what: `leases ${namespace}/other-pool` },
          mayBeDone: false,
        },
      ],
    );
  });
});
