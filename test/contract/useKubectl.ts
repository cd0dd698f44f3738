import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { runProgram, type Ended } from "./program.ts";
import type { ClusterOfSuite } from "./useCluster.ts";

/** kubectl, unmodified, as ann in the suite's namespace. */
export interface Kubectl {
  /** Runs a command, however it ends. */
  run(...args: readonly string[]): Promise<Ended>;
  /** What a command wrote; throws with what it complained of when it failed. */
  say(...args: readonly string[]): Promise<string>;
}

/** To be called inside `describe`, after `useCluster`. */
export function useKubectl(on: ClusterOfSuite): Kubectl {
  let home = "";
  let path = "";
  let kubeconfig = "";
  before(async () => {
    home = await mkdtemp(join(tmpdir(), "devdeploy-kubectl-"));
    path = await toolPath("kubectl");
    kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
  });
  after(() => rm(home, { recursive: true, force: true }));
  const run: Kubectl["run"] = (...args) =>
    runProgram(path, [...args, "--namespace", on.namespace, "--context", "staging"], {
      HOME: home,
      KUBECONFIG: kubeconfig,
    });
  return {
    run,
    say: async (...args) => {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
      return stdout;
    },
  };
}
