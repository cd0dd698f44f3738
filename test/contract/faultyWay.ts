import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Agent, request } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { kubeconfigText } from "../fakes/apiServer.ts";
import type { TestCluster } from "./cluster.ts";

/** What becomes of one request on its way. */
export type Mishap =
  /** It never arrives. */
  | { readonly kind: "lose-request" }
  /** It arrives twice, as a proxy that tries again may have it; the second answer comes back. */
  | { readonly kind: "arrive-twice" }
  /** It arrives and is done; its answer never comes back. */
  | { readonly kind: "lose-answer" }
  /** It is sent on once this has resolved. */
  | { readonly kind: "hold"; readonly until: Promise<unknown> }
  /** Somebody else answers, before or (`isDone`) after the API server has done what was asked. */
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: object;
      readonly headers?: Readonly<Record<string, string>>;
      readonly isDone?: boolean;
    };

interface Planned {
  readonly method: string;
  readonly mishap: Mishap;
}

/** The way between a client and the API server of a test cluster, on which things go wrong as a test wants it. */
export class FaultyWay {
  readonly #cluster: TestCluster;
  readonly #agent: Agent;
  readonly #planned: Planned[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** Method and path of each request, as it came. */
  readonly requests: string[] = [];
  /** Watches stay open and bring nothing any more. */
  areWatchesSilent = false;

  constructor(cluster: TestCluster) {
    this.#cluster = cluster;
    this.#agent = new Agent({ keepAlive: true, ca: cluster.ca });
  }

  /** The text of a kubeconfig whose context `staging` leads this way. */
  kubeconfig(person: string): string {
    return kubeconfigText(`http://127.0.0.1:${this.#port}`, { token: this.#cluster.token(person) });
  }

  /** Listens; after `close` on the same port again. */
  open(): Promise<void> {
    const server = createServer((incoming, answering) => {
      // Where the API server is not there, nobody answers here either.
      this.#serve(incoming, answering).catch(() => incoming.socket.destroy());
    });
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    this.#server = server;
    return new Promise((resolve) => {
      server.listen(this.#port, "127.0.0.1", () => {
        this.#port = (server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  /** Nobody is there any more, as while an API server restarts. */
  async close(): Promise<void> {
    const server = this.#server;
    const closed = new Promise((resolve) => server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#agent.destroy();
  }

  /** The next request with this method meets this mishap. */
  next(method: string, mishap: Mishap): void {
    this.#planned.push({ method, mishap });
  }

  async #serve(incoming: IncomingMessage, answering: ServerResponse): Promise<void> {
    const { method = "", url = "" } = incoming;
    this.requests.push(`${method} ${url}`);
    const index = this.#planned.findIndex((planned) => planned.method === method);
    const mishap = index === -1 ? undefined : this.#planned.splice(index, 1)[0]?.mishap;
    const body = await bodyOf(incoming);
    const send = (): Promise<IncomingMessage> => this.#send(incoming, body, answering);
    switch (mishap?.kind) {
      case "lose-request":
        incoming.socket.destroy();
        return;
      case "lose-answer":
        await send();
        incoming.socket.destroy();
        return;
      case "arrive-twice":
        (await send()).resume();
        break;
      case "hold":
        await mishap.until;
        break;
      case "answer":
        if (mishap.isDone === true) (await send()).resume();
        answering.writeHead(mishap.status, { "Content-Type": "application/json", ...mishap.headers });
        answering.end(JSON.stringify(mishap.body));
        return;
      case undefined:
    }
    this.#pass(url, await send(), answering);
  }

  #send(incoming: IncomingMessage, body: Buffer, answering: ServerResponse): Promise<IncomingMessage> {
    const { method = "GET", url = "", headers } = incoming;
    const target = new URL(url, this.#cluster.server);
    const options = { method, agent: this.#agent, headers: { ...headers, host: target.host } };
    return new Promise((resolve, reject) => {
      const outgoing = request(target, options).once("response", resolve).once("error", reject);
      answering.once("close", () => outgoing.destroy());
      outgoing.end(body);
    });
  }

  #pass(url: string, answer: IncomingMessage, answering: ServerResponse): void {
    answering.writeHead(answer.statusCode ?? 502, answer.headers);
    answering.flushHeaders();
    answer.on("error", () => answering.destroy());
    if (!url.includes("watch=true")) {
      answer.pipe(answering);
      return;
    }
    answer.on("data", (chunk: Buffer) => {
      if (!this.areWatchesSilent) answering.write(chunk);
    });
    answer.once("end", () => answering.end());
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
