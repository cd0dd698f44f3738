import assert from "node:assert/strict";
import { test } from "node:test";
import type { PodsSubject } from "../../../src/app/livePods.ts";
import { readyOfAll } from "../../../src/app/livePods.ts";
import { podsSubject } from "../../../src/app/livePodsSubjects.ts";
import { ReleasePods } from "../../../src/app/releasePods.ts";
import type { WorkloadAddress } from "../../../src/app/rolloutPorts.ts";
import type { ReleaseReadError, ReleaseRef } from "../../../src/app/ports.ts";
import type { ReleaseHistoryStore } from "../../../src/app/rollbackPorts.ts";
import type { ClusterError } from "../../../src/domain/cluster.ts";
import type { Environment, KubernetesDriver } from "../../../src/domain/config.ts";
import type { ContainerImage, Revision } from "../../../src/domain/release.ts";
import { fail, ok } from "../../../src/domain/result.ts";
import type { LivePod, WorkloadSight } from "../../../src/domain/rollouts.ts";
import { aConfig, aMachine, aPool, aRevision } from "../../builders/deploy.ts";
import {
  aPod,
  aRollout,
  aRolloutRevision,
  aSight,
  aTemplate,
  aWorkloadNow,
} from "../../builders/rollouts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { labelOf } from "../../fakes/historyWorld.ts";
import { FakeWorkloadWatches } from "../../fakes/workloadWatches.ts";

const RELEASE: ReleaseRef = { context: "production", namespace: "buffer", release: "web" };
const WEB: WorkloadAddress = { context: "production", namespace: "buffer", kind: "Deployment", name: "web" };
const unreachable: ClusterError = { reason: "unreachable", server: "https://k8s", detail: "ECONNREFUSED" };

const image = (workload: string, tag: string): ContainerImage => ({
  workload,
  container: "app",
  image: `shop/app:${tag}`,
});

const made = (revision: number, more: Partial<Revision> = {}): Revision =>
  aRevision({
    revision,
    status: "deployed",
    description: "Upgrade complete",
    images: [image("Deployment/web", `v${revision}`)],
    version: { uid: `u${revision}`, resourceVersion: "1" },
    ...more,
  });

/** The Deployment as it is with the pods of a version. */
function running(tag: string, sight: Partial<WorkloadSight> = {}, createdAt = 0): WorkloadSight {
  const template = aTemplate(`shop/app:${tag}`);
  const rollout = aRollout({ revisions: [aRolloutRevision({ template, createdAt })] });
  return aSight({ rollout, pods: [aPod({ name: `web-${tag}` })], ...sight });
}

/** A release whose pods are followed, with everything that they are read from in memory. */
class World {
  readonly clock = new ManualClock();
  readonly watches = new FakeWorkloadWatches();
  readonly records = new Map<number, Revision | ReleaseReadError>();
  readonly reads: number[] = [];
  readonly pods: ReleasePods;
  changes = 0;

  constructor(subject: PodsSubject = { kind: "release", release: RELEASE }) {
    const history: ReleaseHistoryStore = {
      list: () => Promise.resolve(ok({ revisions: [], hasHelm2: false })),
      record: (_ref, { revision }) => {
        this.reads.push(revision);
        const found = this.records.get(revision);
        return Promise.resolve(found !== undefined && "reason" in found ? fail(found) : ok(found));
      },
    };
    this.pods = new ReleasePods({ watches: this.watches, history, clock: this.clock }, subject);
  }

  listen(): { dispose(): void } {
    return this.pods.onChange(() => {
      this.changes += 1;
    });
  }

  /** The release's records, newest first. */
  async tell(...revisions: readonly Revision[]): Promise<void> {
    for (const revision of revisions) this.records.set(revision.revision, revision);
    this.watches.releases("production", "buffer").tell({
      items: new Map([["web", revisions.map(labelOf)]]),
      liveness: { kind: "live", verifiedAt: 1 },
    });
    await this.settled();
  }

  async settled(): Promise<void> {
    for (let turns = 0; turns < 5; turns += 1) await this.clock.advance(0);
  }

  get openWatches(): readonly string[] {
    const releases = [...this.watches.releaseWatches].filter(([, { isOpen }]) => isOpen);
    const workloads = [...this.watches.workloadWatches].filter(([, { isOpen }]) => isOpen);
    return [...releases, ...workloads].map(([key]) => key);
  }
}

