import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { followRollback } from "../../../src/app/followRollback.ts";
import type { PastRollback } from "../../../src/app/pastRuns.ts";
import type { DeployerEnd } from "../../../src/app/ports.ts";
import type { RollbackOutcome, RollbackPhase } from "../../../src/app/rollbackOutcome.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fail } from "../../../src/domain/result.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aCommit, ann, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import { aKeptRollback } from "../../builders/rollback.ts";
import { throughTime } from "../../fakes/deployWorld.ts";
import { LEASE, RELEASE, RollbackWorld } from "../../fakes/rollbackWorld.ts";

/** A rollback of ann's whose window is gone; helm ends as it is told to. */
class Following {
  readonly world = new RollbackWorld();
  readonly phases: RollbackPhase[] = [];
  readonly stop = new AbortController();
  readonly left = new AbortController();
  run: PastRollback;
  stopped = 0;
  helm: (signal: AbortSignal) => Promise<DeployerEnd | undefined> = async (signal) => {
    await this.world.clock.sleep(10 * SECOND_MS, signal);
    return signal.aborted ? undefined : this.rolledBack();
  };

  constructor(isRunning = true) {
    const { world } = this;
    const stored = world.operations.objects.put(world.operationLease, anOperation());
    const order = aKeptRollback({
      operation: { ref: world.operationLease, stored, every: 5 * SECOND_MS },
      hold: { ref: LEASE, by: holderIdentity(ann), name: ann.name, undone: [aCommit("bad0bad")] },
    });
    this.run = { id: "run", order, startedAt: world.clock.now() - MINUTE_MS, isRunning };
  }

  rolledBack(): DeployerEnd {
    return this.world.rolledBack(this.run.order);
  }

  follow(): Promise<RollbackOutcome | undefined> {
    const { world, run, stop, left } = this;
    const pastRuns = {
      adopt: () => Promise.resolve([run]),
      ended: (_id: string, _onLine: unknown, signal: AbortSignal) => this.helm(signal),
      stop: () => {
        this.stopped += 1;
        return Promise.resolve();
      },
      seen: () => Promise.resolve(),
    };
    const onPhase = (phase: RollbackPhase): void => {
      this.phases.push(phase);
    };
    const signals = { stop: stop.signal, left: left.signal };
    return throughTime(world.clock, followRollback({ ...world.services(), pastRuns }, run, onPhase, signals));
  }

  get lease(): unknown {
    return this.world.operations.objects.get(this.world.operationLease)?.record;
  }
}

describe("following a rollback whose window is gone", () => {
  test("is shown on its way, as long as it has taken in all, proven and put on hold", async () => {
    const following = new Following();
    const outcome = await following.follow();
    assert.ok(outcome?.kind === "proven", JSON.stringify(outcome));
    assert.deepEqual(
      [outcome.revision, outcome.items.every(({ state }) => state === "ok"), outcome.hold?.kind],
      [3, true, "placed"],
    );
    const kinds = [...new Set(following.phases.map(({ kind }) => kind))];
    assert.deepEqual(kinds, ["rolling-back", "proving", "steady"]);
    assert.equal(following.phases[0]?.elapsed, MINUTE_MS);
    assert.deepEqual(following.lease, { kind: "idle", transitions: 1 });
  });

  test("one that had ended is proven, and is not shown as if helm were at work", async () => {
    const following = new Following(false);
    following.helm = () => Promise.resolve(following.rolledBack());
    assert.equal((await following.follow())?.kind, "proven");
    assert.ok(following.phases.every(({ kind }) => kind !== "rolling-back"));
  });

  test("a target that helm has dropped meanwhile is told as a fact", async () => {
    const following = new Following(false);
    const { releases, review } = following.world;
    releases.revisions.set(RELEASE, [review.fromRevision]);
    following.helm = () => Promise.resolve(following.rolledBack());
    const outcome = await following.follow();
    assert.ok(outcome?.kind === "proven", JSON.stringify(outcome));
    assert.equal(outcome.items.find(({ kind }) => kind === "manifest")?.state, "fact");
  });

  test("one without an operation Lease says so", async () => {
    const following = new Following(false);
    const { operation, ...order } = following.run.order;
    assert.ok(operation !== undefined);
    following.run = { ...following.run, order };
    following.helm = () => Promise.resolve(following.rolledBack());
    const outcome = await following.follow();
    assert.ok(outcome?.kind === "proven", JSON.stringify(outcome));
    assert.equal(outcome.items.find(({ kind }) => kind === "operation")?.state, "fact");
  });

  test("a stop ends the watching alone: helm is not asked to stop, and its Lease stays as it is", async () => {
    const following = new Following();
    following.world.clock.after(3 * SECOND_MS, () => {
      following.stop.abort();
    });
    assert.deepEqual(await following.follow(), {
      kind: "cancelled",
      truth: { kind: "goes-on", revision: 3 },
    });
    assert.equal(following.stopped, 0);
    assert.deepEqual(following.lease, anOperation({ beat: "beat-0" }));
  });

  test("a window that is closed as well has no outcome, neither while helm works nor during the proof", async () => {
    const working = new Following();
    working.world.clock.after(3 * SECOND_MS, () => {
      working.left.abort();
    });
    assert.equal(await working.follow(), undefined);
    const proving = new Following(false);
    proving.helm = () => Promise.resolve(proving.rolledBack());
    proving.world.clock.after(3 * SECOND_MS, () => {
      proving.left.abort();
    });
    assert.equal(await proving.follow(), undefined);
    assert.equal(proving.world.holds.objects.get(LEASE)?.record, undefined);
  });

  test("a helm that failed is told with its record", async () => {
    const following = new Following(false);
    const error = { reason: "helm-failed", exitCode: 1, cause: "other", output: "Error" } as const;
    following.helm = () => Promise.resolve(fail(error));
    const outcome = await following.follow();
    assert.ok(outcome?.kind === "not-proven", JSON.stringify(outcome));
    assert.deepEqual([outcome.error, outcome.record], [error, { kind: "unchanged", revision: 2 }]);
  });

  test("a Lease that is somebody else's by now is left alone", async () => {
    const following = new Following(false);
    following.helm = () => Promise.resolve(following.rolledBack());
    const bens = anOperation({ by: holderIdentity(ben), name: ben.name, run: "bens" });
    following.world.operations.objects.put(following.world.operationLease, bens);
    assert.equal((await following.follow())?.kind, "proven");
    assert.deepEqual(following.lease, bens);
  });
});
