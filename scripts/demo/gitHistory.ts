import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parseCommitHash, type CommitHash } from "../../src/domain/branch.ts";
import { SECOND_MS, type EpochMs } from "../../src/domain/time.ts";
import type { Teammate } from "./people.ts";
import { momentOf, type Story, type StoryCommit } from "./story.ts";

/** Hashes of the story's commits by their ids. */
export type Commits = ReadonlyMap<string, CommitHash>;

export const TRUNK = "master";

/**
 * Writes the story into a bare repository, through one `git fast-import`: some forty commits in a tenth of a
 * second. What is unpushed is only returned, as the text to be imported into Ann's clone.
 */
export async function writeHistory(remote: string, story: Story, now: EpochMs): Promise<Commits> {
  await git(["init", "--quiet", "--bare", `--initial-branch=${TRUNK}`, remote]);
  const stream = new ImportStream(now);
  stream.branch(TRUNK, undefined, story.trunk);
  for (const { name, from, commits, unpushed } of story.branches) {
    stream.branch(name, from, commits.slice(0, commits.length - unpushed));
  }
  return importStream(remote, stream);
}

/** A person's clone, with their name on what they commit; nothing of the machine's own git settings matters. */
export async function cloneFor(person: Teammate, remote: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await git(["clone", "--quiet", remote, folder]);
  const settings = {
    "user.name": person.name,
    "user.email": person.mail,
    "commit.gpgsign": "false",
    "core.autocrlf": "false",
  };
  for (const [key, value] of Object.entries(settings)) await git(["-C", folder, "config", key, value]);
}

/** Gives Ann her own branches, with the commits that she has not pushed, and checks one out. */
export async function writeOwnBranches(
  clone: string,
  story: Story,
  { now, checkedOut }: { readonly now: EpochMs; readonly checkedOut: string },
): Promise<Commits> {
  const stream = new ImportStream(now);
  for (const { name, commits, unpushed } of story.branches) {
    if (!commits.some(({ by }) => by.user === "ann")) continue;
    await git(["-C", clone, "branch", "--quiet", "--track", name, `origin/${name}`]);
    stream.branch(name, undefined, commits.slice(commits.length - unpushed));
  }
  const own = await importStream(clone, stream);
  await git(["-C", clone, "checkout", "--quiet", checkedOut]);
  return own;
}

/** What `git fast-import` reads. Commits get marks, by which their hashes are found afterwards. */
class ImportStream {
  readonly #now: EpochMs;
  readonly #marks = new Map<string, number>();
  #text = "";

  constructor(now: EpochMs) {
    this.#now = now;
  }

  get text(): string {
    return this.#text;
  }

  get ids(): readonly string[] {
    return [...this.#marks.keys()];
  }

  /** Adds commits to a branch: to its end, or from another commit of this stream. */
  branch(name: string, from: string | undefined, commits: readonly StoryCommit[]): void {
    const ref = `refs/heads/${name}`;
    const start = from === undefined ? undefined : this.#marks.get(from);
    // Without a start, an existing branch goes on (`^0`), and `master` begins from nothing.
    const first = start !== undefined ? `from :${start}\n` : name === TRUNK ? "" : `from ${ref}^0\n`;
    for (const [index, commit] of commits.entries()) this.#commit(ref, commit, index === 0 ? first : "");
  }

  #commit(ref: string, { id, by, hoursAgo, subject, files }: StoryCommit, from: string): void {
    const mark = this.#marks.size + 1;
    this.#marks.set(id, mark);
    const seconds = Math.floor(momentOf(id, hoursAgo, this.#now) / SECOND_MS);
    const who = `${by.name} <${by.mail}> ${seconds} +0000`;
    const changes = Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
    this.#text += `commit ${ref}\nmark :${mark}\nauthor ${who}\ncommitter ${who}\n${data(subject)}${from}${changes.join("")}\n`;
  }
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

async function importStream(repository: string, stream: ImportStream): Promise<Commits> {
  if (stream.text === "") return new Map();
  const marksFile = join(repository, "devdeploy-demo-marks");
  const args = ["-C", repository, "fast-import", "--quiet", `--export-marks=${marksFile}`];
  await git(args, stream.text);
  const lines = (await readFile(marksFile, "utf8")).trim().split("\n");
  await rm(marksFile);
  const hashes = new Map(lines.map((line) => line.split(" ")).map(([mark = "", hash = ""]) => [mark, hash]));
  return new Map(
    stream.ids.map((id, index) => {
      const hash = parseCommitHash(hashes.get(`:${index + 1}`) ?? "");
      if (!hash.ok) throw new Error(`git made no commit of "${id}".`);
      return [id, hash.value];
    }),
  );
}

/** Runs git apart from the person's own settings, hooks and questions; throws when it fails. */
async function git(args: readonly string[], input = ""): Promise<void> {
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: NO_FILE,
    GIT_TERMINAL_PROMPT: "0",
  };
  const child = spawn("git", args, { env, stdio: ["pipe", "ignore", "pipe"], windowsHide: true });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  // git may refuse before it has read everything; its exit code tells that better than a broken pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`git ${args.join(" ")} failed: ${said.trim()}`);
}

const NO_FILE = process.platform === "win32" ? "NUL" : "/dev/null";
