import type { Clock, WriteError } from "../../app/ports.ts";
import { mayHeal, type ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { ApiAnswer, ApiCall, KubernetesApi } from "./api.ts";
import { withoutUser, type Connection, type Connections } from "./connection.ts";
import { exchange, openStream, type HttpAnswer, type HttpRequest, type HttpStream } from "./http.ts";
import { readAnswer, readWithPauses, serverTimeOf, type Origin } from "./status.ts";

const DEFAULT_TIMEOUT_MS: DurationMs = 15 * SECOND_MS;
const MAX_RETRIES = 3;
const FIRST_RETRY_MS: DurationMs = 200;
/** A wait longer than this is not sat out but told: the caller knows better whether it is worth it. */
const MAX_RETRY_WAIT_MS: DurationMs = 10 * SECOND_MS;

/** An answer, with the times that its `Date` header has to be seen against. */
export interface TimedAnswer extends ApiAnswer {
  readonly sentAt: number;
  readonly receivedAt: number;
}

/** The API servers of the kubeconfig's contexts, over kept-alive connections. */
export class KubernetesClient implements KubernetesApi {
  readonly #connections: Connections;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(connections: Connections, clock: Clock, random: () => number = Math.random) {
    this.#connections = connections;
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Reads are tried again where that can help. A write is sent again only where the API server turned it away
   * unseen because it is busy (429); whatever else becomes of it, the caller has to look.
   */
  async request(
    context: string,
    call: ApiCall,
    signal: AbortSignal,
  ): Promise<Result<TimedAnswer, WriteError>> {
    for (let retries = 0; ; retries += 1) {
      const answer = await this.requestOnce(context, call, signal);
      if (answer.ok || retries >= MAX_RETRIES) return answer;
      if (call.method !== "GET" && answer.error.reason !== "throttled") return answer;
      const wait = this.#retryWait(answer.error, retries);
      if (wait === undefined) return answer;
      await this.#clock.sleep(wait, signal);
      if (signal.aborted) return fail({ reason: "aborted" });
    }
  }

  /** One try, with new credentials after a 401. For callers that have a rhythm of their own. */
  async requestOnce(
    context: string,
    call: ApiCall,
    signal: AbortSignal,
  ): Promise<Result<TimedAnswer, WriteError>> {
    const sent = await this.#authorized(context, call, signal, (connection, request) =>
      exchange(this.#clock, connection, request, signal),
    );
    if (!sent.ok) return sent;
    const { answer, origin } = sent.value;
    const isText = call.reads === "text" && answer.status === 200;
    const body = isText ? ok(answer.text) : await readWithPauses(answer, origin);
    if (!body.ok) return body;
    const { sentAt, receivedAt } = answer;
    return ok({ body: body.value, serverTime: serverTimeOf(answer.headers), sentAt, receivedAt });
  }

  /** Opens a watch. `timeoutMs` of the call limits the time to the headers of its answer. */
  async stream(context: string, call: ApiCall, signal: AbortSignal): Promise<Result<HttpStream, WriteError>> {
    const sent = await this.#authorized(context, call, signal, (connection, request) =>
      openStream(this.#clock, connection, request, signal),
    );
    if (!sent.ok) return sent;
    const { answer, origin } = sent.value;
    if (answer.status === 200) return ok(answer);
    const refused = readAnswer({ ...answer, text: await shortText(answer) }, origin);
    return refused.ok
      ? fail({ reason: "server-error", status: answer.status, detail: "no watch" })
      : fail(refused.error);
  }

  /** Connections that wait for work are given up, since they may lead nowhere. */
  dropIdle(context: string): void {
    this.#connections.dropIdle(context);
  }

  dispose(): void {
    this.#connections.dispose();
  }

  /** A 401 was answered before anything was done, so that even a write may be sent again with fresh credentials. */
  async #authorized<T extends HttpAnswer | HttpStream>(
    context: string,
    call: ApiCall,
    signal: AbortSignal,
    send: (connection: Connection, request: HttpRequest) => Promise<Result<T, ClusterError>>,
  ): Promise<Result<{ readonly answer: T; readonly origin: Origin }, ClusterError>> {
    const request = httpRequestOf(call);
    for (let isSecond = false; ; isSecond = true) {
      if (signal.aborted) return fail({ reason: "aborted" });
      const connection = await this.#connections.open(context);
      if (!connection.ok) return connection;
      const elsewhere = call.pin?.refusal(context, connection.value);
      if (elsewhere !== undefined) return fail(elsewhere);
      const answer = await send(connection.value, request);
      if (!answer.ok) {
        if (answer.error.reason !== "aborted") this.#connections.dropIdle(context);
        return answer;
      }
      if (answer.value.status !== 401 || isSecond) {
        const server = withoutUser(connection.value.server);
        const origin = { context, server, what: subjectOf(call), right: rightOf(call) };
        return ok({ answer: answer.value, origin });
      }
      if ("body" in answer.value) answer.value.body.destroy();
      this.#connections.forgetCredentials();
    }
  }

  #retryWait(error: WriteError, retries: number): DurationMs | undefined {
    if (error.reason === "conflict" || !mayHeal(error) || error.reason === "not-kubernetes") return undefined;
    // 400 and 422 say that the request itself is wrong, 410 that it came too late.
    if (error.reason === "server-error" && error.status < 500) return undefined;
    // A time limit that ran out was long enough already; one more try, on a fresh connection, tells a dead
    // connection from a dead server.
    if (error.reason === "timeout" && retries > 0) return undefined;
    const backoff = FIRST_RETRY_MS * 2 ** retries * (1 + this.#random());
    const wait = error.reason === "throttled" ? error.retryAfterMs + backoff : backoff;
    return wait > MAX_RETRY_WAIT_MS ? undefined : wait;
  }
}

