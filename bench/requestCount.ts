import { subscribe } from "node:diagnostics_channel";
import { ClientRequest } from "node:http";

/** Counts what this process sends over HTTP, whoever sends it. */
export class RequestCount {
  readonly #requests = new Map<string, number>();
  readonly #known = new WeakSet();
  readonly #underWay = new Set<ClientRequest>();
  #connections = 0;
  /** Requests since the beginning; watches too. */
  total = 0;
  /** How often somebody had to wait for an answer: requests that are sent together count once, watches not at all. */
  roundTrips = 0;

  constructor() {
    subscribe("http.client.request.start", (message) => {
      const request = requestIn(message);
      if (request !== undefined) this.#started(request);
    });
    subscribe("http.client.response.finish", (message) => {
      const request = requestIn(message);
      if (request !== undefined) this.#underWay.delete(request);
    });
  }

  /** What was counted since the last time, by verb and plural. */
  take(): { readonly requests: Readonly<Record<string, number>>; readonly connections: number } {
    const taken = { requests: Object.fromEntries(this.#requests), connections: this.#connections };
    this.#requests.clear();
    this.#connections = 0;
    return taken;
  }

  #started(request: ClientRequest): void {
    const { method, path, socket } = request;
    const what = kindOf(method, path);
    this.total += 1;
    this.#requests.set(what, (this.#requests.get(what) ?? 0) + 1);
    if (!what.startsWith("watch ")) {
      if (this.#underWay.size === 0) this.roundTrips += 1;
      this.#underWay.add(request);
      request.once("close", () => this.#underWay.delete(request));
    }
    if (socket === null || this.#known.has(socket)) return;
    this.#known.add(socket);
    this.#connections += 1;
  }
}

const requestIn = (message: unknown): ClientRequest | undefined =>
  typeof message === "object" &&
  message !== null &&
  "request" in message &&
  message.request instanceof ClientRequest
    ? message.request
    : undefined;

function kindOf(method: string, path: string): string {
  const [place = "", query = ""] = path.split("?");
  const [plural = place, name] = place.split("/namespaces/")[1]?.split("/").slice(1) ?? [];
  const isWatch = new URLSearchParams(query).get("watch") === "true";
  const verb = isWatch ? "watch" : method === "GET" && name === undefined ? "list" : method.toLowerCase();
  return `${verb} ${plural}`;
}
