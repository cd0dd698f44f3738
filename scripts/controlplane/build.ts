import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cached, sayOnStderr, type Say } from "../tools/cache.ts";

const SOURCE = fileURLToPath(new URL("../../test/controlplane/", import.meta.url));
const BINARY = process.platform === "win32" ? "controlplane.exe" : "controlplane";
const NEEDED_GO = [1, 25] as const;

/** What the build needs of its surroundings. */
export interface BuildMeans {
  /** The Go command with the arguments that come before its own. */
  readonly go: readonly [string, ...string[]];
  readonly say: Say;
}

/**
 * The program that runs etcd, kube-apiserver and kube-controller-manager, built when the cache has none for
 * these sources. Undefined where no Go of at least 1.25 is at hand; what to install has then been said. A build
 * that fails throws.
 */
export async function controlPlanePath(
  means: BuildMeans = { go: ["go"], say: sayOnStderr },
): Promise<string | undefined> {
  const version = await kubernetesVersion();
  const key = `controlplane/${version}-${await sourceHash()}`;
  try {
    return join(
      await cached(key, (folder) => build(version, join(folder, BINARY), means), means.say),
      BINARY,
    );
  } catch (error) {
    if (!(error instanceof GoMissing)) throw error;
    means.say(error.message);
    return undefined;
  }
}

class GoMissing extends Error {
  override readonly name = "GoMissing";
}

async function build(version: string, binary: string, { go, say }: BuildMeans): Promise<void> {
  await requireGo(go);
  say(
    `Building Kubernetes ${version} for the cluster tests from its Go modules. The first build takes about ten ` +
      "minutes and 3 GB of Go's build cache, later ones half a minute.",
  );
  const started = performance.now();
  const everyMinute = setInterval(() => {
    say(
      `Still building the control plane, ${Math.round((performance.now() - started) / 60_000)} min so far …`,
    );
  }, 60_000);
  try {
    // GOFLAGS, GOPROXY and the place of Go's build cache stay the user's own.
    await run(go, ["build", "-ldflags", versionFlags(version), "-o", binary, "."]);
  } finally {
    clearInterval(everyMinute);
  }
  say(`Built the control plane in ${Math.round((performance.now() - started) / 1000)} s.`);
}

/** Without these the server calls itself v0.0.0, which helm and kubectl refuse. */
function versionFlags(version: string): string {
  const [major = "", minor = ""] = version.slice(1).split(".");
  const stamps = {
    gitVersion: version,
    gitMajor: major,
    gitMinor: minor,
    gitCommit: "0",
    gitTreeState: "clean",
  };
  const flags = Object.entries(stamps).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ["-s -w", ...flags].join(" ");
}

async function kubernetesVersion(): Promise<string> {
  const found = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(await readFile(join(SOURCE, "go.mod"), "utf8"));
  if (found?.[1] === undefined)
    throw new Error("test/controlplane/go.mod does not require k8s.io/kubernetes");
  return found[1];
}

async function sourceHash(): Promise<string> {
  const hash = createHash("sha256");
  const files = (await readdir(SOURCE)).filter((file) => /\.go$|^go\.(?:mod|sum)$/.test(file)).sort();
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(await readFile(join(SOURCE, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Throws `GoMissing` unless the Go that would build here is new enough. */
async function requireGo(go: BuildMeans["go"]): Promise<void> {
  const hint =
    `The control plane for the cluster tests is built with Go ${NEEDED_GO.join(".")} or newer: install it from ` +
    "https://go.dev/dl and run again.";
  // From 1.21 on Go fetches by itself the version that go.mod asks for, and names that one here.
  const output = await run(go, ["env", "GOVERSION"]).catch(() => undefined);
  if (output === undefined) throw new GoMissing(`Go was not found. ${hint}`);
  const [, major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(output) ?? []).map(Number);
  const isNewEnough = major > NEEDED_GO[0] || (major === NEEDED_GO[0] && minor >= NEEDED_GO[1]);
  if (!isNewEnough) throw new GoMissing(`${output.trim()} is too old. ${hint}`);
}

/** Runs in the Go sources; resolves with standard output, while standard error goes to the terminal. */
function run([command, ...first]: BuildMeans["go"], args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, ...args], { cwd: SOURCE, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`go ${args[0] ?? ""} ended with ${code ?? "a signal"}`));
    });
  });
}
