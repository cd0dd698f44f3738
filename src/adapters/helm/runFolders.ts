import { readdir, rm, stat } from "node:fs/promises";
import type { PastRun, PastRuns } from "../../app/ports.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import { followRun, processLives, supervisorLives } from "./followRun.ts";
import { readAbout, readResult, runFolder, runsFolder, type AboutRun, type RunFolder } from "./runFolder.ts";

/** Preparing a run takes seconds. */
const UNUSED_AFTER_MS = 10 * MINUTE_MS;

/** Runs that an earlier window left behind in the extension's storage. */
export class RunFolders implements PastRuns {
  readonly #storage: string;
  readonly #followed: ReadonlySet<string>;

  /** `followed` holds the ids of runs that this very window waits for (see `HelmDeployer`). */
  constructor(storage: string, followed: ReadonlySet<string>) {
    this.#storage = storage;
    this.#followed = followed;
  }

  async unseen(): Promise<readonly PastRun[]> {
    const ids = await readdir(runsFolder(this.#storage)).catch(() => []);
    const runs = await Promise.all(ids.filter((id) => !this.#followed.has(id)).map((id) => this.#look(id)));
    return runs.filter((run) => run !== undefined).sort((a, b) => a.startedAt - b.startedAt);
  }

  async ended(id: string, signal: AbortSignal): Promise<PastRun | undefined> {
    const run = runFolder(this.#storage, id);
    const about = await readAbout(run);
    if (about === undefined) return undefined;
    const end = await followRun(run, () => undefined, signal);
    switch (end.kind) {
      case "left":
        return undefined;
      case "lost":
        await removeLeftovers(run);
        return pastRun(run, about, { kind: "lost" });
      case "ended":
        return pastRun(run, about, {
          kind: "finished",
          exitCode: end.result.exitCode ?? undefined,
          endedAt: end.result.endedAt,
          output: end.output,
        });
    }
  }

  async seen(id: string): Promise<void> {
    await rm(runFolder(this.#storage, id).path, { recursive: true, force: true });
  }

  async #look(id: string): Promise<PastRun | undefined> {
    const run = runFolder(this.#storage, id);
    const about = await readAbout(run);
    if (about === undefined) {
      await removeUnused(run);
      return undefined;
    }
    if (about.hostPid !== process.pid && processLives(about.hostPid, about.startedAt)) return undefined;
    const isOver = (await readResult(run)) !== undefined;
    if (!isOver && (await supervisorLives(run))) return pastRun(run, about, { kind: "running" });
    return this.ended(id, new AbortController().signal);
  }
}

const pastRun = (run: RunFolder, about: AboutRun, state: PastRun["state"]): PastRun => ({
  id: run.id,
  subject: about.subject,
  release: about.release,
  mark: about.mark,
  startedAt: about.startedAt,
  state,
});

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
