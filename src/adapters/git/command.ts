import { GitError, GitPluginError, simpleGit } from "simple-git";
import { redacted } from "../../domain/redact.ts";

/** What one run of git came to. Only `exitCode` and `stdout` are judged; `stderr` is for showing. */
export type GitAnswer =
  | { readonly kind: "exited"; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "absent" }
  | { readonly kind: "folder-absent" }
  | { readonly kind: "timeout"; readonly afterMs: number }
  | { readonly kind: "aborted" };

export interface GitCall {
  readonly folder: string;
  readonly args: readonly string[];
  /** Without output for this long, git is ended. */
  readonly timeoutMs?: number;
}

const LOCAL_TIMEOUT_MS = 20_000;

/** What node reports as exit code of a program that does not exist (-ENOENT; -4058 on Windows). */
const PROGRAM_ABSENT = new Set([-2, -4058]);

/**
 * Configuration with which a repository could have git run programs of its own on a mere look at it. Only
 * constants of ours are ever given to `-c`, which is what the permissions below are for.
 */
const HARDENING = ["core.fsmonitor=false", "core.hooksPath=/dev/null"];

/**
 * The person's own ways of reaching a remote. simple-git keeps every GIT_ variable from git unless named, and an
 * environment given to it replaces the whole one, so that all that git needs is named here.
 */
const PASSED_ON = [
  ...["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "DISPLAY"],
  ...["XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "GNUPGHOME"],
  ...["USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "PROGRAMFILES"],
  ...["SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_ASKPASS"],
  ...["GIT_ASKPASS", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH"],
  ...["GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH"],
];

/** git must never wait for an answer that nobody can give, take a lock, or fetch objects behind our back. */
const FIXED = {
  GIT_TERMINAL_PROMPT: "0",
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  LC_MESSAGES: "C",
  GCM_INTERACTIVE: "never",
};

class GitExit extends GitError {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exitCode: number, stdout: readonly Buffer[], stderr: readonly Buffer[]) {
    super(undefined, `git exited with ${exitCode}`);
    this.exitCode = exitCode;
    this.stdout = Buffer.concat(stdout).toString("utf8");
    this.stderr = redacted(Buffer.concat(stderr).toString("utf8")).trim();
  }
}

/** Runs git with an argument list; hostile names are the caller's to place after `--end-of-options` or `--`. */
export async function runGit(call: GitCall, signal: AbortSignal): Promise<GitAnswer> {
  if (signal.aborted) return { kind: "aborted" };
  const timeoutMs = call.timeoutMs ?? LOCAL_TIMEOUT_MS;
  try {
    const stdout = await open(call.folder, timeoutMs, signal).raw([...call.args]);
    return { kind: "exited", exitCode: 0, stdout, stderr: "" };
  } catch (error) {
    if (error instanceof GitExit) {
      if (PROGRAM_ABSENT.has(error.exitCode)) return { kind: "absent" };
      return { kind: "exited", exitCode: error.exitCode, stdout: error.stdout, stderr: error.stderr };
    }
    if (error instanceof GitPluginError && error.plugin === "abort") return { kind: "aborted" };
    if (error instanceof GitPluginError && error.plugin === "timeout") {
      return { kind: "timeout", afterMs: timeoutMs };
    }
    // The only other thing that simple-git refuses by itself is a folder that it cannot work in.
    if (error instanceof GitError && "config" in error) return { kind: "folder-absent" };
    throw error;
  }
}

function open(folder: string, timeoutMs: number, signal: AbortSignal): ReturnType<typeof simpleGit> {
  return simpleGit({
    baseDir: folder,
    abort: signal,
    timeout: { block: timeoutMs },
    config: HARDENING,
    allowEnvironment: [...PASSED_ON, ...Object.keys(FIXED)].filter((name) => name.startsWith("GIT_")),
    unsafe: {
      allowUnsafeFsMonitor: true,
      allowUnsafeHooksPath: true,
      allowUnsafeAskPass: true,
      allowUnsafeSshCommand: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeExec: true,
    },
    errors: (error, { exitCode, stdOut, stdErr }) =>
      exitCode === 0 && error === undefined
        ? undefined
        : (pluginError(error) ?? new GitExit(exitCode, stdOut, stdErr)),
  }).env(environment());
}

const pluginError = (error: Buffer | Error | undefined): Error | undefined =>
  error instanceof GitPluginError ? error : undefined;

function environment(): Record<string, string> {
  const passed = new Set(PASSED_ON);
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    // Windows writes `Path`; proxies are written in either case.
    if (value !== undefined && passed.has(name.toUpperCase())) env[name] = value;
  }
  return { ...env, ...FIXED };
}
