import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubernetesClient } from "../../src/adapters/kubernetes/client.ts";
import { Connections } from "../../src/adapters/kubernetes/connection.ts";
import { KubeconfigSource } from "../../src/adapters/kubernetes/kubeconfig.ts";
import type { Clock } from "../../src/app/ports.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTP server that says what a test tells it to, and a client that reaches it through a real kubeconfig. */
export class ScriptedServer {
  /** Answers to come, one for each request; when there are none left, `always`. */
  readonly script: Answer[] = [];
  always: Answer = (_request, response) => {
    json(response, 500, {});
  };
  readonly requests: string[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #folder = "";

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      request.resume();
      (this.script.shift() ?? this.always)(request, response);
    });
    this.#server.on("connection", (socket: Socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens, and writes a kubeconfig whose context `staging` leads here; returns its path. */
  async start(user: object = { token: "t1" }): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.#folder = await mkdtemp(join(tmpdir(), "devdeploy-api-"));
    const path = join(this.#folder, "config");
    await writeFile(path, kubeconfigText(this.url, user));
    return path;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Breaks every connection, as a network does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Nobody listens any more; the kubeconfig still leads here. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  async stop(): Promise<void> {
    await this.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** As JSON, which YAML understands. */
export const kubeconfigText = (server: string, user: object = { token: "t1" }, context = "staging"): string =>
  JSON.stringify({
    clusters: [{ name: "c", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user }],
    contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
  });

export const clientOf = (path: string, clock: Clock): KubernetesClient =>
  new KubernetesClient(
    new Connections(new KubeconfigSource({ path, env: process.env, clock })),
    clock,
    () => 0,
  );

export function json(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

/** A refusal as the API server words it. */
export const refusing =
  (code: number, reason: string, message = "", headers: object = {}): Answer =>
  (_request, response) => {
    json(response, code, { kind: "Status", status: "Failure", code, reason, message }, headers);
  };

/** Waits for a condition of the world outside, with a deadline. */
export async function until(what: string, isSo: () => boolean, limitMs = 5_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
