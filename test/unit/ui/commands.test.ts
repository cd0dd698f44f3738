import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { HOUR_MS, SECOND_MS } from "../../../src/domain/time.ts";
import type { CommandServices } from "../../../src/ui/commands/services.ts";
import type { EnvironmentTree } from "../../../src/ui/tree/environmentTree.ts";
import { aConfig, aMachine, ann, aPool, ben } from "../../builders/deploy.ts";
import { aHold, at, freeLock, heldLock } from "../../builders/lock.ts";
import { watchedLock } from "../../fakes/watches.ts";

interface FakeVscode {
  readonly notifications: {
    readonly shown: { readonly text: string; answer(button: string | undefined): void }[];
    reset(): void;
  };
  readonly commands: { readonly run: unknown[][] };
}

// The loader puts the stand-in here.
const vscode = (await import("vscode")) as unknown as FakeVscode;
const { TeamWindow } = await import("../../fakes/teamWindow.ts");
const { againAt } = await import("../../../src/ui/commands/devdeploy.ts");
const { folderOf } = await import("../../../src/ui/commands/choose.ts");
const { areLocksKnown } = await import("../../../src/ui/commands/locksKnown.ts");
const { unlock } = await import("../../../src/ui/commands/unlock.ts");

beforeEach(() => {
  vscode.notifications.reset();
  vscode.commands.run.length = 0;
});

const held = (by = ann) => watchedLock(heldLock(aHold({ by, until: at("08:00") + 5 * HOUR_MS })));
const told = (): readonly string[] => vscode.notifications.shown.map(({ text }) => text);

/** A window whose sidebar nobody has opened yet. */
function aWindow(config = aConfig({ pools: [aPool([aMachine("dev1"), aMachine("dev2")])] })) {
  const window = new TeamWindow(ann, config);
  const { clock, folders, log } = window;
  const subject: EnvironmentTree["subject"] = (id) =>
    id.includes("/machine/") ? { folder: "demo", machine: id.replace("demo/machine/", "") } : undefined;
  const services: Partial<CommandServices> = {
    clock,
    folders,
    foldersRead: Promise.resolve(),
    log: Object.assign(log, { show: () => undefined }),
    tree: { subject } as Partial<EnvironmentTree> as EnvironmentTree,
  };
  return { window, services: services as CommandServices };
}

test("whoever holds two machines redeploys to the one of the row; of another's row none is insisted on", async () => {
  const { window, services } = aWindow();
  services.folders.wake();
  await window.settled();
  await window.tell({ dev1: held(), dev2: held() });
  assert.deepEqual(againAt(services, "demo/machine/dev2"), { row: "demo/machine/dev2", machine: "dev2" });
  await window.tell({ dev1: held(), dev2: held(ben) });
  assert.deepEqual(againAt(services, "demo/machine/dev2"), { row: "demo/machine/dev2" });
});

test("a folder is found by its key where it has no row", async () => {
  const { window, services } = aWindow();
  assert.equal(await folderOf(services, "demo"), window.folder);
});

test("the first command of a window waits for what the cluster says of the machines", async () => {
  const { window, services } = aWindow();
  const known = areLocksKnown(services, window.folder);
  await window.settled();
  await window.tell({ dev1: watchedLock(freeLock()), dev2: held(ben) });
  assert.equal(await known, true);
  assert.deepEqual(told(), []);
});

test("while nothing is known of the machines it is not said that none is locked", async () => {
  const { window, services } = aWindow();
  const unlocking = unlock(services);
  await window.settled();
  assert.deepEqual(told(), []);
  await window.clock.advance(10 * SECOND_MS);
  await window.settled();
  assert.deepEqual(told(), [
    "Whose the machines are is not known yet: the cluster has not answered so far. Try again in a moment.",
  ]);
  vscode.notifications.shown[0]?.answer("Show Environments");
  await unlocking;
  assert.deepEqual(vscode.commands.run.at(-1), ["devdeploy.environments.focus", "demo"]);
});

test("where the cluster does not answer, the cause is told at once", async () => {
  const { window, services } = aWindow();
  const known = areLocksKnown(services, window.folder);
  await window.settled();
  const error = { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" } as const;
  window.watches.leases("staging", "devdeploy").tell({
    items: new Map(),
    liveness: { kind: "stale", since: at("08:00"), error },
    serverOffset: 0,
  });
  await window.settled();
  assert.deepEqual(told(), [
    "Whose the machines are is not known, so nothing was done. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN.",
  ]);
  vscode.notifications.shown[0]?.answer(undefined);
  assert.equal(await known, false);
});
