import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { PastUndoEnd } from "../../../src/app/followUndo.ts";
import { keptUndo, type KeptUndo, type PastUndo } from "../../../src/app/keptUndo.ts";
import type { UndoPhase } from "../../../src/app/undoOutcome.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import type { PastUndoServices } from "../../../src/ui/commands/pastUndos.ts";
import { UndoRuns } from "../../../src/ui/panel/rolloutRuns.ts";
import { anUndoReview } from "../../builders/rolloutPanel.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeKeptUndos } from "../../fakes/keptUndos.ts";
import { FakeLog } from "../../fakes/log.ts";

interface FakeVscode {
  readonly notifications: {
    readonly shown: readonly { readonly severity: string; readonly text: string }[];
    reset(): void;
  };
}
// The loader puts the stand-in here.
const { notifications } = (await import("vscode")) as unknown as FakeVscode;
const { followPastUndos } = await import("../../../src/ui/commands/pastUndos.ts");
const { leftUndoNotice } = await import("../../../src/ui/messages/pastUndo.ts");

const UNDO = keptUndo(anUndoReview(), { mark: { by: "Ann Lee", at: 5, undoneTo: 167 } });
const { workload } = UNDO.subject;
const PHASE: UndoPhase = { kind: "proving", items: [], elapsed: 1, pods: [] };
const PROVEN: PastUndoEnd = { kind: "proven", revision: 169, items: [] };

/** A window that starts, and an undo that another one left behind. */
class Starting {
  readonly clock = new ManualClock();
  readonly undos = new UndoRuns(() => this.clock.now());
  readonly kept = new FakeKeptUndos();
  readonly folders = { isTrusted: true };
  readonly closing = new AbortController();
  readonly told: unknown[] = [];
  /** Ends the following that is under way. */
  end: (end: PastUndoEnd | undefined) => void = () => undefined;
  readonly past: PastUndo = { kind: "undo", id: "undo-0", undo: UNDO, startedAt: this.clock.now() };

  async start(): Promise<void> {
    this.kept.kept.set("undo-0", UNDO);
    void followPastUndos(this.#services(), this.closing.signal);
    await this.clock.advance(0);
  }

  get run(): unknown {
    const run = this.undos.of(workload);
    return run?.kind === "running" ? [run.kind, run.order.isFollowed, run.phase] : run?.kind;
  }

  async ends(end: PastUndoEnd | undefined): Promise<void> {
    this.end(end);
    await this.clock.advance(0);
  }

  #services(): PastUndoServices {
    const { clock, undos, kept, folders, told } = this;
    const log = Object.assign(new FakeLog(), { show: () => undefined });
    return {
      ...{ clock, undos, kept, folders },
      log,
      panels: {
        tellUndone: ({ to }, { kind }) => {
          told.push(["undone", to.revision, kind]);
          return Promise.resolve();
        },
        tellLeft: ({ to }, { kind }) => {
          told.push(["left", to.revision, kind]);
          return Promise.resolve();
        },
      },
      follow: (_past, onPhase) =>
        new Promise((resolve) => {
          onPhase(PHASE);
          this.end = resolve;
        }),
    };
  }
}

beforeEach(() => {
  notifications.reset();
});

test("an undo that another window left is shown as followed, and its end is told once and put away", async () => {
  const starting = new Starting();
  starting.kept.left = [starting.past];
  await starting.start();
  assert.deepEqual(starting.run, ["running", true, PHASE]);
  await starting.ends(PROVEN);
  assert.equal(starting.run, "ended");
  assert.deepEqual(starting.told, [["undone", 167, "proven"]]);
  assert.deepEqual([...starting.kept.kept.keys()], []);
});

test("where there is nothing to prove the panel is about the present again, and the person is told", async () => {
  const starting = new Starting();
  starting.kept.left = [starting.past];
  await starting.start();
  await starting.ends({ kind: "superseded" });
  assert.equal(starting.run, undefined);
  assert.deepEqual(starting.told, [["left", 167, "superseded"]]);
  assert.deepEqual([...starting.kept.kept.keys()], []);
});

test("a window that closes leaves it as it is", async () => {
  const starting = new Starting();
  starting.kept.left = [starting.past];
  await starting.start();
  await starting.ends(undefined);
  assert.deepEqual(
    [starting.run, starting.told, [...starting.kept.kept.keys()]],
    [undefined, [], ["undo-0"]],
  );
});

test("after a reload the window before may live on for a while, so that one looks again", async () => {
  const starting = new Starting();
  await starting.start();
  starting.kept.left = [starting.past];
  await starting.clock.advance(2 * SECOND_MS);
  assert.deepEqual(starting.run, ["running", true, PHASE]);
});

test("in a folder that is not trusted nothing is taken", async () => {
  const starting = new Starting();
  starting.kept.left = [starting.past];
  starting.folders.isTrusted = false;
  await starting.start();
  await starting.clock.advance(5 * MINUTE_MS);
  assert.deepEqual([starting.run, starting.kept.left.length], [undefined, 1]);
});

test("what cannot be read is told", async () => {
  const starting = new Starting();
  starting.kept.left = [{ kind: "unreadable", id: "undo-1" }];
  await starting.start();
  assert.deepEqual(
    notifications.shown.map(({ severity, text }) => [severity, text]),
    [
      [
        "warning",
        "What was kept of an undo in a window that is closed cannot be read, so nobody can tell how it ended. Look at the rollouts of what you went back with; the log says where the file is.",
      ],
    ],
  );
});

test("each end without a proof says what is known, and whether production was to be on hold", () => {
  const held: KeptUndo = {
    ...UNDO,
    hold: {
      ref: { context: "staging", namespace: "devdeploy", name: "production" },
      by: "ann",
      name: "Ann Lee",
      reason: "",
      undone: [],
    },
  };
  const words = (undo: KeptUndo): readonly string[] =>
    (
      [
        { kind: "never-written" },
        { kind: "superseded" },
        { kind: "unclear" },
        { kind: "gone" },
        { kind: "too-old" },
        { kind: "unwatched" },
        { kind: "not-known", error: { reason: "unauthorized", context: "staging" } },
      ] as const
    ).map((end) => leftUndoNotice(end, undo, []).text);
  const said = [
    "Deployment/web was not undone to 167: the window was closed before anything was written. Nothing was changed.",
    "Deployment/web was undone to 167 in a window that is closed, and something newer has been rolled out since. What runs now is not what was gone back to.",
    "Whether Deployment/web was undone to 167 cannot be told: the window was closed meanwhile, and something newer has been rolled out since.",
    "Deployment/web, which was being undone to 167 in a window that is closed, is gone: somebody removed it. There is nothing to prove.",
    "An undo of Deployment/web to 167 was begun more than a day ago in a window that is closed, and nobody has looked how it ended. Its rollouts show what is there.",
    "Nobody looks any more whether Deployment/web was undone to 167. Its rollouts show what is there.",
  ];
  assert.deepEqual(words(UNDO).slice(0, -1), said);
  assert.match(words(UNDO).at(-1) ?? "", /^How the undo of Deployment\/web to 167 ended is not known\. \S/u);
  const onHold = " production was not put on hold.";
  assert.deepEqual(
    words(held).map((text) => text.endsWith(onHold)),
    [false, true, true, false, true, true, true],
  );
});
