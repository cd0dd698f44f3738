import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { sayOnStderr } from "../tools/cache.ts";
import { goProgramPath, type BuildMeans } from "../tools/goProgram.ts";

const SOURCE = fileURLToPath(new URL("../../test/controlplane/", import.meta.url));

/**
 * The program that runs etcd, kube-apiserver and kube-controller-manager, built when the cache has none for
 * these sources. Undefined where no Go of at least 1.25 is at hand; what to install has then been said. A build
 * that fails throws.
 */
export async function controlPlanePath(
  means: BuildMeans = { go: ["go"], say: sayOnStderr },
): Promise<string | undefined> {
  const version = await kubernetesVersion();
  const program = {
    name: "controlplane",
    source: SOURCE,
    title: "The control plane for the cluster tests",
    version,
    flags: ["-ldflags", versionFlags(version)],
    announcement:
      `Building Kubernetes ${version} for the cluster tests from its Go modules. The first build takes about ten ` +
      "minutes and 3 GB of Go's build cache, later ones half a minute.",
  };
  return goProgramPath(program, means);
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
