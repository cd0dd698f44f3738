import type { KubeConfig } from "@kubernetes/client-node";
import { spawn, type ChildProcess, type ChildProcessByStdio } from "node:child_process";
import type { RequestOptions } from "node:https";
import { isAbsolute, resolve } from "node:path";
import type { Readable } from "node:stream";
import type { Clock } from "../../app/ports.ts";
import { oneLine } from "../../domain/plainText.ts";
import { redacted } from "../../domain/redact.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";
import { isObject, objectsAt, textAt, valueAt } from "./json.ts";

/** How long a credential plugin may take; one that waits for a person would otherwise hold every request up. */
const PLUGIN_TIMEOUT_MS: DurationMs = 15 * SECOND_MS;
/** A credential is fetched again this long before it ends, so that no request is sent with a dying one. */
const LEEWAY_MS: DurationMs = 10 * SECOND_MS;
const MAX_OUTPUT = 256 * 1024;
const MAX_COMPLAINT = 2_000;

type User = KubeConfig["users"][number];

/** A plugin that gave no credential. Thrown through the client library, and turned into a value behind it. */
export class CredentialPluginError extends Error {
  readonly command: string;
  readonly detail: string;

  constructor(command: string, detail: string) {
    super(`${command}: ${detail}`);
    this.name = "CredentialPluginError";
    this.command = command;
    this.detail = detail;
  }
}

interface Plugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

interface Credential {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly expiresAt: EpochMs | undefined;
}

export interface PluginSurroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

/**
 * Runs the credential plugins (`users[].user.exec`) of one kubeconfig file. The library's own runner knows no
 * time limit, leaves stdin open, and forgets which command failed.
 */
export class PluginAuthenticator {
  readonly #folder: string;
  readonly #surroundings: PluginSurroundings;
  readonly #plugins = new Map<string, Plugin>();
  readonly #credentials = new Map<string, Promise<Credential>>();

  constructor(folder: string, surroundings: PluginSurroundings) {
    this.#folder = folder;
    this.#surroundings = surroundings;
  }

  /** Takes the plugin out of a user, so that the library's own runner does not see it. */
  adopt(user: User): User {
    const exec: unknown = user.exec;
    if (!isObject(exec)) return user;
    const args: unknown = exec["args"];
    const env = objectsAt(exec, "env").flatMap((entry) => {
      const name = textAt(entry, "name");
      return name === undefined ? [] : [[name, textAt(entry, "value") ?? ""] as const];
    });
    this.#plugins.set(user.name, {
      command: this.#located(textAt(exec, "command") ?? ""),
      args: Array.isArray(args) ? args.map(String) : [],
      env: Object.fromEntries(env),
      apiVersion: textAt(exec, "apiVersion") ?? "client.authentication.k8s.io/v1",
    });
    return { ...user, exec: null };
  }

  isAuthProvider(user: User): boolean {
    return this.#plugins.has(user.name);
  }

  async applyAuthentication(user: User, options: RequestOptions): Promise<void> {
    const credential = await this.#credential(user.name);
    if (credential.certificate !== undefined) options.cert = credential.certificate;
    if (credential.key !== undefined) options.key = credential.key;
    if (credential.token !== undefined) {
      const headers = Object.fromEntries(Object.entries(options.headers ?? {}));
      options.headers = { ...headers, Authorization: `Bearer ${credential.token}` };
    }
  }

  /** A command with a slash is relative to the kubeconfig that names it, as in client-go; a bare one is on the PATH. */
  #located(command: string): string {
    return /[/\\]/u.test(command) && !isAbsolute(command) ? resolve(this.#folder, command) : command;
  }

  async #credential(userName: string): Promise<Credential> {
    const known = this.#credentials.get(userName);
    if (known !== undefined) {
      const credential = await known;
      const { expiresAt } = credential;
      if (expiresAt === undefined || expiresAt - LEEWAY_MS > this.#surroundings.clock.now())
        return credential;
    }
    // One run serves all who ask meanwhile.
    const current = this.#credentials.get(userName);
    if (current !== undefined && current !== known) return current;
    const plugin = this.#plugins.get(userName);
    if (plugin === undefined) throw new Error("Only users with a plugin are asked for.");
    const run = runPlugin(plugin, this.#surroundings);
    this.#credentials.set(userName, run);
    run.catch(() => this.#credentials.delete(userName));
    return run;
  }
}

async function runPlugin(plugin: Plugin, surroundings: PluginSurroundings): Promise<Credential> {
  const output = await outputOf(plugin, surroundings);
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new CredentialPluginError(plugin.command, "its answer is not JSON");
  }
  const status = valueAt(answer, "status");
  const credential = {
    token: textAt(status, "token"),
    certificate: textAt(status, "clientCertificateData"),
    key: textAt(status, "clientKeyData"),
    expiresAt: momentOf(textAt(status, "expirationTimestamp")),
  };
  if (credential.token === undefined && credential.certificate === undefined) {
    throw new CredentialPluginError(plugin.command, "its answer holds no credential");
  }
  return credential;
}

function momentOf(text: string | undefined): EpochMs | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(time) ? time : undefined;
}

function outputOf(plugin: Plugin, surroundings: PluginSurroundings): Promise<string> {
  return new Promise((resolveOutput, reject) => {
    const child = start(plugin, surroundings.env);
    const failed = (detail: string): void => {
      limit.dispose();
      reject(new CredentialPluginError(plugin.command, detail));
    };
    const limit = surroundings.clock.after(PLUGIN_TIMEOUT_MS, () => {
      failed(`no answer within ${PLUGIN_TIMEOUT_MS / SECOND_MS} s`);
      endGroup(child);
    });
    let output = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (output.length < MAX_OUTPUT) output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (complaint.length < MAX_COMPLAINT) complaint += text;
    });
    child.once("error", (error: NodeJS.ErrnoException) => {
      failed(
        error.code === "ENOENT"
          ? `not found; PATH is ${surroundings.env["PATH"] ?? surroundings.env["Path"] ?? "empty"}`
          : (error.code ?? "cannot be started"),
      );
    });
    child.once("close", (code) => {
      if (code === 0) {
        limit.dispose();
        resolveOutput(output);
      } else failed(`ended with ${code ?? "a signal"}: ${oneLine(redacted(complaint), 200)}`);
    });
  });
}

function start(plugin: Plugin, env: NodeJS.ProcessEnv): ChildProcessByStdio<null, Readable, Readable> {
  const info = { kind: "ExecCredential", apiVersion: plugin.apiVersion, spec: { interactive: false } };
  try {
    return spawn(plugin.command, plugin.args, {
      env: { ...env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      // A group of its own, so that what the plugin started ends with it.
      detached: process.platform !== "win32",
    });
  } catch {
    throw new CredentialPluginError(plugin.command, "no command that could be started");
  }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === "win32") child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended by itself in this very moment.
  }
}
