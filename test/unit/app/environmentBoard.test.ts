import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { EnvironmentBoard } from "../../../src/app/environmentBoard.ts";
import type { CommitHash } from "../../../src/domain/branch.ts";
import type { TeamConfig } from "../../../src/domain/config.ts";
import type { RevisionLabel } from "../../../src/domain/release.ts";
import { MINUTE_MS } from "../../../src/domain/time.ts";
import { aCommit, aConfig, aHelmDriver, aMachine, aPool, aRevision } from "../../builders/deploy.ts";
import {
  anAddress,
  aPod,
  aRollout,
  aRolloutRevision,
  aSight,
  aWorkloadNow,
} from "../../builders/rollouts.ts";
import { FakeReleaseStore } from "../../fakes/releases.ts";
import { FakeWorkloadWatches } from "../../fakes/workloadWatches.ts";

const locks = { context: "staging", namespace: "devdeploy" };
const config: TeamConfig = aConfig({
  environments: [
    {
      name: "web",
      tier: "production",
      url: "https://web.example.com",
      targets: [{ name: "web", driver: aHelmDriver({ context: "prod", release: "web" }) }],
      locks,
    },
  ],
  pools: [aPool([aMachine("dev1")])],
});

const label = (revision: Partial<RevisionLabel> = {}): RevisionLabel => ({
  revision: 4,
  status: "deployed",
  createdAt: 50,
  driver: "secret",
  version: { uid: "u1", resourceVersion: "1" },
  ...revision,
});
const mark = { commit: aCommit(), branch: "master", by: "Ann Lee" };

function aBoard(): {
  board: EnvironmentBoard;
  releases: FakeReleaseStore;
  tell: (labels: readonly RevisionLabel[], verifiedAt?: number) => void;
  watches: FakeWorkloadWatches;
  changes: () => number;
} {
  const watches = new FakeWorkloadWatches();
  const releases = new FakeReleaseStore();
  const board = new EnvironmentBoard({ watches, releases });
  let changes = 0;
  board.onChange(() => {
    changes += 1;
  });
  board.follow(config);
  const tell = (labels: readonly RevisionLabel[], verifiedAt = 1): void => {
    watches.releases("prod", "web").tell({
      items: new Map(labels.length === 0 ? [] : [["web", labels]]),
      liveness: { kind: "live", verifiedAt },
    });
  };
  return { board, releases, tell, watches, changes: () => changes };
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns += 1) await turn();
}

const stateOf = (board: EnvironmentBoard): unknown => board.environments[0]?.targets[0]?.state;

test("before the first answer everything is being read; no release is none", () => {
  const { board, tell } = aBoard();
  assert.deepEqual(stateOf(board), { kind: "reading" });
  tell([]);
  assert.deepEqual(board.environments, [
    {
      name: "web",
      tier: "production",
      url: "https://web.example.com",
      targets: [{ name: "web", state: { kind: "none" }, liveness: { kind: "live", verifiedAt: 1 } }],
      liveness: { kind: "live", verifiedAt: 1 },
    },
  ]);
});

test("labels are shown at once, and the mark when the record has been read", async () => {
  const { board, releases, tell } = aBoard();
  releases.add("web", aRevision({ revision: 4, deployedAt: 70, mark }));
  tell([label(), label({ revision: 3, status: "superseded" })]);
  const shown = { kind: "revision", revision: 4, status: "deployed" };
  assert.deepEqual(stateOf(board), { ...shown, deployedAt: 50 });
  await settled();
  assert.deepEqual(stateOf(board), { ...shown, deployedAt: 70, ...mark });
});

test("a record is read once for each newest revision and status, and signs of life are no news", async () => {
  const { releases, tell, changes } = aBoard();
  releases.add("web", aRevision({ revision: 4, mark }));
  tell([label()]);
  await settled();
  const [reads, told] = [releases.reads, changes()];
  tell([label()], 2);
  tell([label()], 3);
  await settled();
  assert.deepEqual([releases.reads, changes()], [reads, told]);
  tell([label({ status: "failed" })]);
  await settled();
  assert.deepEqual([reads, releases.reads], [1, 2]);
});

test("a watch that went stale makes the state unknown, never an old one", async () => {
  const { board, watches, tell } = aBoard();
  tell([label()]);
  await settled();
  const error = { reason: "timeout", server: "https://k8s", afterMs: 90_000 } as const;
  watches.releases("prod", "web").tell({ liveness: { kind: "stale", since: 9, error } });
  assert.deepEqual(stateOf(board), { kind: "unknown", error });
});

test("a record that cannot be read is unknown", async () => {
  const { board, releases, tell } = aBoard();
  const error = {
    reason: "unreadable-record",
    record: "sh.helm.release.v1.web.v4",
    detail: "damaged",
  } as const;
  releases.error = error;
  tell([label()]);
  await settled();
  assert.deepEqual(stateOf(board), { kind: "unknown", error });
});

