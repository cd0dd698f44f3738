import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aBranch, aCommit, aLabel, ann, aRevision, ben } from "../../builders/deploy.ts";
import { aHold, at, heldLock } from "../../builders/lock.ts";
import { watchedLock } from "../../fakes/watches.ts";

const { TeamWindow } = await import("../../fakes/teamWindow.ts");

const lines = ({ lines: all }: { readonly lines: readonly string[] }): readonly string[] =>
  all.filter((line) => line.startsWith("warn"));

async function anAwakeWindow(...args: ConstructorParameters<typeof TeamWindow>) {
  const window = new TeamWindow(...args);
  window.folders.wake();
  await window.settled();
  return window;
}

test("a window that nobody woke asks no cluster, however long it is open", async () => {
  const window = new TeamWindow();
  await window.clock.advance(24 * HOUR_MS);
  assert.equal(window.watches.leaseWatches.size, 0);
});

test("a countdown turns at its own minute by the server's clock", async () => {
  const window = await anAwakeWindow();
  await window.tell({ dev1: watchedLock(heldLock({ until: at("09:00") + 20 * SECOND_MS })) });
  const lefts: number[] = [];
  window.folders.onChange(() => {
    const [view] = window.folders.views;
    const machine = view?.machines[0];
    if (view !== undefined && machine?.state.kind === "held") {
      lefts.push(Math.floor((machine.state.hold.until - view.nowAt("dev1")) / MINUTE_MS));
    }
  });
  await window.clock.advance(20 * SECOND_MS);
  assert.deepEqual(lefts, []);
  await window.clock.advance(SECOND_MS);
  assert.deepEqual(lefts, [59]);
  await window.clock.advance(2 * MINUTE_MS);
  assert.deepEqual(lefts, [59, 58, 57]);
});

test("a clock that is wrong is told in the log once, and again when it is wrong in another way", async () => {
  const window = await anAwakeWindow();
  for (const offset of [0, HOUR_MS, HOUR_MS + 900, 0, -HOUR_MS]) await window.tell({}, offset);
  assert.deepEqual(lines(window.log), [
    "warn This computer's clock is 1 h behind the cluster's. Times left are counted by the cluster's.",
    "warn This computer's clock is 1 h ahead of the cluster's. Times left are counted by the cluster's.",
  ]);
});

test("the remote is asked what became of branches only while the rows are in view", async () => {
  const window = await anAwakeWindow();
  window.remote.set(aBranch("master"), aCommit("9"));
  await window.tell({ dev1: watchedLock(heldLock({ by: ben })) });
  await window.clock.advance(HOUR_MS);
  assert.equal(window.remoteAsked, 0);
  window.folders.see(true);
  await window.settled();
  assert.deepEqual(
    [window.remoteAsked, window.folder.view.flags("dev1")],
    [1, [{ kind: "deleted", branch: aBranch() }]],
  );
});

test("a machine that runs another commit than its lock says is flagged once that has settled", async () => {
  const window = await anAwakeWindow();
  window.releases.add("dev1", aRevision({ revision: 4, mark: { commit: aCommit("9c1f2ab") }, images: [] }));
  window.watches.releases("staging", "web").tell({
    items: new Map([["dev1", [aLabel({ revision: 4 })]]]),
    liveness: { kind: "live", verifiedAt: 0 },
  });
  await window.tell({ dev1: watchedLock(heldLock()) });
  const flags = (): unknown => window.folder.view.flags("dev1");
  assert.deepEqual(flags(), []);
  await window.clock.advance(MINUTE_MS);
  assert.deepEqual(flags(), [{ kind: "other-commit", expected: aCommit(), running: aCommit("9c1f2ab") }]);
});

test("who looks is found out, and mine is mine", async () => {
  const window = await anAwakeWindow();
  await window.tell({ dev1: watchedLock({ ...heldLock(), hold: aHold({ by: ann }) }) });
  assert.deepEqual(window.folder.me, ann);
});
