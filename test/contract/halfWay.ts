import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { ObjectRef } from "../../src/domain/cluster.ts";
import type { Pool, ValueTree } from "../../src/domain/config.ts";
import { operationRef, type OperationPace, type OperationRecord } from "../../src/domain/operation.ts";
import { SECOND_MS } from "../../src/domain/time.ts";
import { ben } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import type { DevdeployStage } from "./devdeployStage.ts";
import { gatedHelm, type GatedHelm } from "./gatedHelm.ts";
import type { StagePerson, WindowOptions } from "./stagePerson.ts";

const never = new AbortController().signal;
/** As 30 s and 5 s, in less time. */
export const PACE: OperationPace = { lasts: 3 * SECOND_MS, every: SECOND_MS / 2 };
const WINDOW = fileURLToPath(new URL("doomedWindow.ts", import.meta.url));

/** A devdeploy of ann's whose window was killed while helm was at work. */
export interface HalfWay {
  readonly pool: Pool;
  readonly commit: string;
  readonly helm: GatedHelm;
  readonly window: WindowOptions;
  /** The operation Lease, as ben sees it. */
  readonly ref: ObjectRef;
  /** Another window of ann's, with a storage of its own. */
  readonly ann: StagePerson;
  readonly ben: StagePerson;
  readonly lease: () => Promise<OperationRecord>;
  /** Waits for another renewal than those that were seen. */
  readonly renewed: () => Promise<void>;
  readonly tryAsBen: () => ReturnType<StagePerson["services"]["holdOperation"]>;
  /** The id of the supervisor's process. */
  readonly supervisor: number;
}

export interface HalfWayOptions {
  readonly kubeconfig?: string;
  readonly values?: ValueTree;
}

/** Ann devdeploys, and her window is killed; `left` is told of processes that may be there at the test's end. */
export async function killedHalfWay(
  stage: DevdeployStage,
  helmPath: string,
  how: HalfWayOptions & { readonly machine: string; readonly left: number[] },
): Promise<HalfWay> {
  const { machine, kubeconfig, values, left } = how;
  const commit = stage.pushBranch(`task/${machine}`);
  const helm = gatedHelm(stage.folder, machine, helmPath);
  const pool = stage.pool([machine], values);
  const options = { pace: PACE, helm: helm.path, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  const storage = join(stage.folder, machine);
  const window = await stage.windowOf("ann", { ...options, storage });
  await killOnceAtWork(await windowProgram(stage.folder), [window, pool], helm);
  const supervisor = supervisorOf(storage);
  left.push(supervisor, await helm.atWork());
  const other = await stage.person("ben", { pace: PACE });
  const [target] = pool.machines;
  assert.ok(target !== undefined);
  const ref = operationRef(target.name, target.target, target.locks);
  const lease = async (): Promise<OperationRecord> => {
    const read = await other.cluster.operations.read(ref, never);
    return read.ok ? read.value.value.record : assert.fail(JSON.stringify(read.error));
  };
  return {
    ...{ pool, commit, helm, window, ref, lease, supervisor, ben: other },
    ann: await stage.person("ann", options),
    renewed: async () => {
      const seen = beatOf(await lease());
      await until("a renewal", async () => {
        const beat = beatOf(await lease());
        return beat !== "" && beat !== seen ? true : undefined;
      });
    },
    tryAsBen: () => other.services.holdOperation(ref, { by: ben, what: "devdeploy other" }, never),
  };
}

/** Runs a window with what it is told, and kills it once its helm is at work. */
export async function killOnceAtWork(
  program: string,
  told: readonly object[],
  helm: GatedHelm,
): Promise<void> {
  const window = spawn(process.execPath, [program, ...told.map((one) => JSON.stringify(one))], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  const gone = once(window, "exit");
  try {
    await Promise.race([helm.atWork(), endedEarly(window)]);
  } finally {
    window.kill("SIGKILL");
    await gone;
  }
}

const programs = new Map<string, Promise<string>>();

/** The window as one file, once for each stage: reading its sources anew takes seconds each time. */
function windowProgram(folder: string): Promise<string> {
  const program = programs.get(folder) ?? bundleProgram(WINDOW, join(folder, "doomedWindow.cjs"));
  programs.set(folder, program);
  return program;
}

/** A program of a test as one file. */
export async function bundleProgram(program: string, outfile: string): Promise<string> {
  await build({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    mainFields: ["module", "main"],
    define: { "import.meta.url": "importMetaUrl" },
    banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "error",
  });
  return outfile;
}

async function endedEarly(window: ChildProcess): Promise<never> {
  await once(window, "exit");
  if (window.signalCode === "SIGKILL") return new Promise(() => undefined);
  throw new Error("the window ended before helm was at work");
}

/** The id of the process that runs helm for the only run in a storage. */
export function supervisorOf(storage: string): number {
  const [id = ""] = readdirSync(join(storage, "runs"));
  const sign: unknown = JSON.parse(readFileSync(join(storage, "runs", id, "sign.json"), "utf8"));
  return typeof sign === "object" && sign !== null && "pid" in sign ? Number(sign.pid) : assert.fail();
}

/** Of processes that a test has started, some are gone by then. */
export function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}

export const beatOf = (record: OperationRecord): string => (record.kind === "working" ? record.beat : "");
