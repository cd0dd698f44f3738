import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigState } from "../../domain/config.ts";
import { parseConfig } from "./parse.ts";

export const CONFIG_FILE = "devdeploy.json";

/** Far beyond any team's needs; a bigger file is something else under our name. */
export const MAX_CONFIG_BYTES = 512 * 1024;

/** Reads devdeploy.json at the root of a workspace folder. Never throws for what is on the disk. */
export async function readConfig(folder: string): Promise<ConfigState> {
  try {
    const bytes = await readBounded(join(folder, CONFIG_FILE));
    return typeof bytes === "string" ? { kind: "unreadable", detail: bytes } : decode(bytes);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    return { kind: "unreadable", detail: DETAILS[code] ?? `it could not be read (${code})` };
  }
}

const DETAILS: Readonly<Record<string, string>> = {
  EACCES: "you may not read it (EACCES): check the permissions of the file",
  EPERM: "you may not read it (EPERM): check the permissions of the file",
  EISDIR: "a folder stands in its place: rename the folder",
  ELOOP: "it is a link that leads to itself",
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "unknown error";

// Without it, opening a pipe waits for somebody to write. Windows has no such flag and no such pipes.
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** The bytes, or why they are not read: a pipe would wait for ever, and a huge file fills the memory. */
async function readBounded(path: string): Promise<Uint8Array | string> {
  const file = await open(path, OPEN_FLAGS);
  try {
    const stat = await file.stat();
    if (stat.isDirectory()) return DETAILS["EISDIR"] ?? "";
    if (!stat.isFile()) return "it is not a regular file";
    // One byte more than allowed, since the file may grow while it is read.
    const buffer = new Uint8Array(MAX_CONFIG_BYTES + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return length > MAX_CONFIG_BYTES
      ? `it is bigger than ${MAX_CONFIG_BYTES / 1024} kB: is this the right file?`
      : buffer.subarray(0, length);
  } finally {
    await file.close();
  }
}

function decode(bytes: Uint8Array): ConfigState {
  try {
    return parseConfig(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    if (codeOf(error) !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw error;
    return { kind: "unreadable", detail: "it is not UTF-8: save it with that encoding" };
  }
}
