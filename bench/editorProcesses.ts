import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import {
  editorMessage,
  type EditorClaims,
  type EditorCommand,
  type EditorContention,
  type EditorMessage,
  type EditorOptions,
  type EditorReport,
} from "./editorMessages.ts";

const LIVE_LIMIT_MS = 60_000;

/** Where the editors' program lies, bundled and minified as the package's programs are. */
export interface EditorProgram {
  readonly path: string;
  dispose(): Promise<void>;
}

export async function buildEditorProgram(): Promise<EditorProgram> {
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-editors-"));
  const path = join(folder, "editorProcess.cjs");
  await build({
    entryPoints: ["bench/editorProcess.ts"],
    outfile: path,
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    // As in esbuild.mjs.
    mainFields: ["module", "main"],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "silent",
  });
  return { path, dispose: () => rm(folder, { recursive: true, force: true }) };
}

/** A process with one or several editors in it. */
export class EditorProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<(message: EditorMessage) => void>();

  private constructor(program: EditorProgram) {
    this.#child = fork(program.path, { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child.on("message", (raw) => {
      const message = editorMessage.parse(raw);
      for (const hear of [...this.#waiting]) hear(message);
    });
  }

  /** Resolves once all boards are live. */
  static async start(program: EditorProgram, options: EditorOptions): Promise<EditorProcess> {
    const editors = new EditorProcess(program);
    const live = editors.next((message) => (message.kind === "live" ? message : undefined), LIVE_LIMIT_MS);
    editors.#child.send(options);
    await live;
    return editors;
  }

  /** When the first editor's board showed a row with this text, by the wall clock. */
  async rowShownAt(text: string, limitMs: number): Promise<number> {
    return this.next(
      (message) => (message.kind === "row" && message.text === text ? message.at : undefined),
      limitMs,
    );
  }

  report(): Promise<EditorReport> {
    return this.#ask({ do: "report" }, (message) => (message.kind === "report" ? message : undefined));
  }

  claim(times: number): Promise<EditorClaims> {
    return this.#ask({ do: "claim", times }, (message) => (message.kind === "claims" ? message : undefined));
  }

  contend(forMs: number): Promise<EditorContention> {
    return this.#ask({ do: "contend", forMs }, (message) =>
      message.kind === "contention" ? message : undefined,
    );
  }

  /** The next message that is what is looked for; rejects after the limit, or when the process ends before. */
  next<T>(pick: (message: EditorMessage) => T | undefined, limitMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(limit);
        this.#waiting.delete(hear);
        this.#child.off("exit", ended);
      };
      const ended = (): void => {
        end();
        reject(new Error("The process of the editors ended."));
      };
      const limit = setTimeout(() => {
        end();
        reject(new Error(`The editors said nothing within ${limitMs} ms.`));
      }, limitMs);
      const hear = (message: EditorMessage): void => {
        const found = pick(message);
        if (found === undefined) return;
        end();
        resolve(found);
      };
      this.#waiting.add(hear);
      this.#child.once("exit", ended);
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  #ask<T>(command: EditorCommand, pick: (message: EditorMessage) => T | undefined): Promise<T> {
    const answer = this.next(pick, ("forMs" in command ? command.forMs : 0) + LIVE_LIMIT_MS);
    this.#child.send(command);
    return answer;
  }
}
