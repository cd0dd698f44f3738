import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KeptUndo } from "../../src/app/keptUndo.ts";
import type { RolloutStore, WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import { MINUTE_MS } from "../../src/domain/time.ts";
import { fail } from "../../src/domain/result.ts";
import { FakeKeptUndos } from "../fakes/keptUndos.ts";
import { useRollouts, WORKLOAD_KINDS } from "./rolloutsStage.ts";
import { imageOf, placedSubject, UndoStage } from "./undoStage.ts";

const BAD = imageOf("bad0bad");

for (const kind of WORKLOAD_KINDS) {
  describe(`An undo of a ${kind} whose window is gone`, () => {
    const rollouts = useRollouts("left");
    const stage = new UndoStage(rollouts);

    /** Two that ran, and one that is broken and rolled out now. */
    async function broken(name: string): Promise<WorkloadAddress> {
      const of = rollouts.of(kind, name);
      await stage.complete(of, imageOf("aaaaaaa"));
      await stage.complete(of, imageOf("4f1c0de"));
      await stage.apply(of, BAD);
      return of;
    }

    /** Undoes it in a window that goes away as soon as it is written; answers what that had kept, as the disk has it. */
    async function left(of: WorkloadAddress, store?: RolloutStore): Promise<KeptUndo> {
      const keptUndos = new FakeKeptUndos();
      let text = "";
      keptUndos.onKeep = () => {
        text = JSON.stringify([...keptUndos.kept.values()][0]);
      };
      const gone = new AbortController();
      await stage.undo(await stage.reviewed(placedSubject(of)), {
        keptUndos,
        ...(store && { rollouts: store }),
        signal: gone.signal,
        onPhase: (phase) => {
          if (phase.kind === "proving") gone.abort();
        },
      });
      return JSON.parse(text) as KeptUndo;
    }

    test("is found to be written, proven and put on hold", async () => {
      const end = await stage.follow(await left(await broken("written")));
      assert.ok(end?.kind === "proven", JSON.stringify(end));
      assert.deepEqual(
        [end.revision, end.hold?.kind, end.items.every(({ state }) => state === "ok")],
        [4, "placed", true],
      );
    });

    test("is not taken for what kubectl apply has rolled out since", async () => {
      const of = await broken("applied");
      const undo = await left(of);
      await stage.apply(of, imageOf("c0ffee1"));
      assert.deepEqual(await stage.follow(undo), { kind: "superseded" });
    });

    test("is not taken for somebody's newer undo", async () => {
      const of = await broken("again");
      const undo = await left(of);
      await rollouts.settled(of);
      const newer = await stage.undo(await stage.reviewed(placedSubject(of)));
      assert.equal(newer.kind, "proven", JSON.stringify(newer));
      // A ReplicaSet keeps the mark of what was gone back to with it; a ControllerRevision never had it.
      assert.deepEqual(await stage.follow(undo), { kind: kind === "Deployment" ? "superseded" : "unclear" });
    });

    test("that never arrived has changed nothing", async () => {
      const of = await broken("lost");
      const store: RolloutStore = {
        read: (...asked) => rollouts.own.rollouts.read(...asked),
        list: (...asked) => rollouts.own.rollouts.list(...asked),
        missingRights: (...asked) => rollouts.own.rollouts.missingRights(...asked),
        undo: () => Promise.resolve(fail({ reason: "refused", detail: "" })),
      };
      const undo = await left(of, store);
      assert.deepEqual(await stage.follow(undo, Date.now() - MINUTE_MS), { kind: "never-written" });
    });

    test("of a workload that was made anew is over", async () => {
      const of = await broken("anew");
      const undo = await left(of);
      await rollouts.kubectl("delete", kind.toLowerCase(), of.name, "--namespace", of.namespace, "--wait");
      assert.deepEqual(await stage.follow(undo), { kind: "gone" });
      await stage.apply(of, BAD);
      assert.deepEqual(await stage.follow(undo), { kind: "gone" });
    });
  });
}
