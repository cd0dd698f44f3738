import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import type { TestCluster } from "./cluster.ts";

/** A wire to the API server that can be cut: nobody answers there any more, and connections break. */
export interface Wire {
  /** A kubeconfig that leads over this wire. */
  kubeconfig(person: string, context: string, folder: string): Promise<string>;
  cut(): void;
  mend(): void;
  close(): void;
}

export async function openWire(cluster: TestCluster): Promise<Wire> {
  const { hostname, port } = new URL(cluster.server);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.once("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const wire = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    kubeconfig: async (person, context, folder) => {
      const straight = readFileSync(await cluster.kubeconfig(person, [context]), "utf8");
      const path = join(folder, `over-the-wire-${person}`);
      writeFileSync(path, straight.replaceAll(cluster.server, wire), { mode: 0o600 });
      return path;
    },
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      breakAll();
      server.close();
    },
  };
}
