import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { createServer } from "node:net";

/** One running part of the control plane. */
export interface Component {
  readonly name: string;
  /** Undefined while it runs; then why it is of no use, with the end of its log. */
  failure(): Promise<string | undefined>;
  /** Ends it at once, without a word to anybody. */
  stop(): Promise<void>;
}

/** Starts one role of the program, its output going to `logFile`. */
export async function startComponent(
  binary: string,
  [role, ...flags]: readonly [string, ...string[]],
  logFile: string,
): Promise<Component> {
  const log = await open(logFile, "a");
  // The pipe on standard input is never written to: the program ends when it closes, so also when we are killed.
  const child = spawn(binary, [role, ...flags], { stdio: ["pipe", log.fd, log.fd] });
  const ended = once(child, "exit");
  await Promise.race([once(child, "spawn"), ended]);
  await log.close();
  return {
    name: role,
    failure: async () => {
      if (child.exitCode === null && child.signalCode === null) return undefined;
      const tail = (await readFile(logFile, "utf8")).split("\n").slice(-15).join("\n");
      return `${role} ended with ${child.exitCode ?? child.signalCode ?? "nothing"}:\n${tail}`;
    },
    stop: async () => {
      // All data is thrown away afterwards, so there is nothing to be gentle about.
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Ports of 127.0.0.1 on which nobody listens at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
      return address.port;
    }),
  );
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}
