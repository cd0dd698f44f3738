import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DeployOutcome, DeployPhase } from "../../../src/app/deployOutcome.ts";
import { followRun } from "../../../src/app/followRun.ts";
import type { PastDeploy, PastRuns } from "../../../src/app/pastRuns.ts";
import type { DeployerEnd } from "../../../src/app/ports.ts";
import { lockRef } from "../../../src/domain/lock.ts";
import { operationRef } from "../../../src/domain/operation.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import { HOUR_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aCommit, aMachine, ann, aPod, aReading, aRevision, ben } from "../../builders/deploy.ts";
import { anOperation, freeLock, heldLock } from "../../builders/lock.ts";
import { aPodOf, aWorkload, IMAGE, someFactsOf, waitingFor } from "../../builders/releaseFacts.ts";
import { DeployWorld, throughTime } from "../../fakes/deployWorld.ts";

const dev1 = aMachine("dev1");
const ref = operationRef("dev1", dev1.target, dev1.locks);
const reservation = lockRef("dev1", dev1.locks);
const mark = { commit: aCommit(), branch: "task/pay-later", by: "Ann Lee" };
const until = Date.UTC(2026, 10, 23, 8) + 9 * HOUR_MS;
const done: DeployerEnd = ok({ output: "deployed" });

/** A run of ann's on dev1 whose window is gone; helm ends as it is told to. */
class Following {
  readonly world = new DeployWorld();
  readonly phases: DeployPhase[] = [];
  readonly stop = new AbortController();
  readonly left = new AbortController();
  readonly run: PastDeploy;
  stopped = 0;
  /** When helm ends, and how. */
  helm: (signal: AbortSignal) => Promise<DeployerEnd | undefined> = async () => {
    await this.world.clock.sleep(10 * SECOND_MS, this.left.signal);
    return this.left.signal.aborted ? undefined : this.deployed();
  };

  constructor(isRunning = true) {
    const { world } = this;
    const stored = world.operations.objects.put(ref, anOperation());
    world.locks.objects.put(reservation, heldLock({ by: ann, until }));
    world.releases.add("dev1", aRevision({ revision: 1 }));
    const order = {
      subject: "dev1",
      url: "https://dev1.example.com",
      release: { context: "staging", namespace: "web", release: "dev1" },
      mark,
      revision: 2,
      driver: { timeoutMinutes: 5 },
      lock: { ref: reservation, by: holderIdentity(ann) },
      operation: { ref, stored, every: 5 * SECOND_MS },
    };
    this.run = { id: "run", order, startedAt: 0, isRunning };
  }

  follow(): Promise<DeployOutcome | undefined> {
    const { world, run, stop, left } = this;
    const services = {
      ...world.services(),
      operations: world.operations,
      pastRuns: this.#pastRuns(),
    };
    const onPhase = (phase: DeployPhase): void => {
      this.phases.push(phase);
    };
    const signals = { stop: stop.signal, left: left.signal };
    return throughTime(world.clock, followRun(services, run, onPhase, signals));
  }

  /** helm made its revision, and all pods are ready. */
  deployed(): DeployerEnd {
    const values = {};
    const driver = { ...dev1.target.driver, timeoutMinutes: 5 };
    assert.ok(driver.kind === "helm");
    this.world.deployed({ ...this.run.order, driver, values, repositoryRoot: "/repository" });
    return done;
  }

  #pastRuns(): PastRuns {
    return {
      adopt: () => Promise.resolve([this.run]),
      ended: (_id, _onLine, signal) => this.helm(signal),
      stop: () => {
        this.stopped += 1;
        return Promise.resolve();
      },
      seen: () => Promise.resolve(),
    };
  }
}

const lock = { kind: "held", machine: "dev1", until } as const;
const proven = {
  kind: "proven",
  machine: "dev1",
  url: "https://dev1.example.com",
  commit: mark.commit,
  revision: 2,
  lock,
} as const;

const brief = (outcome: DeployOutcome | undefined): unknown =>
  outcome !== undefined && "lines" in outcome ? { ...outcome, lines: undefined } : outcome;

