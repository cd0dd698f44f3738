import { subscribe } from "node:diagnostics_channel";
import { ClientRequest } from "node:http";

/** Counts what this process sends over HTTP, whoever sends it. */
export class RequestCount {
  readonly #requests = new Map<string, number>();
  #known = new WeakSet();
  #connections = 0;

  constructor() {
    subscribe("http.client.request.start", (message) => {
      if (typeof message !== "object" || message === null || !("request" in message)) return;
      if (message.request instanceof ClientRequest) this.#count(message.request);
    });
  }

  get total(): number {
    return [...this.#requests.values()].reduce((sum, count) => sum + count, 0);
  }

  /** What was counted since the last time, by verb and plural. */
  take(): { readonly requests: Readonly<Record<string, number>>; readonly connections: number } {
    const taken = { requests: Object.fromEntries(this.#requests), connections: this.#connections };
    this.#requests.clear();
    this.#connections = 0;
    return taken;
  }

  #count({ method, path, socket }: ClientRequest): void {
    const what = kindOf(method, path);
    this.#requests.set(what, (this.#requests.get(what) ?? 0) + 1);
    if (socket === null || this.#known.has(socket)) return;
    this.#known.add(socket);
    this.#connections += 1;
  }
}

function kindOf(method: string, path: string): string {
  const [place = "", query = ""] = path.split("?");
  const [plural = place, name] = place.split("/namespaces/")[1]?.split("/").slice(1) ?? [];
  const isWatch = new URLSearchParams(query).get("watch") === "true";
  const verb = isWatch ? "watch" : method === "GET" && name === undefined ? "list" : method.toLowerCase();
  return `${verb} ${plural}`;
}
