import { CannotProvide } from "../scripts/tools/cache.ts";
import { run } from "../scripts/tools/run.ts";
import { coldActivations } from "./activation.ts";
import { bundleSizes } from "./bundleSizes.ts";
import { sayClickToProof } from "./clickToProof.ts";
import { sayDiagnosis } from "./diagnosis.ts";
import { sayMachine } from "./machine.ts";
import { sayBlocked, sayHistory, sayReleases } from "./records.ts";
import { sayRollouts } from "./rollouts.ts";
import { sayClaims, sayContention, sayMemory } from "./sharing.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";
import { watchToRow } from "./watchToRow.ts";

const ACTIVATIONS = 7;
const CHANGES = 40;

const PARTS = {
  sizes: saySizes,
  activation: sayActivation,
  watch: sayWatchToRow,
  claims: sayClaims,
  contention: sayContention,
  memory: sayMemory,
  history: sayHistory,
  releases: sayReleases,
  blocked: sayBlocked,
  rollouts: sayRollouts,
  clickToProof: sayClickToProof,
  diagnosis: sayDiagnosis,
};

/** Measures the parts that are named, or all; prints figures with the machine and the versions. */
export async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    throw new CannotProvide(
      `No part is called ${unknown.join(", ")}. There are ${Object.keys(PARTS).join(", ")}.`,
    );
  }
  const parts = Object.entries(PARTS).filter(([part]) => names.length === 0 || names.includes(part));
  const built = await run(process.execPath, ["esbuild.mjs", "--production"]);
  if (built.exitCode !== 0) throw new CannotProvide(`The build failed:\n${built.stderr}`);
  sayMachine();
  for (const [, say] of parts) await say();
  return 0;
}

async function saySizes(): Promise<void> {
  console.log("\nBundles (minified; compressed as in the package)");
  for (const { file, bytes, gzipped } of await bundleSizes()) {
    console.log(`  ${file.padEnd(16)} ${kilobytes(bytes)}  ${kilobytes(gzipped)}`);
  }
}

async function sayActivation(): Promise<void> {
  const measured = await coldActivations(ACTIVATIONS);
  const [first] = measured;
  console.log(
    `\nActivation in a fresh extension host (VS Code ${first?.vscode ?? ""}, Node ${first?.node ?? ""})`,
  );
  console.log(
    `  loading and activating: ${sayMilliseconds(spreadOf(measured.map(({ totalMs }) => totalMs)))}`,
  );
  console.log(
    `  activate() alone:       ${sayMilliseconds(spreadOf(measured.map(({ activateMs }) => activateMs)))}`,
  );
}

async function sayWatchToRow(): Promise<void> {
  const { cluster, fromRequest, fromAnswer } = await watchToRow(CHANGES);
  const against = cluster === "controlplane" ? "a real control plane" : "the sandbox";
  console.log(`\nSomebody else's lock, until the row of the sidebar shows it (${against})`);
  console.log(`  from their request:       ${sayMilliseconds(spreadOf(fromRequest))}`);
  console.log(`  from the server's answer: ${sayMilliseconds(spreadOf(fromAnswer))}`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1).padStart(8)} kB`;
}
