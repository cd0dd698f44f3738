// Makes a fresh clone ready to run: checks Node and git, installs the packages. Plain Node, no dependencies.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { npmCommand } from "./npm.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OLDEST_NODE = [20, 19];

/**
 * Checks what only the person can install, installs the rest, and runs a TypeScript program in this process.
 *
 * @param {string} program Path from the scripts folder.
 */
export async function runWhenReady(program) {
  checkNode();
  checkGit();
  if (!arePackagesCurrent()) installPackages();
  process.chdir(ROOT);
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import(new URL(program, import.meta.url).href);
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    // What the person can put right is said in words; everything else is a bug and keeps its stack.
    console.error(error?.name === "CannotProvide" ? error.message : error);
    process.exitCode = 1;
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  stop(`Node ${OLDEST_NODE.join(".")} or newer is needed, and this is ${process.versions.node}.`);
}

function checkGit() {
  const { status } = spawnSync("git", ["--version"], { stdio: "ignore" });
  if (status !== 0) stop("git is needed and was not found on PATH. Install it (https://git-scm.com).");
}

/** Whether node_modules holds what the lockfile names; npm keeps a record of its own there. */
function arePackagesCurrent() {
  try {
    const wanted = packagesOf("package-lock.json");
    const installed = packagesOf("node_modules/.package-lock.json");
    return Object.entries(wanted).every(
      ([path, entry]) => path === "" || entry.optional === true || installed[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

/** @param {string} lockfile */
function packagesOf(lockfile) {
  return JSON.parse(readFileSync(new URL(`../${lockfile}`, import.meta.url), "utf8")).packages;
}

function installPackages() {
  console.error("Installing the packages that package-lock.json names (about 300 MB, half a minute) …");
  const started = performance.now();
  const [program, args] = npmCommand([
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ]);
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) stop("npm ci failed; see above. Check that npm reaches its registry (npm ping).");
  console.error(`The packages are there (${((performance.now() - started) / 1000).toFixed(1)} s).`);
}

/**
 * @param {string} message
 * @returns {never}
 */
function stop(message) {
  console.error(message);
  process.exit(1);
}
