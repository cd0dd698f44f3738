import { watch } from "node:fs";
import { open, stat } from "node:fs/promises";
import { uptime } from "node:os";
import { redacted } from "../../domain/redact.ts";
import type { SupervisorResult } from "../../domain/supervision.ts";
import { readResult, readSign, type RunFolder } from "./runFolder.ts";

/** Notices of a folder may come late or never (network drives, Windows), so one looks at times as well. */
const LOOK_EVERY_MS = 500;
/** The supervisor gives a sign every second; a machine that just woke up has to have time for one. */
const SILENT_MS = 10_000;
const LOOKS_BEFORE_LOST = 6;

export type RunEnd =
  | { readonly kind: "ended"; readonly result: SupervisorResult; readonly output: string }
  | { readonly kind: "lost"; readonly output: string }
  | { readonly kind: "left" };

/**
 * Follows a run to its end, line by line, whether this window started it or found it. An abort only ends the
 * following.
 */
export async function followRun(
  run: RunFolder,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<RunEnd> {
  const log = new LogReader(run.log, onLine);
  const news = watchFolder(run.path, signal);
  let silentLooks = 0;
  try {
    while (!signal.aborted) {
      // Asked before the log is read: a supervisor that ends in between has its result found by the next look.
      const lives = await supervisorLives(run);
      const result = await readResult(run);
      await log.read();
      if (result !== undefined) return { kind: "ended", result, output: log.end() };
      silentLooks = lives ? 0 : silentLooks + 1;
      if (silentLooks >= LOOKS_BEFORE_LOST) return { kind: "lost", output: log.end() };
      await news.next();
    }
    return { kind: "left" };
  } finally {
    news.dispose();
  }
}

/** Whether the supervisor of a run is at work: its process is there, since this boot, and gives signs. */
export async function supervisorLives(run: RunFolder): Promise<boolean> {
  const sign = await readSign(run);
  if (sign === undefined || !processLives(sign.pid, sign.startedAt)) return false;
  const beat = await stat(run.sign).catch(() => undefined);
  return beat !== undefined && Math.abs(Date.now() - beat.mtimeMs) < SILENT_MS;
}

/** Whether a process that was there at a time is still there; ids are given anew after a restart of the machine. */
export function processLives(pid: number, since: number): boolean {
  if (since < Date.now() - uptime() * 1000 - SILENT_MS) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

const MAX_OUTPUT_CHARACTERS = 64 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** Reads a growing file, tells its whole lines and keeps the end of them. */
class LogReader {
  readonly #path: string;
  readonly #onLine: (line: string) => void;
  readonly #decoder = new TextDecoder("utf-8");
  #position = 0;
  #rest = "";
  #output = "";

  constructor(path: string, onLine: (line: string) => void) {
    this.#path = path;
    this.#onLine = onLine;
  }

  async read(): Promise<void> {
    const file = await open(this.#path, "r").catch(() => undefined);
    if (file === undefined) return;
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, this.#position);
        if (bytesRead === 0) return;
        this.#position += bytesRead;
        this.#take(this.#decoder.decode(buffer.subarray(0, bytesRead), { stream: true }));
      }
    } finally {
      await file.close();
    }
  }

  /** All that was written, a last line without an end included; only the last part of it when it is long. */
  end(): string {
    if (this.#rest !== "") this.#tell(this.#rest);
    this.#rest = "";
    return redacted(this.#output).trim();
  }

  #take(text: string): void {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#tell(line);
  }

  #tell(line: string): void {
    const plain = line.replace(/\r$/u, "");
    this.#output = `${this.#output}${plain}\n`.slice(-MAX_OUTPUT_CHARACTERS);
    this.#onLine(redacted(plain));
  }
}

interface News {
  /** Resolves when something may have happened in the folder since it resolved last. */
  next(): Promise<void>;
  dispose(): void;
}

function watchFolder(path: string, signal: AbortSignal): News {
  let wake: (() => void) | undefined;
  // What comes during a look may be of what was looked at already: it is not to be slept over.
  let hasNews = false;
  const onNews = (): void => {
    hasNews = true;
    wake?.();
  };
  const watcher = watch(path, onNews);
  watcher.on("error", onNews);
  signal.addEventListener("abort", onNews);
  return {
    next: () =>
      new Promise((resolve) => {
        const timer = setTimeout(onNews, LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          wake = undefined;
          hasNews = false;
          resolve();
        };
        if (hasNews || signal.aborted) wake();
      }),
    dispose: () => {
      signal.removeEventListener("abort", onNews);
      watcher.close();
    },
  };
}
