import assert from "node:assert/strict";
import { test } from "node:test";
import { BROKEN_TEMPLATE } from "../../../scripts/demo/chartFiles.ts";
import { configText } from "../../../scripts/demo/configText.ts";
import { realCluster, SANDBOX } from "../../../scripts/demo/demoCluster.ts";
import { freeLeases, usedLeases } from "../../../scripts/demo/leases.ts";
import { chartAt } from "../../../scripts/demo/releases.ts";
import { RELEASES } from "../../../scripts/demo/releaseStory.ts";
import { momentOf, tellStory, type StoryCommit } from "../../../scripts/demo/story.ts";
import { parseConfig } from "../../../src/adapters/config/parse.ts";
import { readLockLease } from "../../../src/adapters/kubernetes/lockLease.ts";
import { parseCommitHash } from "../../../src/domain/branch.ts";
import { chooseMachine, judgeLock } from "../../../src/domain/lock.ts";

const NOW = Date.parse("2026-11-23T09:30:00Z");
const story = tellStory(SANDBOX);
const everyCommit = [...story.trunk, ...story.branches.flatMap(({ commits }) => commits)];
const hashes = new Map(
  everyCommit.map(({ id }, index) => {
    const hash = parseCommitHash(index.toString(16).padStart(40, "0"));
    assert.ok(hash.ok);
    return [id, hash.value];
  }),
);

for (const [what, cluster] of [
  ["the sandbox", SANDBOX],
  ["a cluster of one's own", realCluster("kind-mine")],
] as const) {
  test(`the demo's devdeploy.json for ${what} has no mistakes, and every kind of environment`, () => {
    const parsed = parseConfig(configText(cluster));
    assert.ok(parsed.kind === "valid", JSON.stringify(parsed));
    const { environments, pools, services } = parsed.config;
    assert.deepEqual(
      [...environments, ...pools.flatMap(({ machines }) => machines), ...services].map(({ name }) => name),
      ["web", "api", "cron", "utils", "dev-api", "thumbnails", "dev1", "dev2", "dev3", "publish"],
    );
  });
}

test("the demo in a cluster of one's own stays in its namespace and context", () => {
  const parsed = parseConfig(configText(realCluster("kind-mine")));
  assert.ok(parsed.kind === "valid");
  const { environments, pools, services, locks } = parsed.config;
  const targets = [
    ...environments.flatMap((environment) => environment.targets),
    ...pools.flatMap(({ machines }) => machines.map(({ target }) => target)),
    ...services.map(({ target }) => target),
  ];
  const places = targets.flatMap(({ driver }) =>
    driver.kind === "helm" || driver.kind === "kubernetes" ? [driver] : [],
  );
  assert.equal(places.length, targets.length);
  assert.deepEqual(
    new Set([locks, ...places].map(({ context, namespace }) => `${context}/${namespace}`)),
    new Set(["kind-mine/devdeploy-demo"]),
  );
});

test("every commit is made once, after the one that it follows", () => {
  assert.equal(new Set(everyCommit.map(({ id }) => id)).size, everyCommit.length);
  const times = (commits: readonly StoryCommit[]): readonly number[] =>
    commits.map(({ id, hoursAgo }) => momentOf(id, hoursAgo, NOW));
  const ascending = (list: readonly number[]): readonly number[] => [...list].sort((a, b) => a - b);
  const lines = story.branches.map(({ from, commits }) => [
    ...story.trunk.filter(({ id }) => id === from),
    ...commits,
  ]);
  for (const line of [story.trunk, ...lines]) assert.deepEqual(times(line), ascending(times(line)));
});

test("nothing is deployed before it was committed, and revisions are made one after the other", () => {
  for (const { release, revisions } of RELEASES) {
    const made = revisions.map(({ revision, hoursAgo }) =>
      momentOf(`${release}.v${revision}`, hoursAgo, NOW),
    );
    for (const [index, { commit }] of revisions.entries()) {
      const source = everyCommit.find(({ id }) => id === commit);
      assert.ok(source !== undefined, `${release} deploys ${commit}, which nobody committed`);
      const at = made[index] ?? 0;
      assert.ok(at > momentOf(commit, source.hoursAgo, NOW), `${release} deploys ${commit} too early`);
      assert.ok(at > (made[index - 1] ?? 0) && at < NOW, `${release} is out of order at ${commit}`);
    }
  }
});

