import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { cached, type Say } from "./cache.ts";

const NEEDED_GO = [1, 25] as const;

/** What a build needs of its surroundings. */
export interface BuildMeans {
  /** The Go command with the arguments that come before its own. */
  readonly go: readonly [string, ...string[]];
  readonly say: Say;
}

/** A Go program of ours. */
export interface GoProgram {
  readonly name: string;
  /** The folder of its module. */
  readonly source: string;
  /** What it is, for the sentence that says what to install, e.g. `The control plane for the cluster tests`. */
  readonly title: string;
  /** Of what is built into it; part of its name in the cache. */
  readonly version: string;
  /** Further arguments of `go build`. */
  readonly flags: readonly string[];
  /** Said before it is built. */
  readonly announcement: string;
}

/**
 * The program, built when the cache has none for these sources. Undefined where no Go of at least 1.25 is at hand;
 * what to install has then been said. A build that fails throws.
 */
export async function goProgramPath(program: GoProgram, means: BuildMeans): Promise<string | undefined> {
  const { name, version, source } = program;
  const binary = process.platform === "win32" ? `${name}.exe` : name;
  const key = `${name}/${version}-${await sourceHash(source)}`;
  try {
    const folder = await cached(key, (into) => build(program, join(into, binary), means), means.say);
    return join(folder, binary);
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    means.say(error.message);
    return undefined;
  }
}

class GoMissing extends Error {
  override readonly name = "GoMissing";
}

async function build(program: GoProgram, binary: string, { go, say }: BuildMeans): Promise<void> {
  await requireGo(program, go);
  say(program.announcement);
  const started = performance.now();
  const everyMinute = setInterval(() => {
    const minutes = Math.round((performance.now() - started) / 60_000);
    say(`Still building the ${program.name}, ${minutes} min so far …`);
  }, 60_000);
  try {
    // GOFLAGS, GOPROXY and the place of Go's build cache stay the user's own.
    await run(go, ["build", ...program.flags, "-o", binary, "."], program.source);
  } finally {
    clearInterval(everyMinute);
  }
  say(`Built the ${program.name} in ${Math.round((performance.now() - started) / 1000)} s.`);
}

async function sourceHash(source: string): Promise<string> {
  const hash = createHash("sha256");
  const files = (await readdir(source)).filter((file) => /\.go$|^go\.(?:mod|sum)$/.test(file)).sort();
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(await readFile(join(source, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Throws `GoMissing` unless the Go that would build here is new enough. */
async function requireGo({ title, source }: GoProgram, go: BuildMeans["go"]): Promise<void> {
  const hint =
    `${title} is built with Go ${NEEDED_GO.join(".")} or newer: install it from ` +
    "https://go.dev/dl and run again.";
  // From 1.21 on Go fetches by itself the version that go.mod asks for, and names that one here.
  const output = await run(go, ["env", "GOVERSION"], source).catch(() => undefined);
  if (output === undefined) throw new GoMissing(`Go was not found. ${hint}`);
  const [, major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(output) ?? []).map(Number);
  const isNewEnough = major > NEEDED_GO[0] || (major === NEEDED_GO[0] && minor >= NEEDED_GO[1]);
  if (!isNewEnough) throw new GoMissing(`${output.trim()} is too old. ${hint}`);
}

/** Runs in the Go sources; resolves with standard output, while standard error goes to the terminal. */
function run([command, ...first]: BuildMeans["go"], args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`go ${args[0] ?? ""} ended with ${code ?? "a signal"}`));
    });
  });
}
