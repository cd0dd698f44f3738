import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { followUndo, type PastUndoEnd } from "../../../src/app/followUndo.ts";
import type { KeptUndo, PastUndo } from "../../../src/app/keptUndo.ts";
import { operationOf } from "../../../src/app/rolloutSubjects.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aCommit, ben } from "../../builders/deploy.ts";
import { anOperation } from "../../builders/lock.ts";
import { anAppImage, aRollout, aRolloutRevision, aTemplate } from "../../builders/rollouts.ts";
import { throughTime } from "../../fakes/deployWorld.ts";
import { HOLD, UndoWorld } from "../../fakes/undoWorld.ts";

const UNREACHABLE = { reason: "unreachable", server: "s", detail: "d" } as const;
const LATE = aRolloutRevision({ revision: 9, template: aTemplate(anAppImage("c0ffee1")) });

/** Ann's undo, whose window died at a moment: what it had kept by then is followed by the next one. */
class Following {
  readonly world = new UndoWorld();
  readonly stop = new AbortController();
  readonly left = new AbortController();
  readonly #kept: KeptUndo[] = [];

  /** Her window dies right after its write, or before it where the write never arrives. */
  async begin({ isWritten = true } = {}): Promise<void> {
    const { world } = this;
    const { kept } = world.keptUndos;
    world.keptUndos.onKeep = () => {
      this.#kept.push(...kept.values());
    };
    if (!isWritten) {
      world.rollouts.writeFaults.push({ error: { reason: "refused", detail: "" }, isDone: false });
    }
    world.now = (ready) => {
      world.stop.abort();
      return ready;
    };
    await world.undo();
    world.now = (ready) => ready;
    world.phases.length = 0;
  }

  get kept(): KeptUndo {
    const [undo] = this.#kept;
    if (undo === undefined) throw new Error("Nothing was kept.");
    // As it comes from the disk.
    return JSON.parse(JSON.stringify(undo)) as KeptUndo;
  }

  follow(past: Partial<PastUndo> = {}): Promise<PastUndoEnd | undefined> {
    const { world, stop, left } = this;
    const signals = { stop: stop.signal, left: left.signal };
    const whole: PastUndo = {
      kind: "undo",
      id: "undo-0",
      undo: this.kept,
      startedAt: world.clock.now() - SECOND_MS,
      ...past,
    };
    const following = followUndo(world.services(), whole, (phase) => world.phases.push(phase), signals);
    return throughTime(world.clock, following);
  }

  get hold(): unknown {
    return this.world.holds.objects.get(HOLD)?.record?.undone;
  }
}

const aFollowing = async (begun: { readonly isWritten?: boolean } = {}): Promise<Following> => {
  const following = new Following();
  await following.begin(begun);
  return following;
};

