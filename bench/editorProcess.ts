import { setTimeout as delay } from "node:timers/promises";
import { configOf, Editor } from "./editor.ts";
import {
  editorCommand,
  editorOptions,
  type EditorClaims,
  type EditorCommand,
  type EditorContention,
  type EditorMessage,
  type EditorReport,
} from "./editorMessages.ts";
import { RequestCount } from "./requestCount.ts";

/** How long an editor that found all machines taken waits for its board to show a free one. */
const PATIENCE_MS = 1_000;

const count = new RequestCount();
const editors: Editor[] = [];
let changes = 0;
let troubles: string[] = [];

process.once("message", (options) => {
  void start(options);
});
process.once("disconnect", () => {
  process.exit(0);
});

async function start(raw: unknown): Promise<void> {
  const { kubeconfig, config, names } = editorOptions.parse(raw);
  for (const name of names) editors.push(openEditor(kubeconfig, config, name));
  while (!editors.every(({ isLive }) => isLive)) await delay(20);
  process.on("message", (command) => {
    void obey(editorCommand.parse(command)).then(send);
  });
  send({ kind: "live" });
}

function openEditor(kubeconfig: string, config: string, name: string): Editor {
  const editor = new Editor(kubeconfig, configOf(config), name, (text) => {
    troubles.push(`${new Date().toISOString()} ${text}`);
  });
  const isFirst = editors.length === 0;
  editor.board.onChange(() => {
    changes += 1;
    if (isFirst) sendRows(editor);
  });
  return editor;
}

function sendRows({ board }: Editor): void {
  const at = Date.now();
  for (const { name, state } of board.machines) {
    const holder = state.kind === "held" ? state.hold.by.name : "";
    send({ kind: "row", text: `${name} ${state.kind} ${holder}`.trim(), at });
  }
}

const send = (message: EditorMessage): void => {
  process.send?.(message);
};

function obey(command: EditorCommand): Promise<EditorMessage> {
  switch (command.do) {
    case "report":
      return Promise.resolve(report());
    case "claim":
      return claim(command.times);
    case "contend":
      return contend(command.forMs);
  }
}

function report(): EditorReport {
  const { rss, heapUsed } = process.memoryUsage();
  const told = { changes, troubles };
  changes = 0;
  troubles = [];
  return { kind: "report", ...count.take(), rssBytes: rss, heapBytes: heapUsed, ...told };
}

async function claim(times: number): Promise<EditorClaims> {
  const [editor] = editors;
  const measured: EditorClaims = { kind: "claims", claimMs: [], unlockMs: [], requests: [], roundTrips: [] };
  // The first one warms up: code that runs for the first time is not what a day is made of.
  for (let time = 0; time <= times && editor !== undefined; time += 1) {
    const { total, roundTrips } = count;
    const began = performance.now();
    const outcome = await editor.claim();
    const claimed = performance.now();
    const sent = { requests: count.total - total, roundTrips: count.roundTrips - roundTrips };
    if (outcome.kind !== "claimed") throw new Error(`Not claimed: ${JSON.stringify(outcome)}`);
    if (!(await editor.unlock(outcome.machine.name))) throw new Error("Not unlocked.");
    if (time === 0) continue;
    measured.claimMs.push(claimed - began);
    measured.unlockMs.push(performance.now() - claimed);
    measured.requests.push(sent.requests);
    measured.roundTrips.push(sent.roundTrips);
  }
  return measured;
}

async function contend(forMs: number): Promise<EditorContention> {
  const seen: EditorContention = { kind: "contention", claimMs: [], failures: {} };
  const end = performance.now() + forMs;
  await Promise.all(
    editors.map(async (editor) => {
      while (performance.now() < end) await contendOnce(editor, seen);
    }),
  );
  return seen;
}

async function contendOnce(editor: Editor, seen: EditorContention): Promise<void> {
  const began = performance.now();
  const outcome = await editor.claim();
  if (outcome.kind === "claimed") {
    seen.claimMs.push(performance.now() - began);
    if (await editor.unlock(outcome.machine.name)) return;
  }
  const failure = failureOf(outcome);
  seen.failures[failure] = (seen.failures[failure] ?? 0) + 1;
  await freeMachine(editor);
}

function failureOf(outcome: Awaited<ReturnType<Editor["claim"]>>): string {
  switch (outcome.kind) {
    case "claimed":
      return "not unlocked";
    case "full":
      return "all taken";
    case "failed":
      return "detail" in outcome.error ? outcome.error.detail : outcome.error.reason;
  }
}

/** Until the board shows a free machine, as a person would wait for it. */
function freeMachine(editor: Editor): Promise<void> {
  if (editor.hasFreeMachine) return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(done, PATIENCE_MS);
    const listening = editor.board.onChange(() => {
      if (editor.hasFreeMachine) done();
    });
    function done(): void {
      clearTimeout(patience);
      listening.dispose();
      resolve();
    }
  });
}
