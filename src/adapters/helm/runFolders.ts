import { readdir, rm, stat, writeFile } from "node:fs/promises";
import type { Followers, PastRun, PastRuns } from "../../app/pastRuns.ts";
import type { DeployerEnd } from "../../app/ports.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import { followRun, supervisorLives } from "./followRun.ts";
import { deployerEnd, tellRemarks } from "./runEnd.ts";
import { readAbout, readResult, runFolder, runsFolder, type RunFolder } from "./runFolder.ts";

/** Preparing a run takes seconds. */
const UNUSED_AFTER_MS = 10 * MINUTE_MS;

/** Runs that an earlier window left behind in the extension's storage. */
export class RunFolders implements PastRuns {
  readonly #storage: string;
  readonly #followed: Set<string>;
  readonly #followers: Followers;

  /** `followed` holds the ids of runs that this very window follows (see `HelmDeployer`). */
  constructor(storage: string, followed: Set<string>, followers: Followers) {
    this.#storage = storage;
    this.#followed = followed;
    this.#followers = followers;
  }

  async adopt(): Promise<readonly PastRun[]> {
    const ids = await readdir(runsFolder(this.#storage)).catch(() => []);
    const runs = await Promise.all(ids.filter((id) => !this.#followed.has(id)).map((id) => this.#adopt(id)));
    return runs.filter((run) => run !== undefined).sort((a, b) => a.startedAt - b.startedAt);
  }

  async ended(
    id: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd | undefined> {
    const run = runFolder(this.#storage, id);
    const end = await followRun(run, onLine, signal);
    if (end.kind === "left") return undefined;
    if (end.kind === "lost") await removeLeftovers(run);
    tellRemarks(end, onLine);
    const about = await readAbout(run);
    return deployerEnd(end, { isStoppable: about === undefined || !("kind" in about.order), isAsked: false });
  }

  async stop(id: string): Promise<void> {
    // A run that has ended meanwhile has nothing left to stop.
    await writeFile(runFolder(this.#storage, id).cancel, "", { mode: 0o600 }).catch(() => undefined);
  }

  async seen(id: string): Promise<void> {
    await rm(runFolder(this.#storage, id).path, { recursive: true, force: true });
    this.#followed.delete(id);
  }

  async #adopt(id: string): Promise<PastRun | undefined> {
    const run = runFolder(this.#storage, id);
    const about = await readAbout(run);
    if (about === undefined) {
      await removeUnused(run);
      return undefined;
    }
    const { order, kubeconfig, startedAt } = about;
    if (!(await this.#followers.take(run.path, about))) return undefined;
    this.#followed.add(id);
    const isRunning = (await readResult(run)) === undefined && (await supervisorLives(run));
    const found = { id, startedAt, isRunning, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
    return "kind" in order ? { ...found, order } : { ...found, order };
  }
}

/** Without a description, the window ended before helm was started; another window may be just about to write it. */
async function removeUnused(run: RunFolder): Promise<void> {
  const made = await stat(run.path).catch(() => undefined);
  if (made === undefined || Date.now() - made.mtimeMs < UNUSED_AFTER_MS) return;
  await rm(run.path, { recursive: true, force: true });
}

/** A supervisor that was killed could not take away what must not stay. */
async function removeLeftovers(run: RunFolder): Promise<void> {
  await rm(run.values, { force: true });
  await rm(run.chart, { recursive: true, force: true });
}
