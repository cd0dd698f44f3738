import { setMaxListeners } from "node:events";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";
import { withoutUser, type Connection } from "./connection.ts";

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From the start to the last byte; for a stream, to the headers of its answer. */
  readonly timeoutMs: DurationMs;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** When it was sent and when its headers came, by our wall clock. */
  readonly sentAt: EpochMs;
  readonly receivedAt: EpochMs;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: IncomingMessage;
  readonly sentAt: EpochMs;
  readonly receivedAt: EpochMs;
}

const CONNECT_TIMEOUT_MS: DurationMs = 5 * SECOND_MS;
/** Ten revisions of the largest release that a Secret can hold, and room to spare. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Sends a request and reads its whole answer. Nothing is retried and no redirect is followed. */
export async function exchange(
  clock: Clock,
  connection: Connection,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, ClusterError>> {
  const limit = new Limit(clock, connection, request.timeoutMs, signal);
  try {
    const { body, ...answer } = await headersOf(clock, connection, request, limit.signal);
    const text = await textOf(body);
    if (text === undefined) {
      const detail = `its answer is larger than ${MAX_ANSWER_BYTES / 1024 / 1024} MiB`;
      return fail({ reason: "server-error", status: answer.status, detail });
    }
    return ok({ ...answer, text });
  } catch (error) {
    return fail(limit.explain(error));
  } finally {
    limit.dispose();
  }
}

/** Sends a request and returns with the headers of its answer; the body is the caller's to read, to the end or to abortion. */
export async function openStream(
  clock: Clock,
  connection: Connection,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Result<HttpStream, ClusterError>> {
  const limit = new Limit(clock, connection, request.timeoutMs, signal);
  try {
    const stream = await headersOf(clock, connection, request, limit.signal);
    // The time limit was for the headers; from here on only the caller's signal ends the stream.
    signal.addEventListener("abort", () => stream.body.destroy(), { once: true });
    if (signal.aborted) stream.body.destroy();
    return ok(stream);
  } catch (error) {
    return fail(limit.explain(error));
  } finally {
    limit.dispose();
  }
}

/** A time limit and the caller's signal in one, which afterwards knows why an exchange ended. */
class Limit {
  readonly #controller = new AbortController();
  readonly #server: string;
  readonly #timeoutMs: DurationMs;
  readonly #caller: AbortSignal;
  readonly #timer: { dispose(): void };
  readonly #abort = (): void => {
    this.#controller.abort();
  };
  #isLate = false;

  constructor(clock: Clock, { server }: Connection, timeoutMs: DurationMs, caller: AbortSignal) {
    this.#server = withoutUser(server);
    this.#timeoutMs = timeoutMs;
    this.#caller = caller;
    this.#timer = clock.after(timeoutMs, () => {
      this.#isLate = true;
      this.#abort();
    });
    // As many listen as there are requests under one signal, e.g. for each machine of a pool; each leaves with its end.
    setMaxListeners(0, caller);
    if (caller.aborted) this.#abort();
    else caller.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  explain(error: unknown): ClusterError {
    if (this.#caller.aborted) return { reason: "aborted" };
    if (this.#isLate) return { reason: "timeout", server: this.#server, afterMs: this.#timeoutMs };
    return { reason: "unreachable", server: this.#server, detail: networkDetail(error) };
  }

  dispose(): void {
    this.#timer.dispose();
    this.#caller.removeEventListener("abort", this.#abort);
  }
}

/** The system's code (`ECONNREFUSED`, `ENOTFOUND`, `CERT_HAS_EXPIRED`) says all that is known, and quotes nothing. */
function networkDetail(error: unknown): string {
  if (!(error instanceof Error)) return "the connection broke";
  // Several addresses of one host were tried.
  if (error instanceof AggregateError && error.errors.length > 0) return networkDetail(error.errors[0]);
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

function headersOf(
  clock: Clock,
  { server, options }: Connection,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpStream> {
  const sentAt = clock.now();
  return new Promise((resolve, reject) => {
    const send = server.startsWith("https:") ? httpsRequest : httpRequest;
    const body = request.body === undefined ? undefined : Buffer.from(request.body);
    const outgoing = send(`${server}${request.target}`, {
      ...options,
      method: request.method,
      headers: {
        "User-Agent": "devdeploy",
        // The credentials, as the kubeconfig's client put them.
        ...Object.fromEntries(Object.entries(options.headers ?? {})),
        ...request.headers,
        ...(body === undefined ? {} : { "Content-Length": body.length }),
      },
      signal,
    });
    outgoing.once("socket", (socket) => {
      if (!socket.connecting) return;
      const limit = clock.after(CONNECT_TIMEOUT_MS, () => {
        outgoing.destroy(Object.assign(new Error("No connection in time"), { code: "ETIMEDOUT" }));
      });
      const connected = (): void => {
        limit.dispose();
      };
      socket.once(server.startsWith("https:") ? "secureConnect" : "connect", connected);
      socket.once("close", connected);
    });
    outgoing.on("error", reject);
    outgoing.once("response", (response) => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, headers, body: response, sentAt, receivedAt: clock.now() });
    });
    outgoing.end(body);
  });
}

/** Undefined where the answer is too large to be kept. */
async function textOf(body: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
