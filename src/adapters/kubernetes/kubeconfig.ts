import { KubeConfig } from "@kubernetes/client-node";
import { readFile, stat } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { ClusterError } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { PluginAuthenticator, type PluginSurroundings } from "./credentialPlugin.ts";
import { isObject, objectsAt, textAt, type JsonObject } from "./json.ts";

export interface KubeconfigOptions extends PluginSurroundings {
  /** The setting `devdeploy.kubeconfig`; wins over the environment. */
  readonly path?: string;
}

/** The kubeconfig's files, read when first needed and again when one of them has changed. */
export class KubeconfigSource {
  readonly #options: KubeconfigOptions;
  #loaded: { readonly fingerprint: string; readonly kubeconfig: Promise<Loaded> } | undefined;

  constructor(options: KubeconfigOptions) {
    this.#options = options;
  }

  /**
   * The configuration with this context chosen. The same object is returned for as long as the files stay the
   * same, so that tokens which it fetched are kept; a fresh one after `forget`.
   */
  async load(context: string): Promise<Result<KubeConfig, ClusterError>> {
    const { paths, mayBeAbsent } = kubeconfigPaths(this.#options);
    const stamps = await Promise.all(paths.map(stampOf));
    const present = paths.filter((_, index) => stamps[index] !== undefined);
    if (present.length === 0 || (!mayBeAbsent && present.length < paths.length)) {
      this.#loaded = undefined;
      return fail({ reason: "kubeconfig-absent", paths });
    }
    const fingerprint = JSON.stringify([paths, stamps]);
    if (this.#loaded?.fingerprint !== fingerprint) {
      // The promise is kept, so that those who ask at the same time share one reading and its tokens.
      this.#loaded = { fingerprint, kubeconfig: readAll(present, this.#options) };
    }
    const loaded = this.#loaded;
    const read = await loaded.kubeconfig;
    if (read.ok) return read.value.choose(context);
    this.#drop(loaded.kubeconfig);
    return read;
  }

  /** A failure is not kept: the next who asks reads again. */
  #drop(kubeconfig: Promise<Loaded>): void {
    if (this.#loaded?.kubeconfig === kubeconfig) this.#loaded = undefined;
  }

  /** Drops what was read and every token that came with it. */
  forget(): void {
    this.#loaded = undefined;
  }
}

type Loaded = Result<Kubeconfig, ClusterError>;

async function readAll(paths: readonly string[], options: KubeconfigOptions): Promise<Loaded> {
  const files: KubeconfigFile[] = [];
  for (const path of paths) {
    const file = await readKubeconfig(path, options);
    if (!file.ok) return file;
    files.push(file.value);
  }
  return ok(new Kubeconfig(files));
}

interface KubeconfigFile {
  readonly config: KubeConfig;
  readonly plugins: PluginAuthenticator;
}

/** All files together. kubectl's rule: the first file that names a thing wins. */
class Kubeconfig {
  readonly #files: readonly KubeconfigFile[];
  readonly #chosen = new Map<string, KubeConfig>();

  constructor(files: readonly KubeconfigFile[]) {
    this.#files = files;
  }

