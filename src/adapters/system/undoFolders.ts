import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeptUndo, KeptUndos, PastUndo, UnreadableUndo } from "../../app/keptUndo.ts";
import type { Follower, Followers } from "../../app/pastRuns.ts";
import type { Log } from "../../app/ports.ts";
import { HOUR_MS, type DurationMs } from "../../domain/time.ts";

export interface UndoFolderServices {
  /** The extension's own storage on this computer, outside every workspace. */
  readonly storage: string;
  readonly followers: Followers;
  readonly log: Log;
  /** As the window's connections have it: one path or a list of them; undefined is the default. */
  readonly kubeconfig: () => string | undefined;
  /** Fires when the window closes: what is kept is then left to the next one. */
  readonly closing: AbortSignal;
}

/** As the file has it; another version of it says something else, or nothing that could be relied on. */
interface AboutUndo extends Follower {
  readonly version: typeof VERSION;
  readonly undo: KeptUndo;
  readonly kubeconfig?: string;
}

const VERSION = 1;
/** A folder without a description was left by a window that died at once, or holds what could not be read. */
const FORGOTTEN_AFTER_MS: DurationMs = 30 * 24 * HOUR_MS;

/** A folder for each undo that is under way; it and everything in it is readable by its owner alone. */
export class UndoFolders implements KeptUndos {
  readonly #services: UndoFolderServices;
  /** Those that this very window follows. */
  readonly #mine = new Set<string>();

  constructor(services: UndoFolderServices) {
    this.#services = services;
  }

  async keep(undo: KeptUndo): Promise<string | undefined> {
    const { followers, kubeconfig, log } = this.#services;
    const id = randomUUID();
    this.#mine.add(id);
    const used = kubeconfig();
    const about: AboutUndo = {
      version: VERSION,
      ...followers.me(),
      undo,
      ...(used === undefined ? {} : { kubeconfig: used }),
    };
    try {
      const folder = this.#folder(id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Whoever finds it finds it whole.
      const half = join(folder, "about.half");
      await writeFile(half, JSON.stringify(about), { mode: 0o600 });
      await rename(half, aboutIn(folder));
      return id;
    } catch (error) {
      log.warn(`The undo goes on, and no other window can follow it: ${String(error)}`);
      return undefined;
    }
  }

  async adopt(): Promise<readonly (PastUndo | UnreadableUndo)[]> {
    const ids = await readdir(this.#all).catch(() => []);
    const found = await Promise.all(ids.filter((id) => !this.#mine.has(id)).map((id) => this.#adopt(id)));
    return found.filter((undo) => undo !== undefined).sort((a, b) => startOf(a) - startOf(b));
  }

  async told(id: string): Promise<void> {
    if (this.#services.closing.aborted) return;
    await rm(this.#folder(id), { recursive: true, force: true });
    this.#mine.delete(id);
  }

  async #adopt(id: string): Promise<PastUndo | UnreadableUndo | undefined> {
    const folder = this.#folder(id);
    const text = await readFile(aboutIn(folder), "utf8").catch(() => undefined);
    if (text === undefined) {
      await forgetOld(folder);
      return undefined;
    }
    const about = parse(text);
    if (about === undefined) return (await this.#putAside(folder)) ? { kind: "unreadable", id } : undefined;
    if (!(await this.#services.followers.take(folder, about))) return undefined;
    this.#mine.add(id);
    const { undo, startedAt, kubeconfig } = about;
    return { kind: "undo", id, undo, startedAt, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
  }

  /** Kept for whoever can make sense of it; the one window that moves it away tells of it. */
  async #putAside(folder: string): Promise<boolean> {
    const aside = join(folder, "unreadable.json");
    try {
      await rename(aboutIn(folder), aside);
    } catch {
      return false;
    }
    this.#services.log.warn(`What was kept of an undo cannot be read: ${aside}`);
    return true;
  }

  get #all(): string {
    return join(this.#services.storage, "undos");
  }

  #folder(id: string): string {
    return join(this.#all, id);
  }
}

const aboutIn = (folder: string): string => join(folder, "about.json");

const startOf = (undo: PastUndo | UnreadableUndo): number => (undo.kind === "undo" ? undo.startedAt : 0);

/** Our own file, of a version whose shape is known. */
function parse(text: string): AboutUndo | undefined {
  try {
    const about = JSON.parse(text) as Partial<AboutUndo> | null;
    return about?.version === VERSION && about.undo !== undefined ? (about as AboutUndo) : undefined;
  } catch {
    return undefined;
  }
}

async function forgetOld(folder: string): Promise<void> {
  const made = await stat(folder).catch(() => undefined);
  if (made === undefined || Date.now() - made.mtimeMs < FORGOTTEN_AFTER_MS) return;
  await rm(folder, { recursive: true, force: true });
}
