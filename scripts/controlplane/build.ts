import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, open, readFile, readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../../test/controlplane/", import.meta.url));
const NEEDED_GO = [1, 25] as const;

/**
 * The program that runs etcd, kube-apiserver and kube-controller-manager, built when the cache has none for
 * these sources. Undefined where no Go of at least 1.25 is at hand; what to install has then been said. A build
 * that fails throws.
 */
export async function controlPlanePath(): Promise<string | undefined> {
  const version = await kubernetesVersion();
  const folder = join(cacheFolder(), "controlplane", `${version}-${await sourceHash()}`);
  const binary = join(folder, process.platform === "win32" ? "controlplane.exe" : "controlplane");
  if (await exists(binary)) return binary;

  const go = await goVersion();
  if (go === undefined || !isNewEnough(go)) {
    say(
      `${go === undefined ? "Go was not found" : `Go ${go} is too old`}. The real control plane for the cluster ` +
        `tests is built with Go ${NEEDED_GO.join(".")} or newer: install it from https://go.dev/dl and run again.`,
    );
    return undefined;
  }
  await mkdir(folder, { recursive: true });
  await withLock(join(folder, "building"), async () => {
    if (!(await exists(binary))) await build(version, binary);
  });
  return binary;
}

async function build(version: string, binary: string): Promise<void> {
  say(
    `Building Kubernetes ${version} from its Go modules. The first build takes about ten minutes and 3 GB of ` +
      "Go's build cache, later ones seconds.",
  );
  const started = performance.now();
  const temporary = `${binary}.${process.pid}`;
  const minutes = setInterval(() => {
    say(`still building, ${Math.round((performance.now() - started) / 60_000)} min so far`);
  }, 60_000);
  try {
    // GOFLAGS, GOPROXY and the place of Go's build cache stay the user's own.
    await run("go", ["build", "-ldflags", versionFlags(version), "-o", temporary, "."]);
    await rename(temporary, binary);
  } finally {
    clearInterval(minutes);
    await rm(temporary, { force: true });
  }
  say(`built in ${Math.round((performance.now() - started) / 1000)} s: ${binary}`);
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
  const files = (await readdir(SOURCE)).filter((file) => /\.go$|^go\.(mod|sum)$/.test(file)).sort();
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(await readFile(join(SOURCE, file)));
  return hash.digest("hex").slice(0, 12);
}

/** The version that would build here: a Go from 1.21 on fetches by itself the one that go.mod asks for. */
async function goVersion(): Promise<string | undefined> {
  try {
    const output = await run("go", ["env", "GOVERSION"]);
    return /go(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > NEEDED_GO[0] || (major === NEEDED_GO[0] && minor >= NEEDED_GO[1]);
}

/** Holds a file with our process id while `work` runs; that of a process which has ended is taken over. */
async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  for (let said = false; !(await tryLock(path)); said = true) {
    if (!said) say("another process is building the control plane, waiting for it");
    await delay(1000);
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  }
  const owner = Number(await readFile(path, "utf8").catch(() => ""));
  // An empty file belongs to somebody who is just about to write into it.
  if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, "ESRCH");
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Runs in the Go sources; resolves with standard output, while standard error goes to the terminal. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: SOURCE, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${args[0] ?? ""} ended with ${code ?? "a signal"}`));
    });
  });
}

function cacheFolder(): string {
  return process.env["DEVDEPLOY_CACHE"] ?? join(homedir(), ".cache", "devdeploy");
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function say(text: string): void {
  console.error(`control plane: ${text}`);
}