test("machines show what is released on them", async () => {
  const { board, releases, watches } = aBoard();
  releases.add("dev1", aRevision({ revision: 1, deployedAt: 70, mark }));
  watches.releases("staging", "web").tell({
    items: new Map([["dev1", [label({ revision: 1 })]]]),
    liveness: { kind: "live", verifiedAt: 1 },
  });
  await settled();
  assert.deepEqual(board.machines, [
    {
      name: "dev1",
      pool: "dev",
      target: {
        name: "dev1",
        state: { kind: "revision", revision: 1, status: "deployed", deployedAt: 70, ...mark },
        liveness: { kind: "live", verifiedAt: 1 },
      },
    },
  ]);
});

test("a release that has a name for each branch, or another driver, is not recorded beforehand", () => {
  const { board } = aBoard();
  const target = (driver: TeamConfig["environments"][number]["targets"][number]["driver"]): TeamConfig => ({
    ...config,
    environments: config.environments.map((one) => ({ ...one, targets: [{ name: "web", driver }] })),
  });
  board.follow(target(aHelmDriver({ release: "web-${branch}" })));
  assert.deepEqual(stateOf(board), { kind: "not-recorded", driver: "helm" });
  board.follow(target({ kind: "http", url: "https://ci" }));
  assert.deepEqual(stateOf(board), { kind: "not-recorded", driver: "http" });
});

test("watches that a configuration no longer needs are closed", () => {
  const { board, watches } = aBoard();
  const [prod, staging] = [watches.releases("prod", "web"), watches.releases("staging", "web")];
  board.follow({ ...config, environments: [] });
  assert.deepEqual([prod.isOpen, staging.isOpen], [false, true]);
  board.follow(undefined);
  assert.deepEqual([staging.isOpen, board.environments, board.machines], [false, [], []]);
});

const web = anAddress({ context: "prod", namespace: "web" });
const byImage: TeamConfig = {
  ...config,
  environments: config.environments.map((one) => ({
    ...one,
    targets: [
      {
        name: "web",
        driver: {
          kind: "kubernetes",
          context: "prod",
          namespace: "web",
          deployment: "web",
          container: "app",
          image: "registry.example.com/app:${commit}",
        },
      },
    ],
  })),
};

test("a workload without helm shows the template that it has now, and how its rollout stands", () => {
  const { board, watches, changes } = aBoard();
  board.follow(byImage);
  assert.deepEqual(stateOf(board), { kind: "reading" });
  watches.tell(web, aSight());
  assert.deepEqual(stateOf(board), {
    kind: "rollout",
    status: { kind: "complete" },
    ready: 1,
    wanted: 1,
    revision: 2,
    since: 2 * MINUTE_MS,
    commit: aCommit("bad0bad"),
  });
  const before = changes();
  watches.tell(web, aSight());
  assert.equal(changes(), before, "What changes nothing that is shown is not told.");
  watches.tell(web, undefined);
  assert.deepEqual(stateOf(board), { kind: "none" });
});

test("a pod that hardly comes up by itself is told in the kubelet's word", () => {
  const { board, watches } = aBoard();
  board.follow(byImage);
  const waiting = { container: "app", reason: "ImagePullBackOff", message: "Back-off pulling image" };
  const rollout = aRollout();
  const now = aWorkloadNow(rollout, { pods: [{ name: "web-h2-1", ready: false, restarts: 0, waiting }] });
  watches.tell(web, aSight({ rollout, now, pods: [aPod({ ready: false, waiting })] }));
  const state = stateOf(board);
  assert.deepEqual(state, {
    kind: "rollout",
    status: { kind: "progressing", updated: 1, available: 0, wanted: 1 },
    ready: 0,
    wanted: 1,
    trouble: "ImagePullBackOff",
    revision: 2,
    since: 2 * MINUTE_MS,
    commit: aCommit("bad0bad"),
  });
});

test("what was known of a workload is not shown as current once the watch is silent", () => {
  const { board, watches } = aBoard();
  board.follow(byImage);
  watches.tell(web, aSight());
  const error = { reason: "unreachable", server: "https://prod", detail: "" } as const;
  watches.workload(web).tell({ liveness: { kind: "stale", since: 5, error } });
  assert.deepEqual(stateOf(board), { kind: "unknown", error });
});

test("who deployed a workload is told only beside the commit that it was recorded with", () => {
  const { board, watches } = aBoard();
  board.follow(byImage);
  const marked = (commit: CommitHash): void => {
    const revision = aRolloutRevision({ mark: { commit, branch: "master", by: "Ann Lee", at: 900 } });
    watches.tell(web, aSight({ rollout: aRollout({ revisions: [revision] }) }));
  };
  const told = { kind: "rollout", status: { kind: "complete" }, ready: 1, wanted: 1, revision: 1 };
  const commit = aCommit();
  marked(commit);
  assert.deepEqual(stateOf(board), { ...told, since: 900, commit, branch: "master", by: "Ann Lee" });
  marked(aCommit("bad0bad"));
  assert.deepEqual(stateOf(board), { ...told, since: MINUTE_MS, commit });
});

test("the watch of a workload is closed when it is no longer needed", () => {
  const { board, watches } = aBoard();
  board.follow(byImage);
  const watch = watches.workload(web);
  board.follow(config);
  assert.equal(watch.isOpen, false);
});
