import { createHash } from "node:crypto";
import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Told } from "../../app/ports.ts";
import { HOUR_MS, type DurationMs } from "../../domain/time.ts";

/** Twice as long as anything is news. */
const REMEMBERED_MS: DurationMs = 48 * HOUR_MS;

/**
 * Remembers in a folder what a person has been told: an empty file for each, named by a hash so that nothing is
 * written down of what it was. Only one of several windows can create a file.
 */
export class ToldFiles implements Told {
  readonly #folder: string;
  readonly #now: () => number;
  #made: Promise<void> | undefined;

  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Where the disk fails, the answer is yes: it is better to be told twice than never. */
  async first(key: string): Promise<boolean> {
    this.#made ??= this.#make();
    await this.#made;
    const name = createHash("sha256").update(key).digest("hex");
    try {
      const file = await open(join(this.#folder, name), "wx", 0o600);
      await file.close();
      return true;
    } catch (error) {
      return !isExisting(error);
    }
  }

  async #make(): Promise<void> {
    await mkdir(this.#folder, { recursive: true }).catch(() => undefined);
    await this.#forgetOld();
  }

  async #forgetOld(): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) {
      const path = join(this.#folder, name);
      const made = await stat(path).catch(() => undefined);
      if (made !== undefined && this.#now() - made.mtimeMs > REMEMBERED_MS) await rm(path, { force: true });
    }
  }
}

const isExisting = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "EEXIST";
