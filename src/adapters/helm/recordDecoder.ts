import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Clock, Log } from "../../app/ports.ts";
import type { RecordDriver } from "../../domain/release.ts";
import { fail, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { decodeRelease, type ReleasePayload } from "./decode.ts";
import { isDecoded, READY, type DecodeOrder } from "./decodeMessages.ts";
import { unreadable, type DecodeError } from "./unpack.ts";

type Answer = Result<ReleasePayload, DecodeError | { readonly reason: "aborted" }>;

/** A record of usual size takes some milliseconds; only what was made to be slow takes this long. */
const LIMIT_MS: DurationMs = 20 * SECOND_MS;
/** The thread holds some megabytes, and a history is read in one go. */
const IDLE_MS: DurationMs = 120 * SECOND_MS;
/** Several times what the limits of a record come to. */
const MAX_HEAP_MIB = 512;

export interface DecoderOptions {
  /** The thread's program. Where it is not there, as it was not built, records are decoded in the thread that asks. */
  readonly script: URL | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Decodes records one at a time, in a thread of its own: unpacking and parsing a large one would hold the editor up,
 * and one that was made to take all time there is ends with the thread.
 */
export class RecordDecoder {
  readonly #clock: Clock;
  readonly #log: Log;
  #script: URL | undefined;
  #thread: Promise<Worker | undefined> | undefined;
  /** Answers whom the thread works for. */
  #settle: ((answer: Answer) => void) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #idle: { dispose(): void } | undefined;

  constructor({ script, clock, log }: DecoderOptions) {
    this.#script = script;
    this.#clock = clock;
    this.#log = log;
  }

  /** Records will follow: starts the thread, which takes longer than to decode one. */
  prepare(): void {
    this.#thread ??= this.#start();
    if (this.#waiting === 0) this.#rest();
  }

  decode(data: string, driver: RecordDriver, signal: AbortSignal): Promise<Answer> {
    this.#waiting += 1;
    this.#idle?.dispose();
    const answer = this.#turn.then(() => this.#decode({ data, driver }, signal));
    this.#turn = answer.finally(() => {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#rest();
    });
    return answer;
  }

  /** What is being decoded is told as unreadable. */
  dispose(): void {
    this.#idle?.dispose();
    this.#end();
  }

  async #decode(order: DecodeOrder, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) return fail({ reason: "aborted" });
    this.#thread ??= this.#start();
    const thread = await this.#thread;
    if (thread !== undefined) return this.#ask(thread, order);
    // A turn of the event loop between two records.
    await new Promise((resolve) => setImmediate(resolve));
    return decodeRelease(order.data, order.driver);
  }

  #ask(thread: Worker, order: DecodeOrder): Promise<Answer> {
    return new Promise((resolve) => {
      const limit = this.#clock.after(LIMIT_MS, () => {
        this.#give(unreadable("it takes too long to read"));
        this.#end();
      });
      this.#settle = (answer) => {
        limit.dispose();
        thread.unref();
        resolve(answer);
      };
      // While it works it is worth waiting for; idle, it keeps no process alive.
      thread.ref();
      thread.postMessage(order);
    });
  }

  #give(answer: Answer): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(answer);
  }

  /** Undefined where there is no thread to be had: then everything is decoded here. */
  #start(): Promise<Worker | undefined> {
    const script = this.#script;
    if (script === undefined || !existsSync(script)) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const thread = new Worker(script, {
        // Nothing of ours is its business: not our environment, not the loaders that this process was started with.
        env: {},
        execArgv: [],
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MIB },
      });
      let isReady = false;
      thread.on("message", (message: unknown) => {
        if (isDecoded(message)) this.#give(message);
        if (message !== READY) return;
        isReady = true;
        thread.unref();
        resolve(thread);
      });
      thread.on("error", (error) => {
        this.#log.warn(`The thread that decodes helm's records ended: ${error.message}`);
        if (isReady) return;
        this.#script = undefined;
        resolve(undefined);
      });
      // Whatever ended it: the next record gets a new one.
      thread.on("exit", () => {
        this.#thread = undefined;
        this.#give(unreadable("it could not be read to its end"));
        resolve(undefined);
      });
    });
  }

  #rest(): void {
    this.#idle?.dispose();
    this.#idle = this.#clock.after(IDLE_MS, () => {
      this.#end();
    });
  }

  #end(): void {
    const thread = this.#thread;
    this.#thread = undefined;
    void thread?.then((worker) => worker?.terminate());
  }
}