const live = (workload: WorkloadAddress, pods: readonly LivePod[], wanted = 1): object => ({
  workload,
  kind: "live",
  pods,
  ready: pods.filter(({ ready }) => ready).length,
  wanted,
});

test("nothing is watched until somebody listens, nor once nobody does any more", async () => {
  const world = new World();
  await world.settled();
  assert.deepEqual(world.openWatches, []);
  const one = world.listen();
  const other = world.listen();
  await world.tell(made(1));
  world.watches.tell(WEB, running("v1"));
  assert.deepEqual(world.openWatches, ["production/buffer", "production/buffer/Deployment/web"]);
  one.dispose();
  one.dispose();
  assert.equal(world.openWatches.length, 2);
  other.dispose();
  assert.deepEqual([world.openWatches, world.pods.current], [[], { kind: "reading" }]);
});

test("the pods are those of every workload that the newest record names", async () => {
  const world = new World();
  world.listen();
  const images = [
    image("Deployment/web", "v1"),
    { ...image("Deployment/web", "v1"), container: "sidecar" },
    image("CronJob/nightly", "v1"),
    image("StatefulSet/queue", "v1"),
  ];
  await world.tell(made(1, { images }));
  const queue: WorkloadAddress = { ...WEB, kind: "StatefulSet", name: "queue" };
  const pods = [aPod({ name: "web-1" }), aPod({ name: "web-2", ready: false })];
  const sight = running("v1", { pods });
  world.watches.tell(WEB, { ...sight, now: aWorkloadNow(sight.rollout, { wanted: 2 }) });
  assert.deepEqual(world.pods.current, {
    kind: "known",
    items: [live(WEB, pods, 2), { workload: queue, kind: "reading" }],
    more: 0,
  });
  assert.equal(readyOfAll(world.pods.current), undefined);
  world.watches.tell(queue, running("v1"));
  assert.deepEqual(readyOfAll(world.pods.current), { ready: 2, wanted: 3 });
});

test("while helm works, pods of before are not shown as those that come", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  world.watches.tell(WEB, running("v1"));
  await world.tell(made(2, { status: "pending-upgrade", description: "Preparing upgrade" }), made(1));
  const toCome = { kind: "known", items: [{ workload: WEB, kind: "to-come", wanted: 1 }], more: 0 };
  assert.deepEqual(world.pods.current, toCome);
  assert.deepEqual(readyOfAll(world.pods.current), { ready: 0, wanted: 1 });
  const pods = [aPod({ name: "web-new", ready: false })];
  world.watches.tell(WEB, running("v2", { pods }));
  assert.deepEqual(world.pods.current, { kind: "known", items: [live(WEB, pods)], more: 0 });
});

test("a template that the controller has not seen yet has no pods", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  world.watches.tell(WEB, running("v1", { rollout: aRollout({ revisions: [] }) }));
  assert.deepEqual(world.pods.current, {
    kind: "known",
    items: [{ workload: WEB, kind: "to-come", wanted: 1 }],
    more: 0,
  });
});

test("an image that was changed on its way into the cluster hides no pod that is new", async () => {
  const world = new World();
  world.listen();
  const pending = made(2, { status: "pending-upgrade", description: "Preparing upgrade" });
  await world.tell(pending, made(1));
  world.watches.tell(WEB, running("mirrored", {}, labelOf(pending).createdAt));
  assert.deepEqual(world.pods.current, {
    kind: "known",
    items: [live(WEB, [aPod({ name: "web-mirrored" })])],
    more: 0,
  });
});

test("a record that never reached the cluster names nothing; the one before it does", async () => {
  const world = new World();
  world.listen();
  const failed = made(2, {
    status: "failed",
    description: 'Upgrade "web" failed: pre-upgrade hooks failed: job migrate failed',
    images: [image("Deployment/other", "v2")],
  });
  await world.tell(failed, made(1), made(0));
  world.watches.tell(WEB, running("v1"));
  assert.deepEqual(world.pods.current, {
    kind: "known",
    items: [live(WEB, [aPod({ name: "web-v1" })])],
    more: 0,
  });
  assert.deepEqual(world.reads, [2, 1]);
});

test("where no record reached the cluster there is nothing, and each was read once", async () => {
  const world = new World();
  world.listen();
  const description = 'Release "web" failed: failed pre-install: job migrate failed';
  await world.tell(made(1, { status: "failed", description }));
  await world.tell(made(1, { status: "failed", description }));
  assert.deepEqual([world.pods.current, world.reads], [{ kind: "known", items: [], more: 0 }, [1]]);
});

