import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Tells the person what is going on, one plain line at a time. */
export type Say = (line: string) => void;

/** To stderr, so that a program's output stays its own. */
export const sayOnStderr: Say = (line) => {
  process.stderr.write(`${line}\n`);
};

/** Something cannot be had here; the message says what to install or to set instead. */
export class CannotProvide extends Error {
  override readonly name = "CannotProvide";
}

const LOCK_WITHOUT_OWNER_MS = 10_000;
const ABANDONED_MS = 24 * 60 * 60 * 1000;

/** Where provisioned tools live, outside the repository: DEVDEPLOY_CACHE, or `.cache/devdeploy` of the person. */
export function cacheFolder(): string {
  const named = process.env["DEVDEPLOY_CACHE"];
  return named === undefined || named === "" ? join(homedir(), ".cache", "devdeploy") : named;
}

/**
 * The folder of a tool in this version, filled first where it is absent. It is filled under another name and
 * renamed, so a folder that exists is complete; of two processes the second waits for the first.
 */
export async function cached(
  key: string,
  fill: (folder: string) => Promise<void>,
  say: Say,
): Promise<string> {
  const folder = join(cacheFolder(), `${key}-${process.platform}-${process.arch}`);
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const unlock = await lock(`${folder}.lock`, () => {
    say(`Waiting for ${key}, which is being fetched already …`);
  });
  try {
    if (existsSync(folder)) return folder;
    await removeAbandoned(folder);
    await fillAndRename(folder, fill);
    return folder;
  } finally {
    await unlock();
  }
}

async function fillAndRename(folder: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const partial = await mkdtemp(`${folder}.part-`);
  try {
    await fill(partial);
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** What a killed process left behind. */
async function removeAbandoned(folder: string): Promise<void> {
  const prefix = `${basename(folder)}.part-`;
  for (const name of await readdir(dirname(folder))) {
    const path = join(dirname(folder), name);
    if (name.startsWith(prefix) && (await ageOf(path)) > ABANDONED_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** A file holding the owner's process id. A lock whose owner is gone is broken. */
async function lock(file: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx" });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    if (await isAbandoned(file)) {
      await rm(file, { force: true });
      continue;
    }
    if (attempt === 0) onWait();
    await delay(250);
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const owner = Number(await readFile(file, "utf8").catch(() => ""));
  if (!Number.isInteger(owner) || owner <= 0) return (await ageOf(file)) > LOCK_WITHOUT_OWNER_MS;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return hasCode(error, "ESRCH");
  }
}

async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
