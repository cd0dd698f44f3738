import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TestCluster } from "./cluster.ts";
import { parseServerAccess } from "./kubeconfig.ts";
import { tokenCluster } from "./tokenCluster.ts";

const PROGRAM = fileURLToPath(new URL("../../src/sandbox/main.ts", import.meta.url));
const OPTIONS = {
  people: ["ann", "ben"],
  strangers: ["eve"],
  admin: "admin",
  namespaces: ["devdeploy"],
};

/** The sandbox as the extension starts it: a process of its own that ends with its standard input. */
export async function startSandboxCluster(): Promise<TestCluster> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${JSON.stringify(OPTIONS)}\n`);
  const line = await firstLine(child);
  return tokenCluster({
    kind: "sandbox",
    at: parseServerAccess(line),
    admit: () => Promise.resolve(),
    end: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the sandbox has no standard output");
  const lines = createInterface({ input: child.stdout });
  const line = new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => {
      reject(new Error(`the sandbox ended with ${code ?? "a signal"} before it was ready`));
    });
  });
  return line;
}