describe("following an undo whose window is gone", () => {
  test("one that was written is shown for as long as it has taken, proven and put on hold", async () => {
    const following = await aFollowing();
    assert.equal(following.hold, undefined);
    const end = await following.follow({ startedAt: following.world.clock.now() - MINUTE_MS });
    assert.ok(end?.kind === "proven", JSON.stringify(end));
    assert.deepEqual(
      [end.revision, end.items.every(({ state }) => state === "ok"), end.hold?.kind, following.hold],
      [3, true, "placed", [aCommit("bad0bad")]],
    );
    const { phases, rollouts } = following.world;
    assert.deepEqual([...new Set(phases.map(({ kind }) => kind))], ["checking", "proving", "steady"]);
    assert.equal(phases[0]?.elapsed, MINUTE_MS);
    // Nothing is ever written a second time.
    assert.equal(rollouts.writes.length, 1);
  });

  test("a write that is still on its way is waited for, and one that never came is told as such", async () => {
    const following = await aFollowing({ isWritten: false });
    const before = following.world.clock.now();
    assert.deepEqual(await following.follow(), { kind: "never-written" });
    assert.equal(following.world.clock.now() - before, MINUTE_MS - SECOND_MS);
    assert.equal(following.hold, undefined);

    const late = await aFollowing({ isWritten: false });
    const written = (await aFollowing()).world.rollouts.rollout;
    late.world.clock.after(20 * SECOND_MS, () => {
      late.world.rollouts.rollout = written;
    });
    assert.equal((await late.follow())?.kind, "proven");
  });

  test("something newer gets no hold, and no proof", async () => {
    const following = await aFollowing();
    const { rollouts } = following.world;
    const revisions = [LATE, ...(rollouts.rollout?.revisions ?? [])];
    rollouts.change({ revisions, template: LATE.template, current: { uid: "rs9", revision: 9 } });
    assert.deepEqual(await following.follow(), { kind: "superseded" });
    assert.equal(following.hold, undefined);
  });

  test("a workload that is gone ends it", async () => {
    const following = await aFollowing();
    following.world.rollouts.rollout = undefined;
    assert.deepEqual(await following.follow(), { kind: "gone" });
  });

  test("one of yesterday is not looked at any more", async () => {
    const following = await aFollowing();
    const { reads } = following.world.rollouts;
    const startedAt = following.world.clock.now() - 24 * HOUR_MS - 1;
    assert.deepEqual(await following.follow({ startedAt }), { kind: "too-old" });
    assert.deepEqual([following.world.rollouts.reads, following.hold], [reads, undefined]);
  });

  test("a cluster out of reach is waited for, and another fault is told", async () => {
    const following = await aFollowing();
    following.world.rollouts.readFaults.push(...Array<typeof UNREACHABLE>(600).fill(UNREACHABLE));
    assert.equal((await following.follow())?.kind, "proven");

    const forbidden = await aFollowing();
    const error = { reason: "forbidden", detail: "no" } as const;
    forbidden.world.rollouts.readFaults.push(error);
    assert.deepEqual(await forbidden.follow(), { kind: "not-known", error });
  });

  test("what does not become well is told with its cause, and is not put on hold", async () => {
    const following = await aFollowing();
    const { world } = following;
    world.diagnosis = { cause: { kind: "waited-too-long" }, evidence: [] };
    world.now = (ready) => ({ ...ready, pods: [{ name: "web-1", ready: false, restarts: 0 }] });
    const end = await following.follow();
    assert.ok(end?.kind === "not-proven", JSON.stringify(end));
    assert.deepEqual([end.diagnosis, following.hold], [world.diagnosis, undefined]);
  });

  test("its operation Lease is kept through the proof and given back where it is still its own", async () => {
    const following = await aFollowing();
    const { world } = following;
    const lease = operationOf(following.kept.subject);
    assert.ok(lease !== undefined && following.kept.operation !== undefined);
    const { record } = following.kept.operation.stored;
    world.operations.objects.put(lease, record);
    assert.equal((await following.follow())?.kind, "proven");
    assert.equal(world.operations.objects.get(lease)?.record.kind, "idle");

    const another = await aFollowing();
    const bens = anOperation({ name: ben.name, run: "bens" });
    another.world.operations.objects.put(lease, bens);
    assert.equal((await another.follow())?.kind, "proven");
    const stays = another.world.operations.objects.get(lease)?.record;
    assert.deepEqual(stays?.kind === "working" && stays.run, "bens");
  });

  test("a stop ends the watching, and a window that closes leaves it to the next one", async () => {
    const stopped = await aFollowing();
    stopped.world.clock.after(3 * SECOND_MS, () => {
      stopped.stop.abort();
    });
    assert.deepEqual(await stopped.follow(), { kind: "cancelled", truth: { kind: "not-awaited" } });

    const early = await aFollowing({ isWritten: false });
    early.world.clock.after(3 * SECOND_MS, () => {
      early.stop.abort();
    });
    assert.deepEqual(await early.follow(), { kind: "unwatched" });

    const closed = await aFollowing();
    closed.world.clock.after(3 * SECOND_MS, () => {
      closed.left.abort();
    });
    assert.equal(await closed.follow(), undefined);
    assert.equal(closed.hold, undefined);
  });

  test("nothing of a template is kept, where secrets may stand", async () => {
    const following = new Following();
    const secret = { env: [{ name: "TOKEN", value: "hunter2" }] };
    const revisions = [
      aRolloutRevision({ revision: 2, template: aTemplate(anAppImage("bad0bad"), secret) }),
      aRolloutRevision({ revision: 1, template: aTemplate(anAppImage(), secret) }),
    ];
    following.world.rollouts.rollout = aRollout({ revisions });
    following.world.order = { reason: "the password was hunter2" };
    following.world.review = { ...following.world.review, seen: aRollout({ revisions }) };
    await following.begin();
    assert.doesNotMatch(JSON.stringify(following.kept), /hunter2|"template"|TOKEN/u);
  });
});
