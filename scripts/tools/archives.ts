import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { unzipSync } from "fflate";
import { extract } from "tar";
import { CannotProvide, type Say } from "./cache.ts";
import type { NpmPackage } from "./catalogue.ts";
import { npmCommand } from "../npm.mjs";
import { run } from "./run.ts";

/** Unpacks an npm package into the folder, after comparing the tarball with its pinned hash. */
export async function unpackNpmPackage(wanted: NpmPackage, folder: string, say: Say): Promise<void> {
  const spec = `${wanted.name}@${wanted.version}`;
  const started = performance.now();
  say(`Fetching ${spec} from npm (${wanted.megabytes} MB) …`);
  const download = join(folder, ".download");
  await mkdir(download, { recursive: true });
  const [program, args] = npmCommand([
    "pack",
    spec,
    "--ignore-scripts",
    "--silent",
    "--pack-destination",
    ".",
  ]);
  const packed = await run(program, args, { cwd: download });
  const [file] = await readdir(download);
  if (packed.exitCode !== 0 || file === undefined) {
    throw new CannotProvide(
      `npm could not fetch ${spec}: ${lastLine(packed.stderr)}. Check that npm reaches its registry (npm ping), then try again.`,
    );
  }
  const tarball = join(download, file);
  expectHash(spec, await readFile(tarball), wanted.integrity);
  await extract({ file: tarball, cwd: folder, strip: 1 });
  await rm(download, { recursive: true });
  say(`${spec} is there, checked and unpacked (${secondsSince(started)} s).`);
}

/** Installs exactly what the folder's lockfile names; npm compares each package with its hash there. */
export async function installLocked(folder: string): Promise<void> {
  const [program, args] = npmCommand([
    ...["ci", "--prefix", folder, "--omit=dev", "--ignore-scripts", "--legacy-peer-deps"],
    ...["--no-audit", "--no-fund", "--loglevel=error"],
  ]);
  const installed = await run(program, args, { cwd: folder });
  if (installed.exitCode !== 0) {
    throw new CannotProvide(`npm ci failed in ${folder}: ${lastLine(installed.stderr)}`);
  }
}

/** A file of an official site, compared with the SHA-256 that the site publishes beside it. */
export async function downloadOfficial(address: string, checksumAddress: string, say: Say): Promise<Buffer> {
  const started = performance.now();
  say(`Fetching ${address} …`);
  const published = (await fetchBytes(checksumAddress)).toString("utf8").trim().split(/\s/u)[0] ?? "";
  if (!/^[0-9a-f]{64}$/u.test(published)) {
    throw new CannotProvide(`${checksumAddress} does not hold a SHA-256, so the download cannot be checked.`);
  }
  const content = await fetchBytes(address);
  expectHash(address, content, `sha256-${Buffer.from(published, "hex").toString("base64")}`);
  say(`Checked ${(content.length / 1e6).toFixed(0)} MB (${secondsSince(started)} s).`);
  return content;
}

/** Writes the one wanted file of a zip archive. */
export async function unzipFile(archive: Buffer, entry: string, to: string): Promise<void> {
  const content = unzipSync(archive, { filter: ({ name }) => name === entry })[entry];
  if (content === undefined) throw new CannotProvide(`The archive has no file ${entry}.`);
  await writeExecutable(to, content);
}

/** Writes the one wanted file of a .tar.gz archive. */
export async function untarFile(archive: Buffer, entry: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const file = `${to}.tar.gz`;
  await writeFile(file, archive);
  await extract({
    file,
    cwd: dirname(to),
    filter: (path) => path === entry,
    strip: entry.split("/").length - 1,
  });
  await rm(file);
}

/** Unpacks a brotli-compressed file: a tar archive into the folder, anything else to that path. */
export async function unbrotli(file: string, to: string): Promise<void> {
  const content = brotliDecompressSync(await readFile(file));
  if (!file.endsWith(".tar.br")) {
    await writeExecutable(to, content);
    return;
  }
  await mkdir(to, { recursive: true });
  const archive = join(to, "unpacked.tar");
  await writeFile(archive, content);
  await extract({ file: archive, cwd: to });
  await rm(archive);
}

/** Writes a program. */
export async function writeExecutable(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { mode: 0o755 });
}

/** Seconds with one digit, for messages. */
export function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function expectHash(what: string, content: Uint8Array, integrity: string): void {
  const [algorithm = "sha512"] = integrity.split("-");
  const actual = `${algorithm}-${createHash(algorithm).update(content).digest("base64")}`;
  if (actual !== integrity) {
    throw new CannotProvide(
      `${what} is not what was expected (${actual} instead of ${integrity}); not used.`,
    );
  }
}

async function fetchBytes(address: string): Promise<Buffer> {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(10 * 60 * 1000) });
    if (!answer.ok) throw new CannotProvide(`${address} answered ${answer.status}.`);
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    if (error instanceof CannotProvide) throw error;
    throw new CannotProvide(`${address} cannot be reached from here.`, { cause: error });
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
