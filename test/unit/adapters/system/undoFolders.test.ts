import assert from "node:assert/strict";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { FolderFollowers } from "../../../../src/adapters/system/followers.ts";
import { UndoFolders } from "../../../../src/adapters/system/undoFolders.ts";
import { keptUndo } from "../../../../src/app/keptUndo.ts";
import type { Followers } from "../../../../src/app/pastRuns.ts";
import { aFolder } from "../../../builders/gitRepository.ts";
import { anUndoReview } from "../../../builders/undo.ts";
import { FakeLog } from "../../../fakes/log.ts";

const UNDO = keptUndo(anUndoReview(), { mark: { by: "Ann Lee", at: 5, undoneTo: 1, undoneFrom: 2 } });

/** The storage of one computer; its windows are processes by number, and a test says which of them live. */
class Computer {
  readonly storage: string;
  readonly living = new Set<number>();
  readonly log = new FakeLog();

  constructor(t: TestContext) {
    const folder = aFolder();
    t.after(() => {
      folder.remove();
    });
    this.storage = join(folder.path, "storage");
  }

  window(hostPid: number, closing = new AbortController().signal): UndoFolders {
    this.living.add(hostPid);
    const files = new FolderFollowers(
      (pid) => this.living.has(pid),
      () => ({ hostPid, startedAt: hostPid }),
    );
    return this.#folders(files, closing);
  }

  #folders(followers: Followers, closing: AbortSignal): UndoFolders {
    const { storage, log } = this;
    return new UndoFolders({ storage, followers, log, kubeconfig: () => "/chosen/kubeconfig", closing });
  }

  get folders(): readonly string[] {
    return readdirSync(join(this.storage, "undos"));
  }

  /** The only folder. */
  get folder(): string {
    const [id = ""] = this.folders;
    return join(this.storage, "undos", id);
  }
}

const ids = (found: readonly { readonly id: string }[]): readonly string[] => found.map(({ id }) => id);

test("what one window keeps is found whole by the next one, once that window is gone", async (t) => {
  const computer = new Computer(t);
  const id = await computer.window(1).keep(UNDO);
  const next = computer.window(2);
  assert.deepEqual(await next.adopt(), []);
  computer.living.delete(1);
  assert.deepEqual(await next.adopt(), [
    { kind: "undo", id, undo: UNDO, startedAt: 1, kubeconfig: "/chosen/kubeconfig" },
  ]);
  assert.deepEqual(await next.adopt(), []);
  await next.told(id ?? "");
  assert.deepEqual(computer.folders, []);
});

test("of several windows that look at once one alone has it, and when that one dies another", async (t) => {
  const computer = new Computer(t);
  const id = await computer.window(1).keep(UNDO);
  computer.living.delete(1);
  const windows = [2, 3, 4, 5].map((pid) => ({ pid, window: computer.window(pid) }));
  const look = (): Promise<readonly number[]> =>
    Promise.all(
      windows.map(async ({ pid, window }) => ((await window.adopt()).length === 0 ? [] : [pid])),
    ).then((found) => found.flat());
  const [first = 0, ...others] = await look();
  assert.deepEqual(others, []);
  assert.deepEqual(await look(), []);
  computer.living.delete(first);
  windows.splice(0, windows.length, ...windows.filter(({ pid }) => pid !== first));
  assert.equal((await look()).length, 1);
  assert.deepEqual(computer.folders, [id]);
});

test("after a reload within one process it is the new window's", async (t) => {
  const computer = new Computer(t);
  const id = await computer.window(1).keep(UNDO);
  assert.deepEqual(ids(await computer.window(1).adopt()), [id]);
});

test("what a closing window says of the end is not its end: it is kept for the next one", async (t) => {
  const computer = new Computer(t);
  const closing = new AbortController();
  const window = computer.window(1, closing.signal);
  const id = await window.keep(UNDO);
  closing.abort();
  await window.told(id ?? "");
  computer.living.delete(1);
  assert.deepEqual(ids(await computer.window(2).adopt()), [id]);
});

test("what cannot be read is told by one window, once, and stays for who can read it", async (t) => {
  for (const text of [
    "{",
    "null",
    JSON.stringify({ version: 2, undo: UNDO }),
    JSON.stringify({ version: 1 }),
  ]) {
    const computer = new Computer(t);
    const id = await computer.window(1).keep(UNDO);
    writeFileSync(join(computer.folder, "about.json"), text);
    computer.living.delete(1);
    const found = await Promise.all([computer.window(2).adopt(), computer.window(3).adopt()]);
    assert.deepEqual(found.flat(), [{ kind: "unreadable", id }], text);
    assert.deepEqual(await computer.window(4).adopt(), []);
    assert.equal(readFileSync(join(computer.folder, "unreadable.json"), "utf8"), text);
  }
});

test("a folder without a description is nobody's news, and is tidied away in time", async (t) => {
  const computer = new Computer(t);
  const half = join(computer.storage, "undos", "half");
  mkdirSync(half, { recursive: true });
  const window = computer.window(1);
  assert.deepEqual(await window.adopt(), []);
  assert.deepEqual(computer.folders, ["half"]);
  utimesSync(half, 0, 0);
  assert.deepEqual(await window.adopt(), []);
  assert.deepEqual(computer.folders, []);
});

test("only its owner may read it", async (t) => {
  const computer = new Computer(t);
  await computer.window(1).keep(UNDO);
  const modes = [computer.folder, join(computer.folder, "about.json")].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  assert.deepEqual(modes, ["700", "600"]);
});

test("where nothing can be written the undo goes on, and the log says so", async (t) => {
  const computer = new Computer(t);
  const window = computer.window(1);
  await window.keep(UNDO);
  const all = join(computer.storage, "undos");
  renameSync(all, `${all}-away`);
  writeFileSync(all, "");
  assert.equal(await window.keep(UNDO), undefined);
  assert.match(computer.log.lines.join("\n"), /no other window can follow it/u);
});
