import { readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import type { PastRun, PastRuns } from "../../app/pastRuns.ts";
import type { DeployerEnd } from "../../app/ports.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import { followRun, processLives, supervisorLives } from "./followRun.ts";
import { deployerEnd, tellRemarks } from "./runEnd.ts";
import {
  readAbout,
  readFollower,
  readResult,
  runFolder,
  runsFolder,
  writeJson,
  type RunFolder,
  type RunFollower,
} from "./runFolder.ts";

/** Preparing a run takes seconds. */
const UNUSED_AFTER_MS = 10 * MINUTE_MS;

/** Runs that an earlier window left behind in the extension's storage. */
export class RunFolders implements PastRuns {
  readonly #storage: string;
  readonly #followed: Set<string>;

  /** `followed` holds the ids of runs that this very window follows (see `HelmDeployer`). */
  constructor(storage: string, followed: Set<string>) {
    this.#storage = storage;
    this.#followed = followed;
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
    if (isFollowed(about) || !(await follow(run))) return undefined;
    this.#followed.add(id);
    const isRunning = (await readResult(run)) === undefined && (await supervisorLives(run));
    const found = { id, startedAt, isRunning, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
    return "kind" in order ? { ...found, order } : { ...found, order };
  }
}

/** Runs of this very window are known by their ids; by its process, they are those of a window before a reload. */
const isFollowed = ({ hostPid, startedAt }: RunFollower): boolean =>
  hostPid !== process.pid && processLives(hostPid, startedAt);

/** Of several windows that find a run, the one that makes the file has it; one whose maker is gone is made anew. */
async function follow(run: RunFolder): Promise<boolean> {
  const me: RunFollower = { hostPid: process.pid, startedAt: Date.now() };
  const other = await readFollower(run);
  if (other !== undefined) {
    if (isFollowed(other)) return false;
    // Moved away under a name of our own: of two who do so at once only one succeeds.
    const isOurs = await rename(run.follower, `${run.follower}.${process.pid}`).then(
      () => true,
      () => false,
    );
    if (!isOurs) return false;
  }
  return writeJson(run.follower, me).then(
    () => true,
    () => false,
  );
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
