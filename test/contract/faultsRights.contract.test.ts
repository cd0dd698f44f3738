import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome } from "../../src/app/claimMachine.ts";
import { LockBoard } from "../../src/app/lockBoard.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { unlockMachine } from "../../src/app/unlockMachine.ts";
import { joinWaiting } from "../../src/app/waitingList.ts";
import { openCluster, type Cluster } from "../../src/cluster.ts";
import type { Pool } from "../../src/domain/config.ts";
import { aBranch, aCommit, aConfig, aMachine, ann, aPool, ben } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import { FakeLog } from "../fakes/log.ts";
import { useCluster } from "./useCluster.ts";

const signal = new AbortController().signal;
const LEASES = "apis/coordination.k8s.io/v1";
const RBAC = "apis/rbac.authorization.k8s.io/v1";
/** What an administrator makes beforehand; `dev9` is forgotten, and no right to `dev8` is given. */
const MADE = ["dev", "dev1", "dev1-operation", "dev8"];
const MAY_UPDATE = ["dev", "dev1", "dev1-operation", "dev9"];

/** Roles are known to a real API server only. */
const hasRoles = process.env["DEVDEPLOY_CONTRACT_TARGET"] === "controlplane";
if (hasRoles) {
  describe("a developer who may list and watch Leases and update those by name, and neither create nor delete any", () => {
    const on = useCluster("rights");
    let cluster: Cluster;
    before(async () => {
      const admin = on.as("admin");
      const made = async (path: string, body: object): Promise<void> => {
        const { status, body: answer } = await admin.post(path, body);
        assert.equal(status, 201, JSON.stringify(answer));
      };
      for (const name of MADE) {
        const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name } };
        await made(`/${LEASES}/namespaces/${on.namespace}/leases`, lease);
      }
      const rule = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
      await made(`/${RBAC}/namespaces/${on.namespace}/roles`, {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "devdeploy" },
        rules: [
          { ...rule, verbs: ["get", "list", "watch"] },
          { ...rule, verbs: ["update"], resourceNames: MAY_UPDATE },
        ],
      });
      await made(`/${RBAC}/namespaces/${on.namespace}/rolebindings`, {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "devdeploy-eve" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "devdeploy" },
        subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "eve" }],
      });
      const kubeconfig = await on.cluster.kubeconfig("eve", ["staging"]);
      cluster = openCluster({ kubeconfig, env: process.env, clock: systemClock, log: new FakeLog() });
      // An API server takes a moment to notice what was granted.
      const ref = { context: "staging", namespace: on.namespace, name: "dev1" };
      await until("the right to read", async () => (await cluster.locks.read(ref, signal)).ok || undefined);
    });
    after(() => {
      cluster.dispose();
    });

    const poolOf = (machine: string): Pool =>
      aPool([aMachine(machine, { locks: { context: "staging", namespace: on.namespace } })]);
    const services = () => ({
      ...cluster,
      clock: systemClock,
      log: new FakeLog(),
      random: Math.random,
      newNonce: randomUUID,
    });
    const claim = (machine: string): Promise<ClaimOutcome> =>
      claimMachine(
        services(),
        { pool: poolOf(machine), claim: { by: ann, branch: aBranch(), commit: aCommit() } },
        signal,
      );

    test("claims, works, waits, sees it all and gives back", async () => {
      const board = new LockBoard({ watches: cluster.watches, clock: systemClock });
      board.follow(aConfig({ pools: [poolOf("dev1")] }));
      const row = (kind: string): Promise<unknown> =>
        until(`a row that is ${kind}`, () => board.machines[0]?.state.kind === kind || undefined);
      await row("free");
      assert.equal((await claim("dev1")).kind, "claimed");
      await row("held");
      const ref = { context: "staging", namespace: on.namespace, name: "dev1" };
      const operation = await holdOperation(
        services(),
        { ref: { ...ref, name: "dev1-operation" }, by: ann, what: "devdeploy" },
        signal,
      );
      if (!operation.ok) assert.fail(JSON.stringify(operation.error));
      await operation.value.release();
      const waiting = await joinWaiting(services(), { pool: poolOf("dev1"), by: ben }, signal);
      assert.equal(waiting.kind, "waiting");
      const given = await unlockMachine(services(), { ref, pool: "dev", by: ann }, signal);
      assert.equal(given.kind, "unlocked");
      await row("kept");
      board.dispose();
    });

    test("is told which Lease an administrator has to make", async () => {
      assert.deepEqual(await claim("dev9"), {
        kind: "failed",
        error: { reason: "not-found", what: `leases ${on.namespace}/dev9` },
        mayBeHeld: false,
      });
    });

    test("is told which right is missing, as it is granted", async () => {
      assert.deepEqual(await claim("dev8"), {
        kind: "failed",
        error: { reason: "forbidden", detail: `update leases/dev8 in ${on.namespace}` },
        mayBeHeld: false,
      });
    });
  });
}
