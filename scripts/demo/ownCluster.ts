import { homedir } from "node:os";
import { join } from "node:path";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { run } from "../tools/run.ts";
import { DEMO_NAMESPACE } from "./demoCluster.ts";
import { freeLeases } from "./leases.ts";
import type { KubernetesObject } from "./objects.ts";

export interface OwnCluster {
  readonly kubectl: string;
  readonly context: string;
  readonly say: (line: string) => void;
}

/** The kubeconfig that kubectl reads. The demo neither copies nor changes it. */
export const ownKubeconfig = (): string => process.env["KUBECONFIG"] ?? join(homedir(), ".kube", "config");

/**
 * Makes one namespace with empty Leases in a cluster that the person named, saying so first. What is there
 * already stays as it is, and nothing else is touched.
 */
export async function prepareOwnCluster({ kubectl, context, say }: OwnCluster): Promise<void> {
  const known = await run(kubectl, ["config", "get-contexts", "--output=name"]);
  if (!known.stdout.split(/\r?\n/u).includes(context)) {
    throw new Error(
      `The kubeconfig has no context "${context}". It has: ${known.stdout.trim().replaceAll("\n", ", ")}`,
    );
  }
  const leases = freeLeases(DEMO_NAMESPACE);
  const names = leases.map(({ metadata }) => metadata.name);
  say(`In the cluster of the context "${context}", the demo now makes what is not there yet:`);
  say(`  the namespace ${DEMO_NAMESPACE}, and in it the empty Leases ${names.join(", ")}.`);
  say(`Deploys of the demo go into that namespace alone. To remove everything later:`);
  say(`  kubectl --context=${context} delete namespace ${DEMO_NAMESPACE}`);
  const at = [`--context=${context}`, "--request-timeout=20s"];
  await createMissing({ kubectl, at }, [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: DEMO_NAMESPACE } },
  ]);
  await createMissing({ kubectl, at: [...at, `--namespace=${DEMO_NAMESPACE}`] }, leases);
}

interface Target {
  readonly kubectl: string;
  readonly at: readonly string[];
}

/** Creates, never replaces: a Lease that somebody holds must stay theirs. */
async function createMissing({ kubectl, at }: Target, objects: readonly KubernetesObject[]): Promise<void> {
  const kind = objects[0]?.kind.toLowerCase() ?? "";
  const names = objects.map(({ metadata }) => metadata.name);
  const present = await run(kubectl, [...at, "get", kind, ...names, "--ignore-not-found", "--output=name"]);
  if (present.exitCode !== 0) throw new Error(present.stderr.trim());
  const there = new Set(present.stdout.split(/\r?\n/u).map((line) => line.split("/").at(-1)));
  const items = objects.filter(({ metadata }) => !there.has(metadata.name));
  if (items.length === 0) return;
  // The objects are ours and tiny; checking them would ask for the server's whole description first.
  const args = [...at, "create", "--validate=false", "--filename=-"];
  await feed(kubectl, args, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

async function feed(program: string, args: readonly string[], input: string): Promise<void> {
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"], windowsHide: true });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(said.trim());
}