test("what was uninstalled has no pods, and its watches are closed", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  await world.tell(made(1, { status: "uninstalled", version: { uid: "u1", resourceVersion: "2" } }));
  assert.deepEqual(world.pods.current, { kind: "known", items: [], more: 0 });
  assert.deepEqual(world.openWatches, ["production/buffer"]);
});

test("no pod is shown as there while the connection is gone", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  world.watches.tell(WEB, running("v1"));
  const liveness = { kind: "stale", since: 9, error: unreachable } as const;
  world.watches.workload(WEB).tell({ liveness });
  const unknown = { kind: "unknown", since: 9, error: unreachable };
  assert.deepEqual(world.pods.current, { kind: "known", items: [{ workload: WEB, ...unknown }], more: 0 });
  world.watches.releases("production", "buffer").tell({ liveness });
  assert.deepEqual(world.pods.current, unknown);
});

test("a record that cannot be read leaves the pods unknown", async () => {
  const world = new World();
  world.listen();
  const [label] = [labelOf(made(1))];
  world.records.set(1, { reason: "unreadable-record", record: "web.v1", detail: "no gzip" });
  world.watches.releases("production", "buffer").tell({
    items: new Map([["web", [label]]]),
    liveness: { kind: "live", verifiedAt: 1 },
  });
  await world.settled();
  assert.deepEqual(world.pods.current, { kind: "unknown" });
});

test("a release with very many workloads is followed as far as ten of them", async () => {
  const world = new World();
  world.listen();
  const images = Array.from({ length: 12 }, (_, index) => image(`Deployment/web${index}`, "v1"));
  await world.tell(made(1, { images }));
  const { current } = world.pods;
  assert.deepEqual(
    [world.watches.workloadWatches.size, current.kind === "known" && [current.items.length, current.more]],
    [10, [10, 2]],
  );
});

test("a workload that a new record does not name any more is let go", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  await world.tell(made(2, { images: [image("DaemonSet/agent", "v2")] }), made(1));
  assert.deepEqual(world.openWatches, ["production/buffer", "production/buffer/DaemonSet/agent"]);
});

test("what is no change is told to nobody", async () => {
  const world = new World();
  world.listen();
  await world.tell(made(1));
  world.watches.tell(WEB, running("v1"));
  const { changes } = world;
  world.watches.tell(WEB, running("v1"));
  world.watches.workload(WEB).tell({ liveness: { kind: "live", verifiedAt: 77 } });
  assert.equal(world.changes, changes);
  world.watches.tell(WEB, running("v1", { pods: [] }));
  assert.equal(world.changes, changes + 1);
});

test("a workload without helm is one watch", async () => {
  const world = new World({ kind: "workload", workload: WEB });
  world.listen();
  await world.settled();
  assert.deepEqual(world.openWatches, ["production/buffer/Deployment/web"]);
  world.watches.tell(WEB, undefined);
  assert.deepEqual(world.pods.current, {
    kind: "known",
    items: [{ workload: WEB, kind: "absent" }],
    more: 0,
  });
  world.watches.tell(WEB, running("v1"));
  assert.deepEqual(readyOfAll(world.pods.current), { ready: 1, wanted: 1 });
});

test("a row of devdeploy.json stands for its target's release, or for its Deployment", () => {
  const driver: KubernetesDriver = {
    kind: "kubernetes",
    context: "production",
    namespace: "buffer",
    deployment: "web",
    container: "app",
    image: "shop/app:${commit}",
  };
  const environment: Environment = {
    name: "old",
    tier: "production",
    targets: [
      { name: "web", driver },
      { name: "chat", driver: { kind: "slack", channel: "#deploys", command: "deploy" } },
      { name: "branchy", driver: { ...driver, deployment: "web-${branch}" } },
    ],
    locks: { context: "staging", namespace: "devdeploy" },
  };
  const config = aConfig({ environments: [environment], pools: [aPool([aMachine("dev1")])] });
  const found = [
    ["old", "web"],
    ["old", "chat"],
    ["old", "branchy"],
    ["dev1", "dev1"],
    ["gone", "gone"],
  ].map(([name = "", target = ""]) => podsSubject(config, { name, target }));
  assert.deepEqual(found, [
    { kind: "workload", workload: WEB },
    undefined,
    undefined,
    { kind: "release", release: { context: "staging", namespace: "web", release: "dev1" } },
    undefined,
  ]);
});
