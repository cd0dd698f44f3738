import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { removeStuck, type RemoveOrder, type RemoveOutcome } from "../../../src/app/removeStuck.ts";
import type { DeployerEnd } from "../../../src/app/ports.ts";
import type { RemovalOrder } from "../../../src/app/rollbackPorts.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { ann, aRevision, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import { aSubject } from "../../builders/rollback.ts";
import { throughTime } from "../../fakes/deployWorld.ts";
import { RELEASE, RollbackWorld } from "../../fakes/rollbackWorld.ts";

/** A first installation whose helm is gone since eleven minutes; its limit is five. */
class Stuck {
  readonly world = new RollbackWorld();
  readonly removals: RemovalOrder[] = [];
  readonly stop = new AbortController();
  order: RemoveOrder;
  helm: () => DeployerEnd = () => {
    this.world.releases.revisions.clear();
    return ok({ output: 'release "web" uninstalled' });
  };

  constructor(age = 11 * MINUTE_MS) {
    const since = this.world.clock.now() - age;
    const status = "pending-install";
    this.world.releases.revisions.set(RELEASE, [aRevision({ status, deployedAt: since })]);
    const stuck = { revision: 1, status, since, age, freeAt: since + 10 * MINUTE_MS } as const;
    this.order = { subject: aSubject(), stuck, by: ann, typed: RELEASE };
  }

  remove(): Promise<RemoveOutcome> {
    const remover = {
      tool: () => Promise.resolve(this.world.tool),
      removeCommand: () => ["/bin/helm", "uninstall", RELEASE],
      remove: (_tool: unknown, order: RemovalOrder) => {
        this.removals.push(order);
        return Promise.resolve(this.helm());
      },
    };
    const services = { ...this.world.services(), remover };
    return throughTime(this.world.clock, removeStuck(services, this.order, this.stop.signal));
  }
}

describe("removing a first installation that was never finished", () => {
  test("uninstalls it under the operation Lease, which is given back", async () => {
    const stuck = new Stuck();
    assert.deepEqual(await stuck.remove(), { kind: "removed" });
    const lease = stuck.world.operationLease;
    assert.deepEqual(
      stuck.removals.map(({ release, operation }) => [release.release, operation?.ref]),
      [[RELEASE, lease]],
    );
    assert.equal(stuck.world.operations.objects.get(lease)?.record.kind, "idle");
  });

  test("tells helm where the records are, if not in Secrets", async () => {
    const stuck = new Stuck();
    const [record = assert.fail()] = stuck.world.releases.revisions.get(RELEASE) ?? [];
    stuck.world.releases.revisions.set(RELEASE, [{ ...record, driver: "configmap" }]);
    assert.deepEqual(await stuck.remove(), { kind: "removed" });
    assert.deepEqual(
      stuck.removals.map(({ records }) => records),
      ["configmap"],
    );
  });

  const REFUSALS: readonly (readonly [
    rule: string,
    arrange: (stuck: Stuck) => void,
    outcome: (stuck: Stuck) => RemoveOutcome,
  ])[] = [
    [
      "another name than the release's",
      (stuck) => {
        stuck.order = { ...stuck.order, typed: "" };
      },
      () => ({ kind: "wrong-name" }),
    ],
    [
      "a release that is gone",
      ({ world }) => {
        world.releases.revisions.clear();
      },
      () => ({ kind: "stale" }),
    ],
    [
      "somebody's newer revision",
      ({ world }) => {
        world.releases.add(RELEASE, aRevision({ revision: 2 }));
      },
      () => ({ kind: "stale", newest: 2 }),
    ],
    [
      "an installation that ended meanwhile",
      ({ world }) => {
        world.releases.add(RELEASE, aRevision({ status: "failed" }));
      },
      () => ({ kind: "stale", newest: 1 }),
    ],
    [
      "a Lease that cannot be had",
      ({ world }) => {
        world.operations.objects.readFaults.push({ reason: "forbidden", detail: "get leases" });
      },
      () => ({ kind: "no-lease", error: { reason: "forbidden", detail: "get leases" } }),
    ],
    [
      "somebody at work",
      ({ world }) => {
        const bens = anOperation({ by: holderIdentity(ben), name: ben.name, lasts: 10 * MINUTE_MS });
        world.operations.objects.put(world.operationLease, bens);
      },
      () => ({
        kind: "busy",
        busy: { kind: "operation", by: "Ben Ode", what: "devdeploy task/pay-later", isMine: false },
      }),
    ],
    [
      "a cancel before it",
      ({ stop }) => {
        stop.abort();
      },
      () => ({ kind: "cancelled", goesOn: false }),
    ],
  ];
  for (const [rule, arrange, outcome] of REFUSALS) {
    test(`is not begun: ${rule}`, async () => {
      const stuck = new Stuck();
      arrange(stuck);
      assert.deepEqual(await stuck.remove(), outcome(stuck));
      assert.deepEqual(stuck.removals, []);
    });
  }

  test("is not begun before its time, and not where anything before it ever ran", async () => {
    const young = new Stuck(9 * MINUTE_MS);
    assert.deepEqual(await young.remove(), { kind: "not-yet", freeAt: young.order.stuck.freeAt });
    const second = new Stuck();
    const { deployedAt } = second.world.newest ?? aRevision();
    second.world.releases.revisions.set(RELEASE, [
      aRevision({ revision: 1, status: "superseded" }),
      aRevision({ revision: 2, status: "pending-install", deployedAt }),
    ]);
    second.order = { ...second.order, stuck: { ...second.order.stuck, revision: 2 } };
    assert.deepEqual(await second.remove(), { kind: "not-removable" });
    assert.deepEqual([young.removals, second.removals], [[], []]);
  });

  test("that helm calls done while records are left is a failure", async () => {
    const stuck = new Stuck();
    stuck.helm = () => ok({ output: "done" });
    const outcome = await stuck.remove();
    assert.ok(outcome.kind === "failed");
    assert.deepEqual(
      [outcome.error, outcome.record.kind === "recorded" && outcome.record.status, outcome.diagnosis],
      [
        { reason: "helm-failed", exitCode: 0, cause: "other", output: "done" },
        "pending-install",
        stuck.world.diagnosis,
      ],
    );
  });

  test("goes on when nobody waits for it any more, and its Lease is left to whoever runs it", async () => {
    const stuck = new Stuck();
    stuck.helm = () => {
      stuck.stop.abort();
      return fail({ reason: "run-lost", output: "" });
    };
    assert.deepEqual(await stuck.remove(), { kind: "cancelled", goesOn: true });
    assert.equal(stuck.world.operations.objects.get(stuck.world.operationLease)?.record.kind, "working");
  });
});
