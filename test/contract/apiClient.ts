import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { Agent, request, type RequestOptions } from "node:https";
import { createInterface } from "node:readline";

/** How a person reaches an API server: TLS and either a token or what a kubeconfig's user brings. */
export interface Access {
  readonly server: string;
  readonly options: Omit<RequestOptions, "headers">;
  readonly headers: OutgoingHttpHeaders;
}

/** An answer of the API server, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The parsed body where it is JSON, else its text. */
  readonly body: unknown;
}

/** One line of a watch. */
export interface WatchLine {
  readonly type: string;
  readonly object: unknown;
}

interface Sending {
  /** Sent as JSON, or as it is when it is a Buffer or a string. */
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The plainest client that can show what a server does: no retries, no caches, every status is an answer. */
export class ApiClient {
  readonly #access: Access;
  readonly #agent: Agent;

  constructor(access: Access) {
    this.#access = access;
    this.#agent = new Agent({ keepAlive: true });
  }

  get(path: string, sending: Sending = {}): Promise<Answer> {
    return this.send("GET", path, sending);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send("POST", path, { body });
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send("PUT", path, { body });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.send("DELETE", path, body === undefined ? {} : { body });
  }

  patch(kind: PatchKind, path: string, body: unknown): Promise<Answer> {
    return this.send("PATCH", path, { body, type: `application/${PATCH_TYPES[kind]}` });
  }

  /** Any request; rejects only when there is no answer at all. */
  send(method: string, path: string, sending: Sending): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(new URL(path, this.#access.server), this.#options(method, sending));
      outgoing.once("error", reject).once("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject).once("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: parse(text, response.headers),
          });
        });
      });
      const body = serialise(sending.body);
      // Node announces no length by itself for a DELETE, and the server would not read its body.
      if (body !== undefined) outgoing.setHeader("content-length", Buffer.byteLength(body));
      outgoing.end(body);
    });
  }

  /**
   * Opens a watch and yields its lines until the server ends it or `signal` aborts. An answer other than 200
   * is yielded as one line of the type `HTTP <status>`.
   */
  async *watch(path: string, signal: AbortSignal, accept?: string): AsyncGenerator<WatchLine, void> {
    const sending = accept === undefined ? {} : { accept };
    // A connection of its own: it stays open for as long as one looks.
    const options = { ...this.#options("GET", sending), agent: false, signal } as const;
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(new URL(path, this.#access.server), options)
          .once("error", reject)
          .once("response", resolve)
          .end();
      });
      for await (const line of createInterface({ input: response })) {
        const object: unknown = JSON.parse(line);
        yield response.statusCode === 200
          ? watchLine(object)
          : { type: `HTTP ${response.statusCode ?? 0}`, object };
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #options(method: string, sending: Sending): RequestOptions {
    const type = sending.type ?? (sending.body === undefined ? undefined : "application/json");
    return {
      ...this.#access.options,
      method,
      agent: this.#agent,
      headers: {
        ...this.#access.headers,
        accept: sending.accept ?? "application/json",
        ...(type === undefined ? {} : { "content-type": type }),
        ...sending.headers,
      },
    };
  }
}

const PATCH_TYPES = {
  json: "json-patch+json",
  merge: "merge-patch+json",
  strategic: "strategic-merge-patch+json",
  apply: "apply-patch+yaml",
} as const;

export type PatchKind = keyof typeof PATCH_TYPES;

function watchLine(value: unknown): WatchLine {
  if (typeof value !== "object" || value === null || !("type" in value) || !("object" in value)) {
    throw new Error(`not a line of a watch: ${JSON.stringify(value)}`);
  }
  return { type: String(value.type), object: value.object };
}

function serialise(body: unknown): string | Buffer | undefined {
  return body === undefined || typeof body === "string" || Buffer.isBuffer(body)
    ? body
    : JSON.stringify(body);
}

function parse(text: string, headers: IncomingHttpHeaders): unknown {
  return text !== "" && headers["content-type"]?.includes("json") === true ? JSON.parse(text) : text;
}
