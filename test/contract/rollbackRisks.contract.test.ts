import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { toolPath } from "../../scripts/tools/provision.ts";
import { releaseStatus } from "../../src/domain/recordLabels.ts";
import { prunedRevisions } from "../../src/domain/risks.ts";
import { at, listAt } from "./json.ts";
import { runProgram, type Ended } from "./program.ts";
import { useCluster } from "./useCluster.ts";

const CHART = fileURLToPath(new URL("../fixtures/chart", import.meta.url));
const KEPT = "--history-max=3";

for (const tool of ["helm3", "helm4"] as const) {
  describe(`what ${tool} drops`, () => {
    const on = useCluster(`pruned-${tool}`);
    let home = "";
    let helm: (...args: readonly string[]) => Promise<Ended>;

    before(async () => {
      home = await mkdtemp(join(tmpdir(), "devdeploy-helm-"));
      const path = await toolPath(tool);
      const kubeconfig = await on.cluster.kubeconfig("ann", ["staging"]);
      helm = (...args) =>
        runProgram(path, [...args, `--namespace=${on.namespace}`, "--kube-context=staging"], {
          HOME: home,
          KUBECONFIG: kubeconfig,
        });
    });
    after(() => rm(home, { recursive: true, force: true }));

    const history = async (release: string): Promise<Parameters<typeof prunedRevisions>[0]> => {
      const { stdout } = await helm("history", release, "--output=json");
      const parsed: unknown = JSON.parse(stdout);
      return listAt({ parsed }, "parsed").map((entry) => ({
        revision: Number(at(entry, "revision")),
        status: releaseStatus(String(at(entry, "status"))),
      }));
    };

    /** What was foretold and what was dropped by a run of helm. */
    const dropped = async (release: string, run: () => Promise<Ended>): Promise<unknown> => {
      const earlier = await history(release);
      const foretold = prunedRevisions(earlier, 3);
      await run();
      const left = new Set((await history(release)).map(({ revision }) => revision));
      return [foretold, earlier.map(({ revision }) => revision).filter((revision) => !left.has(revision))];
    };

    test("is what a review says it will drop, also after failures and by a rollback itself", async () => {
      const upgrade = (tag: string, ...more: readonly string[]): Promise<Ended> =>
        helm("upgrade", "--install", "web", CHART, `--set=image.tag=${tag}`, ...more);
      for (const tag of ["a1", "a2", "a3", "a4"]) await upgrade(tag, "--history-max=10");
      const failing = (): Promise<Ended> => upgrade("missing", KEPT, "--wait", "--timeout=1s");
      assert.deepEqual(
        [
          await dropped("web", failing),
          await dropped("web", failing),
          await dropped("web", failing),
          await dropped("web", () => helm("rollback", "web", "4", KEPT)),
        ],
        [
          [
            [1, 2],
            [1, 2],
          ],
          [[3], [3]],
          [[5], [5]],
          [[6], [6]],
        ],
      );
    });
  });
}
