import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { toolPath } from "../../scripts/tools/provision.ts";
import { systemClock as clock } from "../../src/adapters/system/clock.ts";
import type { PodsSnapshot } from "../../src/app/livePods.ts";
import { ReleasePods } from "../../src/app/releasePods.ts";
import { startTestCluster, type TestCluster } from "./cluster.ts";
import { openStage, type DevdeployStage } from "./devdeployStage.ts";
import { eventually } from "./eventually.ts";

/** What of it is told in the sidebar: `ready 0/1: web-6d9f-x2lqp`. */
function brief(snapshot: PodsSnapshot): string {
  const [item] = snapshot.kind === "known" ? snapshot.items : [];
  if (item?.kind !== "live") return item?.kind ?? snapshot.kind;
  const names = item.pods.filter(({ isBeingDeleted }) => !isBeingDeleted).map(({ name }) => name);
  return `ready ${item.ready}/${item.wanted}: ${names.join(", ")}`;
}

describe("the pods of a devdeploy, as a colleague sees them", () => {
  let cluster: TestCluster;
  let stage: DevdeployStage;
  before(async () => {
    cluster = await startTestCluster();
    stage = await openStage(cluster, await toolPath("helm3"));
  });
  after(async () => {
    stage.remove();
    await cluster.stop();
  });

  test("the new pods are seen as they come, and those of before never as theirs", async () => {
    const ann = await stage.person("ann");
    const ben = await stage.person("ben");
    const { namespace } = stage;
    const release = { context: "staging", namespace, release: "dev1" };
    const pods = new ReleasePods({ ...ben.cluster, clock }, { kind: "release", release });
    const seen: string[] = [];
    const look = (): void => {
      const words = brief(pods.current);
      if (seen.at(-1) !== words) seen.push(words);
    };
    const listening = pods.onChange(look);
    stage.pushBranch("task/first");
    const first = await ann.devdeploy(stage.pool(["dev1"]));
    assert.equal(first.kind, "proven");
    await eventually(() => Promise.resolve(seen.at(-1)?.startsWith("ready 1/1: dev1-")), true);
    const old = seen.at(-1)?.split(": ")[1] ?? "";

    seen.length = 0;
    stage.pushBranch("task/second");
    const second = await ann.devdeploy(stage.pool(["dev1"], { image: { tag: "slow-${commit}" } }));
    assert.equal(second.kind, "proven");
    await eventually(() => Promise.resolve(seen.at(-1)?.startsWith("ready 1/1: dev1-")), true);
    assert.equal(
      seen.some((words) => words.startsWith("ready 0/1: dev1-")),
      true,
      seen.join("\n"),
    );
    assert.deepEqual(
      seen.filter((words) => words.includes(old)),
      [],
      seen.join("\n"),
    );

    const running = pods.current;
    listening.dispose();
    assert.deepEqual([running.kind, pods.current], ["known", { kind: "reading" }]);
    pods.dispose();
  });
});
