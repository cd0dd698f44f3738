import { subscribe } from "node:diagnostics_channel";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as vscode from "vscode";

const LIMIT_MS = 60_000;
/** What belongs to opening is over by then. */
const SETTLE_MS = 5_000;

/** What an extension host uses before and after Devdeploy shows a team's machines, in bytes, after a collection of garbage. */
export interface HostMemory {
  readonly before: NodeJS.MemoryUsage;
  readonly after: NodeJS.MemoryUsage;
  readonly vscode: string;
}

/** Opens the sidebar of a workspace whose devdeploy.json is written only now, and waits until both watches are open. */
export async function measureMemory(kubeconfig: string, config: string): Promise<HostMemory> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error("There is no workspace.");
  process.env["KUBECONFIG"] = kubeconfig;
  let watches = 0;
  subscribe("http.client.request.start", (message) => {
    if (JSON.stringify(pathIn(message)).includes("watch=true")) watches += 1;
  });
  const before = await settledMemory();
  await writeFile(join(folder.uri.fsPath, "devdeploy.json"), config);
  await vscode.commands.executeCommand("devdeploy.environments.focus");
  const deadline = Date.now() + LIMIT_MS;
  while (watches < 2) {
    if (Date.now() > deadline) throw new Error(`Only ${watches} watches were opened.`);
    await delay(50);
  }
  return { before, after: await settledMemory(), vscode: vscode.version };
}

const pathIn = (message: unknown): unknown => {
  const request: unknown = Reflect.get(Object(message), "request");
  return Reflect.get(Object(request), "path") ?? "";
};

async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  await delay(SETTLE_MS);
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") Reflect.apply(collect, undefined, []);
  return process.memoryUsage();
}