test("production's web runs a deploy that failed; what one would go back to ran before it", () => {
  const web = RELEASES.find(({ release }) => release === "web");
  assert.ok(web !== undefined);
  const told = web.revisions.map(({ revision, commit, by, how, tag }) =>
    [revision, commit, by.name, typeof how === "object" ? `rollback to ${how.rollbackTo}` : how, tag ?? ""]
      .join(" ")
      .trim(),
  );
  assert.deepEqual(told, [
    "159 lower Ann Lee devdeploy",
    "160 mails Ben Ortiz devdeploy missing",
    "161 stock Mia Chen devdeploy",
    "162 pool Tomás Silva failed",
    "163 stock Tomás Silva rollback to 161",
    "164 vat Mia Chen helm latest",
    "165 address Ann Lee devdeploy",
    "166 health Ben Ortiz devdeploy",
    "167 health Ann Lee devdeploy",
    "168 retries Mia Chen failed",
  ]);
  const undone = story.trunk.slice(story.trunk.findIndex(({ id }) => id === "health") + 1);
  assert.equal(
    undone.filter(({ files }) => Object.keys(files).some((path) => path.startsWith("db/migrate/"))).length,
    1,
  );
  assert.deepEqual(undone.at(-1)?.subject, "Rework queue retries (#4127)");
});

test("a commit has the chart that it or its nearest ancestor wrote", () => {
  const path = "charts/app/templates/deployment.yaml";
  assert.match(chartAt(story, "orders")["charts/app/Chart.yaml"] ?? "", /^version: 1\.0\.0$/mu);
  assert.match(chartAt(story, "login")["charts/app/Chart.yaml"] ?? "", /^version: 1\.1\.0$/mu);
  assert.match(chartAt(story, "retries")["charts/app/Chart.yaml"] ?? "", /^version: 1\.2\.0$/mu);
  assert.ok("charts/app/templates/secret.yaml" in chartAt(story, "retries"));
  assert.equal(chartAt(story, "broken")[path], BROKEN_TEMPLATE[path]);
  assert.notEqual(chartAt(story, "links")[path], BROKEN_TEMPLATE[path]);
});

test("Ben holds dev2 for hours more, Mia's lock of dev3 has ended, and Ann gets dev1 again", () => {
  const leases = usedLeases("devdeploy", hashes, NOW);
  const locks = ["dev1", "dev2", "dev3"].map((machine) => {
    const lease = leases.find(({ metadata }) => metadata.name === machine);
    assert.ok(lease !== undefined);
    return { machine, state: judgeLock(readLockLease(lease), NOW) };
  });
  assert.deepEqual(
    locks.map(({ state }) => state.kind),
    ["free", "held", "expired"],
  );
  const ben = locks[1]?.state;
  assert.ok(ben?.kind === "held");
  assert.deepEqual(
    [ben.hold.by, ben.hold.branch, ben.hold.commit, ben.hold.until - NOW],
    [
      { user: "ben", mail: "ben@example.com", name: "Ben Ortiz" },
      "task/profile",
      hashes.get("profile"),
      8.5 * 3_600_000,
    ],
  );
  assert.deepEqual(chooseMachine(locks, { user: "ann", mail: "ann@example.com", name: "Ann Lee" }), {
    kind: "mine-again",
    machine: "dev1",
  });
});

test("the Leases made for a cluster of one's own are nobody's", () => {
  const guarded = ["dev1", "dev2", "dev3", "web", "api", "cron", "dev-api", "thumbnails"];
  const leases = freeLeases("devdeploy-demo");
  assert.deepEqual(
    leases.map(({ metadata }) => metadata.name),
    [...guarded, ...guarded.map((name) => `${name}-operation`)],
  );
  assert.deepEqual(new Set(leases.map(({ spec }) => JSON.stringify(spec))), new Set(["{}"]));
});
