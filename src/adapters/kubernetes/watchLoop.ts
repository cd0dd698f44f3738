import { setImmediate as turn } from "node:timers/promises";
import type { Clock, Log, WatchEvent, WriteError } from "../../app/ports.ts";
import type { ClusterError, Liveness } from "../../domain/cluster.ts";
import type { Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";
import type { ApiCall } from "./api.ts";
import type { KubernetesClient } from "./client.ts";
import type { HttpStream } from "./http.ts";
import { objectsAt, textAt, type JsonObject } from "./json.ts";
import { ServerClock } from "./serverClock.ts";
import { ClusterPin } from "./pin.ts";
import { serverTimeOf } from "./status.ts";
import { WatchPace } from "./watchPace.ts";
import { watchLines, type WatchLine } from "./watchStream.ts";

/** What of the client a watch needs. */
export type WatchClient = Pick<KubernetesClient, "requestOnce" | "stream" | "dropIdle">;

/** A set of objects of one namespace, and what becomes of them. */
export interface WatchSource<O, T> {
  readonly context: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly listAccept?: string;
  readonly watchAccept?: string;
  /** Parses an object once, when it comes. */
  read(object: JsonObject): O;
  /** All objects, by name, as they are told to those who listen. */
  view(objects: ReadonlyMap<string, O>): ReadonlyMap<string, T>;
}

export interface WatchTools {
  readonly client: WatchClient;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/**
 * The API server sends a bookmark about every minute, but only where anything of that kind changed anywhere in the
 * cluster: longer silence means that nobody is there, or that nothing has happened. With the time for an answer, nothing is shown for longer than 90 s as known
 * that is not.
 */
const SILENCE_MS: DurationMs = 75 * SECOND_MS;
const WATCH_TIMEOUT_S = 300;
const ANSWER_TIMEOUT_MS: DurationMs = 15 * SECOND_MS;
/** A watch that ended sooner than this and brought nothing did not work; another one at once would be a storm. */
const USEFUL_MS: DurationMs = 5 * SECOND_MS;
const HEARTBEAT_MS: DurationMs = 5 * SECOND_MS;
/** Some hundred objects are read in a few milliseconds. */
const AT_ONCE = 500;
/** When the wall clock ran this far ahead of the heartbeat, the machine slept and its connections are dead. */
const SLEPT_MS: DurationMs = 10 * SECOND_MS;

/** How a watch ended, and so what comes next. */
type Ending =
  | { readonly kind: "closed" }
  | { readonly kind: "broken"; readonly at: EpochMs }
  | { readonly kind: "gone" }
  | { readonly kind: "silent"; readonly since: EpochMs }
  | { readonly kind: "refused"; readonly error: WriteError };

interface Entry<O> {
  readonly version: string;
  readonly value: O;
}

/**
 * Keeps a set of objects current: list, watch from the list's version, connect again where the watch ends,
 * list again where that is not enough. What it shows is live only while a watch is open and not silent.
 */
export class WatchLoop<O, T> {
  readonly #source: WatchSource<O, T>;
  readonly #tools: WatchTools;
  readonly #fire: (event: WatchEvent<T>) => void;
  readonly #serverClock = new ServerClock();
  readonly #pace: WatchPace;
  readonly #closed = new AbortController();
  #round = new AbortController();
  #objects = new Map<string, Entry<O>>();
  #items: ReadonlyMap<string, T> = new Map();
  #liveness: Liveness = { kind: "connecting" };
  /** The version to watch from, and the cluster that it is a version of. */
  #version = "";
  #pin = new ClusterPin();
  /** When the connection was lost that is being made again; undefined while there is one. */
  #brokenAt: EpochMs | undefined;
  #heartbeat: { dispose(): void } | undefined;

  constructor(source: WatchSource<O, T>, tools: WatchTools, fire: (event: WatchEvent<T>) => void) {
    this.#source = source;
    this.#tools = tools;
    this.#fire = fire;
    this.#pace = new WatchPace(tools.random);
  }

  get current(): WatchEvent<T> {
    return { items: this.#items, liveness: this.#liveness, serverOffset: this.#serverClock.offset };
  }

  start(): void {
    this.#beat();
    void this.#run();
  }

  relist(): void {
    this.#round.abort();
  }

  dispose(): void {
    this.#heartbeat?.dispose();
    this.#closed.abort();
    this.#round.abort();
  }

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.#round = new AbortController();
      const { signal } = this.#round;
      const error = await this.#list(signal);
      if (signal.aborted) continue;
      if (error === undefined) {
        await this.#follow(signal);
      } else {
        this.#lost(error);
        await this.#tools.clock.sleep(this.#pace.next(error), signal);
      }
    }
  }

  /** Watches again and again from where the last watch ended; returns when everything has to be listed anew. */
  async #follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools;
    for (;;) {
      const startedAt = clock.monotonic();
      const from = this.#version;
      const ending = await this.#watch(signal);
      if (signal.aborted) return;
      const wasUseful = this.#version !== from || clock.monotonic() - startedAt >= USEFUL_MS;
      if (wasUseful) this.#pace.succeeded();
      switch (ending.kind) {
        case "closed":
          if (!wasUseful) await clock.sleep(this.#pace.next(), signal);
          break;
        case "broken":
          this.#brokenAt ??= ending.at;
          await clock.sleep(this.#pace.next(), signal);
          break;
        case "gone":
          if (!wasUseful) await clock.sleep(this.#pace.next(), signal);
          return;
        case "silent":
          // Nobody may be there, or there was nothing to say: the list that comes next tells, on a fresh connection.
          this.#brokenAt ??= ending.since;
          this.#tools.client.dropIdle(this.#source.context);
          return;
        case "refused":
          this.#lost(ending.error);
          await clock.sleep(this.#pace.next(ending.error), signal);
          return;
      }
    }
  }

  /** A quorum read of everything: no resourceVersion is named. */
  async #list(signal: AbortSignal): Promise<WriteError | undefined> {
    const { context, path, query = {}, listAccept } = this.#source;
    const pin = new ClusterPin();
    const call: ApiCall = {
      method: "GET",
      path,
      query,
      timeoutMs: ANSWER_TIMEOUT_MS,
      pin,
      ...(listAccept === undefined ? {} : { accept: listAccept }),
    };
    const answer = await this.#tools.client.requestOnce(context, call, signal);
    if (!answer.ok) return answer.error;
    const { body } = answer.value;
    const version = textAt(body, "metadata", "resourceVersion");
    if (version === undefined) {
      return { reason: "not-kubernetes", server: context, detail: "the answer is no list" };
    }
    const objects = await this.#entries(objectsAt(body, "items"));
    if (signal.aborted) return { reason: "aborted" };
    this.#serverClock.learn(answer.value);
    this.#version = version;
    this.#pin = pin;
    this.#replace(objects);
    return undefined;
  }

  async #watch(signal: AbortSignal): Promise<Ending> {
    const { context, path, query = {}, watchAccept } = this.#source;
    const call: ApiCall = {
      method: "GET",
      path,
      query: {
        ...query,
        watch: "true",
        allowWatchBookmarks: "true",
        resourceVersion: this.#version,
        timeoutSeconds: String(WATCH_TIMEOUT_S),
      },
      timeoutMs: ANSWER_TIMEOUT_MS,
      pin: this.#pin,
      ...(watchAccept === undefined ? {} : { accept: watchAccept }),
    };
    const connection = new AbortController();
    const end = (): void => {
      connection.abort();
    };
    signal.addEventListener("abort", end, { once: true });
    try {
      const stream = await this.#tools.client.stream(context, call, connection.signal);
      return stream.ok ? await this.#readStream(stream.value, end) : refused(stream);
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async #readStream(stream: HttpStream, end: () => void): Promise<Ending> {
    const { clock } = this.#tools;
    const { sentAt, receivedAt } = stream;
    this.#serverClock.learn({ serverTime: serverTimeOf(stream.headers), sentAt, receivedAt });
    this.#brokenAt = undefined;
    const heard = { at: clock.now(), isSilent: false };
    const listen = (): { dispose(): void } =>
      clock.after(SILENCE_MS, () => {
        heard.isSilent = true;
        end();
      });
    let silence = listen();
    this.#verified();
    try {
      for await (const line of watchLines(stream.body)) {
        silence.dispose();
        silence = listen();
        heard.at = clock.now();
        if (line.kind === "gone") return { kind: "gone" };
        if (line.kind === "error") {
          return { kind: "refused", error: { reason: "server-error", status: line.code ?? 500, detail: "" } };
        }
        this.#apply(line);
      }
      return heard.isSilent ? { kind: "silent", since: heard.at } : { kind: "closed" };
    } catch {
      return heard.isSilent ? { kind: "silent", since: heard.at } : { kind: "broken", at: clock.now() };
    } finally {
      silence.dispose();
    }
  }

  #apply(line: WatchLine & { readonly object: JsonObject }): void {
    this.#version = textAt(line.object, "metadata", "resourceVersion") ?? this.#version;
    this.#liveness = { kind: "live", verifiedAt: this.#tools.clock.now() };
    if (line.kind === "bookmark") return;
    const name = textAt(line.object, "metadata", "name") ?? "";
    if (line.kind === "removed") this.#objects.delete(name);
    else this.#objects.set(name, this.#entry(line.object));
    this.#changed();
  }

  /** What was listed waits for the watch to open before it is shown as current, unless a watch was open already. */
  #replace(objects: Map<string, Entry<O>>): void {
    const before = this.#objects;
    this.#objects = objects;
    const isSame =
      before.size === this.#objects.size &&
      [...this.#objects].every(([name, { version }]) => before.get(name)?.version === version);
    if (isSame) return;
    if (this.#liveness.kind === "live") this.#changed();
    else this.#items = this.#view();
  }

  /** By name. Thousands of them take long to read, so that others get a turn in between. */
  async #entries(objects: readonly JsonObject[]): Promise<Map<string, Entry<O>>> {
    const entries = new Map<string, Entry<O>>();
    for (const [index, object] of objects.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await turn();
      entries.set(textAt(object, "metadata", "name") ?? "", this.#entry(object));
    }
    return entries;
  }

  #entry(object: JsonObject): Entry<O> {
    const uid = textAt(object, "metadata", "uid") ?? "";
    const version = textAt(object, "metadata", "resourceVersion") ?? "";
    return { version: `${uid} ${version}`, value: this.#source.read(object) };
  }

  #view(): ReadonlyMap<string, T> {
    return this.#source.view(new Map([...this.#objects].map(([name, { value }]) => [name, value])));
  }

  #changed(): void {
    this.#items = this.#view();
    this.#fire(this.current);
  }

  #verified(): void {
    const wasLive = this.#liveness.kind === "live";
    this.#liveness = { kind: "live", verifiedAt: this.#tools.clock.now() };
    if (wasLive) return;
    this.#tools.log.info(`Watching ${this.#source.path} in ${this.#source.context}`);
    this.#fire(this.current);
  }

  /** From here on nothing is known; `since` stays the moment when that began. */
  #lost(error: WriteError): void {
    if (error.reason === "aborted") return;
    this.#tools.client.dropIdle(this.#source.context);
    const known: ClusterError =
      error.reason === "conflict" ? { reason: "server-error", status: 409, detail: "" } : error;
    const before = this.#liveness;
    const since = before.kind === "stale" ? before.since : (this.#brokenAt ?? this.#tools.clock.now());
    this.#liveness = { kind: "stale", since, error: known };
    if (before.kind === "stale" && JSON.stringify(before.error) === JSON.stringify(known)) return;
    this.#tools.log.warn(
      `No watch of ${this.#source.path} in ${this.#source.context}: ${JSON.stringify(known)}`,
    );
    this.#fire(this.current);
  }

  /** Notices a sleep of the machine: connections do not survive it, and nobody would tell. */
  #beat(): void {
    const { clock } = this.#tools;
    const wall = clock.now();
    const monotonic = clock.monotonic();
    this.#heartbeat = clock.after(HEARTBEAT_MS, () => {
      const passed = clock.monotonic() - monotonic;
      // The monotonic clock stands still during a sleep on some systems, and goes on on others.
      const slept = Math.max(clock.now() - wall - passed, passed - HEARTBEAT_MS);
      if (slept > SLEPT_MS) {
        this.#brokenAt ??= wall;
        this.#lost({ reason: "timeout", server: this.#source.context, afterMs: slept });
        this.relist();
      }
      this.#beat();
    });
  }
}

function refused(stream: Extract<Result<HttpStream, WriteError>, { ok: false }>): Ending {
  const { error } = stream;
  // What a `410 Gone` status means is what the event of that code means; in another cluster a version means nothing.
  const isGone =
    (error.reason === "server-error" && error.status === 410) || error.reason === "context-changed";
  return isGone ? { kind: "gone" } : { kind: "refused", error };
}