  choose(context: string): Result<KubeConfig, ClusterError> {
    const known = this.#chosen.get(context);
    if (known !== undefined) return ok(known);
    const configs = this.#files.map(({ config }) => config);
    const contexts = firstOfEachName(configs.flatMap((config) => config.contexts));
    const clusters = firstOfEachName(configs.flatMap((config) => config.clusters));
    const chosen = contexts.find(({ name }) => name === context);
    if (chosen === undefined || !clusters.some(({ name }) => name === chosen.cluster)) {
      const known = contexts.map(({ name }) => name).filter((name) => name !== context);
      return fail({ reason: "context-unknown", context, known });
    }
    // One object for each context: the library's methods look at its current context more than once.
    const config = new KubeConfig();
    for (const { plugins } of this.#files) config.addAuthenticator(plugins);
    const users = firstOfEachName(configs.flatMap((file) => file.users));
    config.loadFromOptions({ clusters, contexts, users, currentContext: context });
    this.#chosen.set(context, config);
    return ok(config);
  }
}

const firstOfEachName = <T extends { readonly name: string }>(all: readonly T[]): T[] =>
  all.filter(({ name }, index) => all.findIndex((one) => one.name === name) === index);

/**
 * Where the kubeconfig is: the setting, else KUBECONFIG (files that are absent are passed over, as kubectl
 * does), else ~/.kube/config. The library's own search is not used: on Windows it may start wsl.exe.
 */
function kubeconfigPaths({ path, env }: KubeconfigOptions): {
  readonly paths: readonly string[];
  readonly mayBeAbsent: boolean;
} {
  const home = env["HOME"] ?? env["USERPROFILE"] ?? "";
  const expanded = (text: string): string => resolve(text.replace(/^~(?=$|[/\\])/u, home));
  if (path !== undefined && path !== "") return { paths: [expanded(path)], mayBeAbsent: false };
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((entry) => entry !== "");
  if (listed.length > 0) return { paths: listed.map((entry) => resolve(entry)), mayBeAbsent: true };
  return { paths: [join(home, ".kube", "config")], mayBeAbsent: false };
}

/** What changes when a file is written anew; undefined where there is none. */
async function stampOf(path: string): Promise<string | undefined> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    // A file that exists and may not be looked at is found unreadable when it is read.
    return isMissing(error) ? undefined : "unknown";
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");

async function readKubeconfig(
  path: string,
  options: KubeconfigOptions,
): Promise<Result<KubeconfigFile, ClusterError>> {
  const unreadable = (detail: string): Result<never, ClusterError> =>
    fail({ reason: "kubeconfig-unreadable", path, detail });
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return unreadable(error instanceof Error && "code" in error ? String(error.code) : "cannot be read");
  }
  const raw = parseYaml(text);
  if (!raw.ok) return unreadable(raw.error);
  const problem = shapeProblem(raw.value);
  if (problem !== undefined) return unreadable(problem);
  const config = new KubeConfig();
  try {
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(path));
  } catch {
    // The library's messages can quote the file, and the file holds credentials.
    return unreadable("the Kubernetes client cannot read it");
  }
  config.users = config.users.map((user) => withTokenFile(user, raw.value, dirname(path)));
  const plugins = new PluginAuthenticator(dirname(path), options);
  config.users = config.users.map((user) => plugins.adopt(user));
  return ok({ config, plugins });
}

/** Problems are told by their line alone: their text could quote a token. */
function parseYaml(text: string): Result<JsonObject, string> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) return fail(`line ${lines.linePos(error.pos[0]).line} is not valid YAML`);
  const raw: unknown = document.toJS({ maxAliasCount: 100 });
  if (raw === null || raw === undefined) return fail("it is empty");
  return isObject(raw) ? ok(raw) : fail("it is not a kubeconfig: no mapping at its top");
}

function shapeProblem(raw: JsonObject): string | undefined {
  for (const list of ["clusters", "contexts"]) {
    if (!Array.isArray(raw[list]) || raw[list].length === 0) return `it has no ${list}`;
  }
  const cluster = objectsAt(raw, "clusters").findIndex(
    (entry) => textAt(entry, "cluster", "server") === undefined,
  );
  if (cluster !== -1) return `clusters[${cluster}].cluster.server is missing`;
  const context = objectsAt(raw, "contexts").findIndex(
    (entry) => textAt(entry, "context", "cluster") === undefined,
  );
  return context === -1 ? undefined : `contexts[${context}].context.cluster is missing`;
}

type User = KubeConfig["users"][number];

/** kubectl's `tokenFile`, which the library knows only in another place. */
function withTokenFile(user: User, raw: JsonObject, folder: string): User {
  const entry = objectsAt(raw, "users").find(({ name }) => name === user.name);
  const tokenFile = textAt(entry, "user", "tokenFile");
  if (tokenFile === undefined || user.token !== undefined) return user;
  return { ...user, authProvider: { name: "tokenFile", config: { tokenFile: resolve(folder, tokenFile) } } };
}
