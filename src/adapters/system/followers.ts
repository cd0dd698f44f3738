import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Follower, Followers } from "../../app/pastRuns.ts";

/** Whether a process that was there at a time (epoch, ms) is still there. */
export type IsThere = (pid: number, since: number) => boolean;

/** Writes beside what is kept in a folder which window follows it, since the first one is gone. */
export class FolderFollowers implements Followers {
  readonly #isThere: IsThere;
  /** This window's own process. */
  readonly me: () => Follower;

  constructor(isThere: IsThere, me: () => Follower = thisProcess) {
    this.#isThere = isThere;
    this.me = me;
  }

  async take(folder: string, first: Follower): Promise<boolean> {
    if (this.#isAnother(first)) return false;
    const file = join(folder, "follower.json");
    const other = await readFollower(file);
    if (other !== undefined) {
      if (this.#isAnother(other)) return false;
      // Moved away under a name of our own: of two who do so at once only one succeeds.
      if (!(await isDone(rename(file, `${file}.${this.me().hostPid}`)))) return false;
    }
    return isDone(writeFile(file, JSON.stringify(this.me()), { mode: 0o600, flag: "wx" }));
  }

  /** What this very window follows it knows by itself; by its process, it is that of a window before a reload. */
  #isAnother({ hostPid, startedAt }: Follower): boolean {
    return hostPid !== this.me().hostPid && this.#isThere(hostPid, startedAt);
  }
}

const thisProcess = (): Follower => ({ hostPid: process.pid, startedAt: Date.now() });

const isDone = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** The file is our own, written whole or not at all; one that cannot be read is as good as absent. */
async function readFollower(file: string): Promise<Follower | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Follower;
  } catch {
    return undefined;
  }
}
