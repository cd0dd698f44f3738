import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Follower } from "../../app/pastRuns.ts";
import type { KeptOrder } from "../../app/ports.ts";
import type { KeptRollback } from "../../app/rollbackPorts.ts";
import type { SupervisorOrder, SupervisorResult, SupervisorSign } from "../../domain/supervision.ts";

/** The files of one run; the folder and everything in it is readable by its owner alone. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  /** What is being done, for whoever finds the run after the window is gone. */
  readonly about: string;
  readonly order: string;
  readonly log: string;
  readonly sign: string;
  readonly cancel: string;
  readonly result: string;
  readonly values: string;
  readonly chart: string;
}

export const runsFolder = (storage: string): string => join(storage, "runs");

export function runFolder(storage: string, id: string): RunFolder {
  const path = join(runsFolder(storage), id);
  return {
    id,
    path,
    about: join(path, "about.json"),
    order: join(path, "order.json"),
    log: join(path, "output.log"),
    sign: join(path, "sign.json"),
    cancel: join(path, "cancel"),
    result: join(path, "result.json"),
    values: join(path, "values.json"),
    chart: join(path, "chart"),
  };
}

export const newRunId = (): string => randomUUID();

/** A run as its window described it, and who followed it first. */
export interface AboutRun extends Follower {
  readonly order: KeptOrder | KeptRollback;
  /** As helm got it; undefined is its default. */
  readonly kubeconfig?: string;
}

export const writeJson = (path: string, content: AboutRun | SupervisorOrder): Promise<void> =>
  writeFile(path, JSON.stringify(content), { mode: 0o600, flag: "wx" });

// These files are our own, written whole or not at all; one that cannot be read is as good as absent.
export const readAbout = (run: RunFolder): Promise<AboutRun | undefined> => readOwn<AboutRun>(run.about);
export const readSign = (run: RunFolder): Promise<SupervisorSign | undefined> =>
  readOwn<SupervisorSign>(run.sign);
export const readResult = (run: RunFolder): Promise<SupervisorResult | undefined> =>
  readOwn<SupervisorResult>(run.result);

async function readOwn<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch {
    return undefined;
  }
}