describe("following a devdeploy whose window is gone", () => {
  test("one that is running is shown on its way and proven, and the outcome is that of its own window", async () => {
    const following = new Following();
    assert.deepEqual(brief(await following.follow()), { ...proven, lines: undefined });
    const kinds = following.phases.map(({ kind }) => kind);
    assert.deepEqual([kinds[0], kinds.at(-1)], ["deploying", "steady"]);
  });

  test("one that had ended is proven, and is not shown as if helm were at work", async () => {
    const following = new Following(false);
    following.helm = () => Promise.resolve(following.deployed());
    assert.deepEqual(brief(await following.follow()), { ...proven, lines: undefined });
    assert.deepEqual(
      following.phases.filter(({ kind }) => kind === "deploying"),
      [],
    );
  });

  test("the Lease of the run is kept alive through the proof and then given back", async () => {
    const following = new Following(false);
    following.helm = () => Promise.resolve(following.deployed());
    const { objects } = following.world.operations;
    const beats = new Set<string>();
    objects.beforeWrite = () => {
      const record = objects.get(ref)?.record;
      if (record?.kind === "working") beats.add(record.beat);
    };
    await following.follow();
    assert.ok(beats.size >= 3, `${beats.size} beats in 15 s`);
    assert.deepEqual(objects.get(ref)?.record, { kind: "idle", transitions: 1 });
  });

  test("a Lease that is somebody else's by now is left alone", async () => {
    const following = new Following(false);
    following.helm = () => Promise.resolve(following.deployed());
    const bens = anOperation({ by: holderIdentity(ben), name: ben.name, run: "bens" });
    following.world.operations.objects.put(ref, bens);
    assert.equal((await following.follow())?.kind, "proven");
    assert.deepEqual(following.world.operations.objects.get(ref)?.record, bens);
  });

  test("a helm that failed is told with its record, and with what its pods look like now", async () => {
    const following = new Following(false);
    const error = { reason: "helm-failed", exitCode: 1, cause: "waited-too-long", output: "Error" } as const;
    following.helm = () => Promise.resolve(fail(error));
    following.world.releases.add("dev1", aRevision({ revision: 2, status: "failed", description: "no" }));
    const waiting = { container: "app", reason: "ErrImagePull", message: "not found" };
    following.world.workloads = ok([aReading({ pods: [aPod({ ready: false, waiting })] })]);
    following.world.evidence.known = someFactsOf(
      aWorkload([aPodOf(waitingFor("ErrImagePull", "not found"))]),
    );
    assert.deepEqual(await following.follow(), {
      kind: "failed",
      machine: "dev1",
      failure: {
        stage: "helm",
        error,
        record: { kind: "recorded", revision: 2, status: "failed", description: "no" },
        diagnosis: {
          cause: { kind: "image", why: "missing", image: IMAGE, pod: "web-6d9f-x2lqp", container: "app" },
          evidence: [
            { kind: "status", about: "Pod/web-6d9f-x2lqp", text: "app: ErrImagePull: not found" },
            { kind: "helm", about: "", text: "Error" },
          ],
        },
      },
      lock,
    });
  });

  test("a helm that was stopped because somebody took over is told with who it was", async () => {
    const following = new Following(false);
    const stopped: DeployerEnd = fail({ reason: "cancelled", output: "stopped", takenBy: "Ben Ode" });
    following.helm = () => Promise.resolve(stopped);
    assert.deepEqual(await following.follow(), {
      kind: "failed",
      machine: "dev1",
      failure: {
        stage: "taken-over",
        by: "Ben Ode",
        output: "stopped",
        record: { kind: "unchanged", revision: 1 },
      },
      lock,
    });
  });

  test("a reservation that ended or was taken meanwhile is not told as one's own", async () => {
    for (const record of [freeLock(), heldLock({ by: ben, until }), heldLock({ by: ann, until: 5 })]) {
      const following = new Following(false);
      following.helm = () => Promise.resolve(following.deployed());
      following.world.locks.objects.put(reservation, record);
      const outcome = await following.follow();
      assert.deepEqual(outcome?.lock, { kind: "none" });
    }
  });

  test("a cancel asks helm to stop, whoever started it", async () => {
    const following = new Following();
    following.helm = async () => {
      following.stop.abort();
      await following.world.clock.sleep(SECOND_MS, following.left.signal);
      return fail({ reason: "cancelled", output: "stopped" });
    };
    assert.deepEqual(await following.follow(), {
      kind: "cancelled",
      machine: "dev1",
      truth: { kind: "helm-stopped", output: "stopped", record: { kind: "unchanged", revision: 1 } },
      lock,
    });
    assert.equal(following.stopped, 1);
  });

  test("a window that is closed as well has no outcome, neither while helm works nor during the proof", async () => {
    const working = new Following();
    working.world.clock.after(3 * SECOND_MS, () => {
      working.left.abort();
    });
    assert.equal(await working.follow(), undefined);
    const proving = new Following(false);
    proving.helm = () => Promise.resolve(proving.deployed());
    proving.world.clock.after(3 * SECOND_MS, () => {
      proving.left.abort();
    });
    assert.equal(await proving.follow(), undefined);
    assert.deepEqual([working.stopped, proving.stopped], [0, 0]);
  });
});
