import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { aCommit, aConfig, aHelmDriver, aPool } from "../../builders/deploy.ts";
import type { Environment } from "../../../src/domain/config.ts";
import { aHold } from "../../builders/hold.ts";
import { at } from "../../builders/lock.ts";
import { DeployWorld } from "../../fakes/deployWorld.ts";

const locks = { context: "staging", namespace: "devdeploy" };
const environment = (name: string, tier: Environment["tier"]): Environment => ({
  name,
  tier,
  targets: [{ name, driver: aHelmDriver() }],
  locks,
});
const environments = [environment("production", "production"), environment("preview", "staging")];

function world(): DeployWorld {
  const pool = aPool();
  const deploying = new DeployWorld({ pool, config: aConfig({ pools: [pool], environments }) });
  deploying.isAncestor = true;
  return deploying;
}
const rolledBack = async (deploying: DeployWorld): Promise<unknown> => {
  const outcome = await deploying.devdeploy();
  assert.equal(outcome.kind, "proven");
  return deploying.questions.flatMap(({ plan }) => plan.warnings);
};

describe("a devdeploy of what was rolled back", () => {
  test("is asked about first, with the commits by their hashes", async () => {
    const deploying = world();
    const undone = [aCommit("bad0bad"), aCommit("0ddba11")];
    deploying.holds.objects.put({ ...locks, name: "production" }, aHold({ undone }));
    assert.deepEqual(await rolledBack(deploying), [
      { kind: "rolled-back-commits", environment: "production", commits: undone },
    ]);
  });

  test("goes on without a word where the branch has none of them, or nobody can say", async () => {
    for (const isAncestor of [false, undefined]) {
      const deploying = world();
      deploying.isAncestor = isAncestor;
      deploying.holds.objects.put({ ...locks, name: "production" }, aHold());
      assert.deepEqual(await rolledBack(deploying), []);
    }
  });

  test("a hold of the machine itself counts, and one of another staging environment does not", async () => {
    const deploying = world();
    deploying.holds.objects.put({ ...locks, name: "dev1" }, aHold());
    deploying.holds.objects.put({ ...locks, name: "preview" }, aHold());
    assert.deepEqual(await rolledBack(deploying), [
      { kind: "rolled-back-commits", environment: "dev1", commits: [aCommit("bad0bad")] },
    ]);
  });

  test("a hold that has ended by the server's clock says nothing", async () => {
    const deploying = world();
    deploying.holds.objects.put({ ...locks, name: "production" }, aHold({ until: at("08:00") }));
    assert.deepEqual(await rolledBack(deploying), []);
  });

  test("a cluster that does not say keeps nobody from devdeploying", async () => {
    const deploying = world();
    const down = { reason: "unreachable", server: "https://k8s", detail: "" } as const;
    deploying.holds.objects.readFaults.push(down, down);
    assert.deepEqual(await rolledBack(deploying), []);
    assert.equal(deploying.log.lines.filter((line) => line.includes("on hold")).length, 2);
  });
});