function httpRequestOf(call: ApiCall): HttpRequest {
  const query = new URLSearchParams(call.query).toString();
  const hasBody = call.body !== undefined;
  return {
    method: call.method,
    target: query === "" ? call.path : `${call.path}?${query}`,
    headers: {
      Accept: call.accept ?? "application/json",
      ...(hasBody ? { "Content-Type": call.contentType ?? "application/json" } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(call.body) } : {}),
    timeoutMs: call.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };
}

/** `/apis/coordination.k8s.io/v1/namespaces/team/leases/dev1` is about `leases team/dev1`. */
function subjectOf({ path }: ApiCall): string {
  const parts = path.split("/").filter((part) => part !== "");
  const at = parts.indexOf("namespaces");
  if (at === -1) return parts.at(-1) ?? path;
  const [namespace = "", kind = "namespaces", ...name] = parts.slice(at + 1).map(decodeURIComponent);
  return [kind, [namespace, ...name].join("/")].join(" ");
}

const VERBS = { GET: "get", PUT: "update", POST: "create", PATCH: "patch", DELETE: "delete" } as const;

/** A GET of that path needs the right to `get leases/dev1 in team`, one without the name that to `list leases in team`. */
function rightOf({ method, path, query }: ApiCall): string {
  // /api/v1/… or /apis/<group>/v1/…
  const [root, ...rest] = path.split("/").filter((part) => part !== "");
  const parts = rest.slice(root === "api" ? 1 : 2).map(decodeURIComponent);
  const isNamespaced = parts[0] === "namespaces" && parts.length > 2;
  const object = isNamespaced ? parts.slice(2) : parts;
  const isOfMany = method === "GET" && object.length === 1;
  const verb = !isOfMany ? VERBS[method] : query?.["watch"] === "true" ? "watch" : "list";
  return `${verb} ${object.join("/")}${isNamespaced ? ` in ${parts[1] ?? ""}` : ""}`;
}

/** The beginning of a refusal's body: a Status object is short, and nothing else is worth reading. */
async function shortText({ body }: HttpStream): Promise<string> {
  let text = "";
  try {
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > 64 * 1024) break;
    }
  } catch {
    // What was read until the connection broke has to do.
  }
  return text;
}
