import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type LockAsk, type LockRecord } from "../../../src/domain/lock.ts";
import { asked, unlocked } from "../../../src/domain/lockChanges.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import type { CommandServices } from "../../../src/ui/commands/services.ts";
import { aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { at, freeLock, heldLock } from "../../builders/lock.ts";
import { FakeTold } from "../../fakes/told.ts";
import { watchedLock } from "../../fakes/watches.ts";

interface Shown {
  readonly text: string;
  readonly buttons: readonly string[];
  answer(button: string | undefined): void;
}
interface FakeVscode {
  readonly notifications: { readonly shown: Shown[]; readonly toasts: string[]; reset(): void };
  readonly commands: { readonly run: unknown[][] };
}

// The loader puts the stand-in here.
const vscode = (await import("vscode")) as unknown as FakeVscode;
const { TeamWindow } = await import("../../fakes/teamWindow.ts");
const { Running } = await import("../../../src/ui/running.ts");
const { tellLockNews } = await import("../../../src/ui/lockNews.ts");

beforeEach(() => {
  vscode.notifications.reset();
  vscode.commands.run.length = 0;
});

async function aWindow(me = ann) {
  const window = new TeamWindow(me);
  const { clock, folders, log } = window;
  const services: Partial<CommandServices> = {
    clock,
    folders,
    log: Object.assign(log, { show: () => undefined }),
    running: new Running(),
  };
  tellLockNews(services as CommandServices, new FakeTold());
  folders.wake();
  await window.settled();
  const press = async (button: string): Promise<void> => {
    const shown = vscode.notifications.shown.at(-1);
    assert.equal(shown?.buttons.includes(button), true, `no button ${button}`);
    shown.answer(button);
    await window.settled();
  };
  return { window, press };
}

const texts = (): readonly string[] => vscode.notifications.shown.map(({ text }) => text);

const anns = heldLock();
const ask: LockAsk = { by: holderIdentity(ben), name: "Ben Ode", at: at("08:00"), branch: "task/y" };
const wanted = asked(anns, ask);
const locked = (record: LockRecord) => ({ dev1: watchedLock(record) });

test("keeping a machine answers exactly the ask that was shown", async () => {
  const { window, press } = await aWindow();
  window.ends.keepMachine = () => Promise.resolve({ kind: "kept" });
  await window.tell(locked(wanted));
  assert.deepEqual(texts(), ["Ben Ode asks for dev1, for task/y."]);
  await press("Keep");
  assert.deepEqual(
    [window.orders, vscode.notifications.toasts],
    [
      [{ verb: "keepMachine", order: { machine: aMachine("dev1"), by: ann, asks: [ask] } }],
      ["Ben Ode is told that you keep dev1."],
    ],
  );
});

test("unlocking for somebody who asks gives back one's own machine", async () => {
  const { window, press } = await aWindow();
  window.ends.unlockMachine = () => Promise.resolve({ kind: "unlocked" });
  await window.tell(locked(wanted));
  await press("Unlock Now");
  assert.deepEqual(
    window.orders.map(({ verb }) => verb),
    ["unlockMachine"],
  );
});

test("an answer that comes when the ask is over changes nothing and says so", async () => {
  const { window, press } = await aWindow();
  await window.tell(locked(wanted));
  await window.tell(locked({ ...anns, hold: { ...anns.hold, claim: "another" } }));
  await press("Unlock Now");
  assert.deepEqual(
    [window.orders, texts().at(-1)],
    [[], "Ben Ode does not ask for dev1 any more. Nothing was done."],
  );
});

test("a loss is told with its reason, and devdeploying again means the branch that was lost", async () => {
  const { window, press } = await aWindow();
  const claimed: LockRecord & { kind: "held" } = {
    ...anns,
    history: [{ at: at("07:00"), by: "Ann Lee", what: "claimed", branch: "task/x" }],
  };
  await window.tell(locked(unlocked(claimed, ben, at("08:00"), { reason: "demo" })));
  assert.match(texts()[0] ?? "", /^Ben Ode unlocked dev1, which you had for task\/x, at .*: “demo”\.$/u);
  await press("Devdeploy Again");
  assert.deepEqual(vscode.commands.run, [["devdeploy.devdeployBranch", "task/x"]]);
});

test("a lock that ends is extended or unlocked by the commands of its row", async () => {
  const { window, press } = await aWindow();
  await window.tell(locked({ ...anns, hold: { ...anns.hold, until: at("08:30") } }));
  assert.match(texts()[0] ?? "", /^dev1's lock ends at .*, in 30 min\.$/u);
  await press("Extend…");
  assert.deepEqual(vscode.commands.run, [["devdeploy.extendLock", "demo/machine/dev1"]]);
});

test("a kept machine is acknowledged by its pool, then told, and given up by leaving the list", async () => {
  const { window, press } = await aWindow(ben);
  const waiter = { by: holderIdentity(ben), name: ben.name, since: at("07:00"), branch: "task/y" };
  window.ends.acknowledgeKept = () => Promise.resolve({ kind: "acknowledged", until: at("08:10") });
  window.ends.leaveWaiting = () => Promise.resolve({ kind: "left" });
  const free = unlocked(anns, ann, at("08:00"));
  await window.tell({ ...locked(free), dev: watchedLock(freeLock(), [waiter]) });
  assert.deepEqual(
    [window.orders, texts()],
    [
      [
        {
          verb: "acknowledgeKept",
          order: { pool: aPool(), by: ben, machine: "dev1", freeAt: at("08:00") },
        },
      ],
      [],
    ],
  );
  const acknowledged = { machine: "dev1", freeAt: at("08:00"), from: at("08:00") };
  await window.tell({ ...locked(free), dev: watchedLock(freeLock(), [{ ...waiter, acknowledged }]) });
  assert.match(texts()[0] ?? "", /^dev1 is kept for you until \d\d:10\.$/u);
  await press("Give It Up");
  assert.deepEqual(window.orders.at(-1), { verb: "leaveWaiting", order: { pool: aPool(), by: ben } });
});

test("a notification that is closed does nothing; a folder that is closed is followed no more", async () => {
  const { window } = await aWindow();
  await window.tell(locked(wanted));
  vscode.notifications.shown.at(-1)?.answer(undefined);
  await window.settled();
  window.folders.remove("demo");
  await window.tell(locked(unlocked(wanted, ben, at("08:00"))));
  assert.deepEqual([window.orders, texts().length], [[], 1]);
});

test("a mistake of ours is told and logged, never lost", async () => {
  const { window, press } = await aWindow();
  await window.tell(locked(wanted));
  await press("Keep");
  assert.match(texts().at(-1) ?? "", /mistake of its own/u);
});
