import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../../src/app/emitter.ts";
import type { LockState } from "../../../src/domain/lock.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { FolderView } from "../../../src/ui/tree/folderView.ts";
import { ann, ben } from "../../builders/deploy.ts";
import { aHold, at } from "../../builders/lock.ts";
import { aFolderView, aMachineView, aPoolView } from "../../builders/view.ts";
import { ManualClock } from "../../fakes/clock.ts";

const { wakeWhileHolding } = await import("../../../src/ui/wakeWhileHolding.ts");

const DAY_MS = 24 * HOUR_MS;

/** What a workspace remembers; a window of it says whether it woke by itself. */
class Workspace {
  readonly clock = new ManualClock(at("08:00"));
  readonly stored = new Map<string, number>();
  writes = 0;

  window() {
    const changes = new Emitter<void>();
    const folders = {
      views: [] as readonly FolderView[],
      onChange: changes.event,
      woken: 0,
      wake(): void {
        this.woken += 1;
      },
    };
    wakeWhileHolding(
      folders,
      {
        get: (key, otherwise) => this.stored.get(key) ?? otherwise,
        update: (key, value) => {
          this.writes += 1;
          this.stored.set(key, value);
          return Promise.resolve();
        },
      },
      this.clock,
    );
    const show = (...views: readonly FolderView[]): void => {
      folders.views = views;
      changes.fire();
    };
    return { show, isAwake: folders.woken > 0 };
  }
}

const folder = (state: LockState, view: Partial<FolderView> = {}): FolderView =>
  aFolderView({ machines: [aMachineView("dev1", { state })], ...view });
const held = (by = ann): LockState => ({ kind: "held", hold: aHold({ by }) });

/** Whether a window that is opened so much later wakes by itself. */
async function wakesAfter(delay: number, ...views: readonly FolderView[]): Promise<boolean> {
  const workspace = new Workspace();
  workspace.window().show(...views);
  await workspace.clock.advance(delay);
  return workspace.window().isAwake;
}

test("who uses nothing is never woken", async () => {
  assert.deepEqual(
    [
      await wakesAfter(0),
      await wakesAfter(0, folder({ kind: "free" })),
      await wakesAfter(0, folder(held(ben))),
      await wakesAfter(0, folder(held(), { me: undefined })),
    ],
    [false, false, false, false],
  );
});

test("who holds a machine is woken, and for a day after its end as well, since it may have been taken", async () => {
  assert.deepEqual(
    [
      await wakesAfter(HOUR_MS, folder(held())),
      await wakesAfter(4 * HOUR_MS + DAY_MS - 1, folder(held())),
      await wakesAfter(4 * HOUR_MS + DAY_MS, folder(held())),
    ],
    [true, true, false],
  );
});

test("who waits is woken for as long as the list remembers them, and who has a machine kept until it is not", async () => {
  const waiter = { by: holderIdentity(ann), name: "Ann", since: at("08:00") };
  const waiting = folder({ kind: "free" }, { pools: [aPoolView({ waiters: [waiter] })] });
  const kept = folder({
    kind: "kept",
    for: ann,
    until: at("08:10"),
    freeAt: at("08:00"),
    isAcknowledged: true,
  });
  assert.deepEqual(
    [
      await wakesAfter(DAY_MS - 1, waiting),
      await wakesAfter(DAY_MS, waiting),
      await wakesAfter(10 * MINUTE_MS - 1, kept),
      await wakesAfter(10 * MINUTE_MS, kept),
    ],
    [true, false, true, false],
  );
});

test("once it is known that the lock is gone, a day more is remembered and no longer", async () => {
  const workspace = new Workspace();
  const { show } = workspace.window();
  show(folder({ kind: "held", hold: aHold({ until: at("08:00") + 2 * DAY_MS }) }));
  show(folder({ kind: "free" }));
  show(folder({ kind: "free" }));
  await workspace.clock.advance(DAY_MS - 1);
  assert.equal(workspace.window().isAwake, true);
  await workspace.clock.advance(1);
  assert.deepEqual([workspace.window().isAwake, workspace.writes], [false, 2]);
});

test("what is unknown is not forgotten", async () => {
  assert.equal(await wakesAfter(HOUR_MS, folder(held())), true);
  const workspace = new Workspace();
  const { show } = workspace.window();
  show(folder({ kind: "held", hold: aHold({ until: at("08:00") + 2 * DAY_MS }) }));
  show(folder({ kind: "unknown" }));
  show(folder(held(), { me: undefined }));
  show();
  await workspace.clock.advance(2 * DAY_MS);
  assert.equal(workspace.window().isAwake, true);
});
