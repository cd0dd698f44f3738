import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, extname, isAbsolute, join, sep } from "node:path";
import type { DeployerError, DeployerTool } from "../../app/ports.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { MINUTE_MS, type DurationMs } from "../../domain/time.ts";
import { helmEnvironment } from "./environment.ts";
import {
  isSupported,
  knownVulnerabilities,
  OLDEST_HELM,
  parseHelmVersion,
  type HelmVersion,
} from "./version.ts";

/** Where helm may be looked for. */
export interface HelmPlaces {
  /** The machine setting `devdeploy.helmPath`; undefined or empty where it is not set. */
  readonly setting: string | undefined;
  /** A program in a workspace is part of what one looks at, not of one's own tools. */
  readonly workspaceFolders: readonly string[];
  readonly surroundings: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
}

export interface FoundHelm {
  readonly tool: DeployerTool;
  readonly version: HelmVersion;
}

const VERSION_TIMEOUT_MS = 15_000;
/** Not longer: behind the shim of a version manager another helm may stand soon. */
const KNOWN_FOR_MS: DurationMs = 10 * MINUTE_MS;

/** What programs said of their versions a moment ago; one whose file has changed is asked again. */
export class KnownVersions {
  readonly #now: () => DurationMs;
  readonly #known = new Map<
    string,
    { readonly file: string; readonly printed: string; readonly at: DurationMs }
  >();

  constructor(now: () => DurationMs = () => performance.now()) {
    this.#now = now;
  }

  async of(real: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(real);
    const file = [dev, ino, size, mtimeMs, ctimeMs].join(" ");
    const known = this.#known.get(real);
    if (known?.file === file && this.#now() - known.at < KNOWN_FOR_MS) return known.printed;
    const printed = await ask();
    if (printed !== undefined) this.#known.set(real, { file, printed, at: this.#now() });
    return printed;
  }
}

/** Scripts are run by a shell, which would read the arguments anew. */
const SCRIPTS = new Set([".cmd", ".bat", ".ps1"]);

/** Finds helm and judges it: the setting's path, else the first one on PATH. */
export async function findHelm(
  places: HelmPlaces,
  signal: AbortSignal,
  versions = new KnownVersions(),
): Promise<Result<FoundHelm, DeployerError>> {
  const ask: AskVersion = (path, real) => versions.of(real, () => printedVersion(path, places, signal));
  const { setting } = places;
  if (setting !== undefined && setting !== "") return judged(setting, places, ask);
  const tried = pathCandidates(places);
  let refused: Result<never, DeployerError> | undefined;
  for (const candidate of tried) {
    if (!(await isThere(candidate))) continue;
    const found = await judged(candidate, places, ask);
    if (found.ok) return found;
    refused ??= found;
  }
  return refused ?? fail({ reason: "helm-absent", tried });
}

function pathCandidates({ surroundings, platform }: HelmPlaces): readonly string[] {
  const entry = Object.entries(surroundings).find(([name]) => name.toUpperCase() === "PATH");
  const folders = (entry?.[1] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  const program = platform === "win32" ? "helm.exe" : "helm";
  return [...new Set(folders)].map((folder) => join(folder, program));
}

type AskVersion = (path: string, real: string) => Promise<string | undefined>;

async function judged(
  path: string,
  places: HelmPlaces,
  ask: AskVersion,
): Promise<Result<FoundHelm, DeployerError>> {
  const refused = (detail: string): Result<never, DeployerError> =>
    fail({ reason: "helm-refused", path, detail });
  if (!isAbsolute(path)) return refused("its path is not absolute");
  if (SCRIPTS.has(extname(path).toLowerCase())) return refused("it is a script, not a program");
  if (!(await isThere(path))) return fail({ reason: "helm-absent", tried: [path] });
  const real = await realpath(path);
  if (SCRIPTS.has(extname(real).toLowerCase())) return refused("it is a script, not a program");
  for (const folder of places.workspaceFolders) {
    if (await isInside(real, folder)) return refused("it lies in the workspace");
  }
  if (!(await isExecutable(real, places.platform))) return refused("it is not executable");
  const printed = await ask(path, real);
  const version = printed === undefined ? undefined : parseHelmVersion(printed);
  if (version === undefined) return refused("it does not tell its version as helm does");
  if (version.major > 4) return refused(`helm ${version.text} is not known yet`);
  if (!isSupported(version)) {
    return fail({ reason: "helm-too-old", path, version: version.text, needed: OLDEST_HELM });
  }
  const warning = knownVulnerabilities(version);
  const tool: DeployerTool = {
    name: "helm",
    path,
    version: version.text,
    ...(warning === undefined ? {} : { warning }),
  };
  return ok({ tool, version });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

async function isInside(real: string, folder: string): Promise<boolean> {
  const root = await realpath(folder).catch(() => folder);
  return real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

async function isExecutable(path: string, platform: NodeJS.Platform): Promise<boolean> {
  if (platform === "win32") return extname(path).toLowerCase() === ".exe";
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function printedVersion(
  path: string,
  { surroundings }: HelmPlaces,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      path,
      ["version", "--template", "{{.Version}}"],
      {
        env: { ...helmEnvironment(surroundings, undefined) },
        signal,
        timeout: VERSION_TIMEOUT_MS,
        windowsHide: true,
      },
      (error, stdout) => {
        resolve(error === null ? stdout : undefined);
      },
    );
  });
}
