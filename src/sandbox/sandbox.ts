import type { Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Listing } from "./api/listing.ts";
import { Objects } from "./api/objects.ts";
import { seedObject } from "./api/seeding.ts";
import { makeCertificate } from "./certificate.ts";
import { startControllers } from "./controllers/start.ts";
import type { Interceptor } from "./decide.ts";
import { textOf } from "./json.ts";
import { kindOfObject, NAMESPACE, NODE } from "./kinds.ts";
import { nodeObject } from "./node.ts";
import { nameOf } from "./object.ts";
import type { Options } from "./options.ts";
import { makePerson, type Person } from "./people.ts";
import { makeServer } from "./server.ts";
import { Store } from "./store.ts";

/** A running sandbox. */
export interface Sandbox {
  readonly server: string;
  /** The certificate, in PEM, by which clients know the server. */
  readonly ca: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly objects: Objects;
  /** When a request last came in, in epoch milliseconds; now, while any connection is open. */
  readonly lastUsed: () => number;
  /** Forgets all past states, as etcd's compaction does: old watches and old pages are answered by 410. */
  compact(): void;
  /** Cuts every connection and listens again after a while, on the same port and with the same objects. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}

const EVERY_CLUSTER = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Starts a sandbox on a free port of 127.0.0.1. Interceptors see every request before it is served. */
export async function startSandbox(
  options: Options,
  interceptors: readonly Interceptor[] = [],
): Promise<Sandbox> {
  const now = Date.now;
  const store = new Store(options.historyWindow);
  const objects = new Objects(store, now);
  fill(objects, options);
  const stopControllers = startControllers(objects);
  const people = peopleOf(options);
  const listing = new Listing(store);
  const certificate = await makeCertificate(now());

  let address = "";
  let lastUsed = now();
  const watched: Interceptor = () => {
    lastUsed = now();
    return undefined;
  };
  const server = makeServer(
    {
      services: { objects, listing, address: () => address },
      rules: { people, interceptors: [watched, ...interceptors] },
      bookmarkMs: options.bookmarkSeconds * 1000,
    },
    certificate,
  );
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.on("close", () => {
      connections.delete(socket);
      lastUsed = now();
    });
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      // Those too that are only being made, which the server itself would wait two minutes for.
      for (const socket of connections) socket.destroy();
    });
  await listen(server, 0);
  const port = portOf(server.address());
  address = `127.0.0.1:${port}`;

  return {
    server: `https://${address}`,
    ca: certificate.cert,
    tokens: Object.fromEntries(people.map(({ name, token }) => [name, token])),
    objects,
    lastUsed: () => (connections.size > 0 ? now() : lastUsed),
    compact: () => {
      store.compact();
      listing.forget();
    },
    restart: async (downMs) => {
      await close();
      await delay(downMs);
      await listen(server, port);
    },
    stop: () => {
      stopControllers();
      return close();
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function portOf(address: string | AddressInfo | null): number {
  return address === null || typeof address === "string" ? 0 : address.port;
}

const peopleOf = ({ admin, people, strangers }: Options): Person[] => [
  makePerson(admin, "admin"),
  ...people.map((name) => makePerson(name, "developer")),
  ...strangers.map((name) => makePerson(name, "stranger")),
];

/** Namespaces first, so that nothing seeded lies outside of one. */
function fill(objects: Objects, { namespaces, objects: seeds }: Options): void {
  const named = seeds.flatMap((object) =>
    textOf((object["metadata"] as { namespace?: string } | undefined)?.namespace),
  );
  const given = new Set(seeds.filter(({ kind }) => kind === NAMESPACE.kind).map(nameOf));
  for (const name of new Set([...EVERY_CLUSTER, ...namespaces, ...named])) {
    if (name === "" || given.has(name)) continue;
    seedObject(objects, NAMESPACE, { kind: "Namespace", apiVersion: "v1", metadata: { name } });
  }
  seedObject(objects, NODE, nodeObject(objects.now()));
  for (const object of seeds) {
    const kind = kindOfObject(textOf(object["apiVersion"]), textOf(object["kind"]));
    if (kind !== undefined) seedObject(objects, kind, object);
  }
}
