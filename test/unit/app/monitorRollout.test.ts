import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestYaml } from "../../../src/adapters/helm/manifestYaml.ts";
import { RolloutMonitor } from "../../../src/app/monitorRollout.ts";
import type { Deployed, Monitored } from "../../../src/app/monitors.ts";
import type { WorkloadAddress } from "../../../src/app/rolloutPorts.ts";
import type { LivePod, WorkloadSight } from "../../../src/domain/rollouts.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { aRevision } from "../../builders/deploy.ts";
import { aPod, aRollout, aRolloutRevision, aSight, anAddress } from "../../builders/rollouts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeReleaseStore } from "../../fakes/releases.ts";
import { FakeWorkloadWatches } from "../../fakes/workloadWatches.ts";

const context = "production";
const namespace = "buffer";
const WEB = anAddress();
const WORKER = anAddress({ name: "worker" });
const RELEASE: Deployed = { kind: "release", release: { context, namespace, release: "shop" }, revision: 5 };
const UNDO: Deployed = { kind: "workload", workload: WEB, revision: 2 };
const LIVE = { kind: "live", verifiedAt: 1 } as const;

const aManifest = (apiVersion: string, kind: string, name: string, home = ""): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: ${name}\n${home}`;

/** A deploy that has just been proven, and what a window that watches it would have to tell. */
class Stage {
  readonly clock = new ManualClock();
  readonly watches = new FakeWorkloadWatches();
  readonly releases = new FakeReleaseStore();
  readonly told: unknown[] = [];
  kept: Monitored["baselines"] = {};

  constructor() {
    const manifest = [
      aManifest("apps/v1", "Deployment", "web"),
      aManifest("apps/v1", "Deployment", "worker"),
      aManifest("batch/v1", "CronJob", "night"),
    ].join("\n---\n");
    this.releases.add("shop", aRevision({ revision: 5, manifest }));
  }

  async monitor(what: Deployed, baselines: Monitored["baselines"] = {}): Promise<RolloutMonitor> {
    const { clock, watches, releases, told } = this;
    const now = clock.now();
    const entry: Monitored = {
      ...{ id: "1", folder: "demo", subject: "shop", target: "shop", what, baselines },
      ...{ provenAt: now, until: now + 15 * MINUTE_MS },
    };
    const monitor = new RolloutMonitor({ clock, watches, releases, manifests: manifestYaml }, entry, {
      kept: (found) => {
        this.kept = found;
      },
      ended: () => told.push("ended"),
      trouble: ({ workload, troubles }) => {
        told.push([workload.name, ...troubles.map(({ kind }) => kind)]);
      },
    });
    // A manifest gives way between its documents.
    for (let turn = 0; turn < 10; turn += 1) await clock.advance(0);
    return monitor;
  }

  async records(...revisions: readonly number[]): Promise<void> {
    const labels = revisions.map((revision) => ({
      ...({ revision, status: "deployed", createdAt: 0, driver: "secret" } as const),
      version: { uid: `r${revision}`, resourceVersion: "1" },
    }));
    const items = new Map(labels.length === 0 ? [] : [["shop", labels]]);
    this.watches.releases(context, namespace).tell({ items, liveness: LIVE });
    await this.clock.advance(0);
  }

  async see(of: WorkloadAddress, pod: Partial<LivePod>, sight: Partial<WorkloadSight> = {}): Promise<void> {
    // One that is closed is not opened again by what happens in the cluster.
    const { context, namespace, kind, name } = of;
    const watch =
      this.watches.workloadWatches.get(`${context}/${namespace}/${kind}/${name}`) ??
      this.watches.workload(of);
    watch.tell({ items: new Map([[name, aSight({ pods: [aPod(pod)], ...sight })]]), liveness: LIVE });
    await this.clock.advance(0);
  }

  /** How many watches are still open. */
  get open(): number {
    const all = [...this.watches.workloadWatches.values(), ...this.watches.releaseWatches.values()];
    return all.filter(({ isOpen }) => isOpen).length;
  }
}

test("a workload that the chart puts into another namespace is watched there, also after a reload", async () => {
  const far = anAddress({ namespace: "far" });
  const both = new Stage();
  both.releases.add(
    "shop",
    aRevision({
      revision: 5,
      manifest: [
        aManifest("apps/v1", "Deployment", "web"),
        aManifest("apps/v1", "Deployment", "web", "  namespace: far\n"),
      ].join("\n---\n"),
    }),
  );
  await both.monitor(RELEASE);
  await both.records(5);
  await both.see(WEB, {});
  await both.see(far, {});
  await both.see(far, { restarts: 1 });
  assert.deepEqual(
    [Object.keys(both.kept), both.told],
    [["Deployment/web", "far/Deployment/web"], [["web", "restarted"]]],
  );
  const reloaded = new Stage();
  await reloaded.monitor(RELEASE, both.kept);
  await reloaded.records(5);
  await reloaded.see(far, { restarts: 1 });
  assert.deepEqual(reloaded.told, [["web", "restarted"]]);
});

const newer = { rollout: aRollout({ revisions: [aRolloutRevision({ revision: 3 })] }) };

test("a restart after the proof is told once, and then nothing is watched any more", async () => {
  const stage = new Stage();
  await stage.monitor(RELEASE);
  await stage.records(5, 4);
  await stage.see(WEB, { restarts: 1 });
  await stage.see(WORKER, {});
  const before = [...stage.told];
  await stage.see(WORKER, { restarts: 1 });
  await stage.see(WEB, { restarts: 2 });
  assert.deepEqual(
    [before, stage.told, stage.open, stage.clock.nextTimer, stage.kept],
    [
      [],
      [["worker", "restarted"]],
      0,
      undefined,
      {
        "Deployment/web": { revision: "rs2", restarts: { "uid-web-h2-1": 1 } },
        "Deployment/worker": { revision: "rs2", restarts: { "uid-web-h2-1": 0 } },
      },
    ],
  );
});

test("what has to last is told at its time without anything happening, and by what is live alone", async () => {
  const stage = new Stage();
  await stage.monitor(UNDO);
  await stage.see(WEB, {});
  await stage.see(WEB, { ready: false });
  await stage.clock.advance(14 * SECOND_MS);
  const early = [...stage.told];
  stage.watches.workload(WEB).tell({
    liveness: { kind: "stale", since: 1, error: { reason: "unreachable", server: "", detail: "" } },
  });
  await stage.clock.advance(10 * SECOND_MS);
  const unseen = [...stage.told];
  stage.watches.workload(WEB).tell({ liveness: LIVE });
  assert.deepEqual([early, unseen, stage.told], [[], [], [["web", "not-ready"]]]);
});

test("once helm has made a newer record, or the release is gone, nothing is told", async () => {
  for (const revisions of [[6, 5], []]) {
    const stage = new Stage();
    await stage.monitor(RELEASE);
    await stage.records(5);
    await stage.see(WEB, {});
    await stage.records(...revisions);
    await stage.see(WEB, { restarts: 4 });
    assert.deepEqual([stage.told, stage.open], [["ended"], 0]);
  }
});

test("before the records are known to be ours nothing is told", async () => {
  const stage = new Stage();
  await stage.monitor(RELEASE, { "Deployment/web": { revision: "rs2", restarts: {} } });
  await stage.see(WEB, { restarts: 1 });
  const before = [...stage.told];
  await stage.records(5);
  assert.deepEqual([before, stage.told], [[], [["web", "restarted"]]]);
});

test("a workload that was changed past helm is let go, and the others are still watched", async () => {
  const stage = new Stage();
  await stage.monitor(RELEASE);
  await stage.records(5);
  await stage.see(WEB, {});
  await stage.see(WORKER, {});
  await stage.see(WEB, { restarts: 3 }, newer);
  const before = [...stage.told];
  stage.watches.tell(WORKER, undefined);
  assert.deepEqual([before, stage.told], [[], ["ended"]]);
});

test("an undo that is not the newest revision any more is not watched", async () => {
  const stage = new Stage();
  await stage.monitor(UNDO);
  await stage.see(WEB, { restarts: 9 }, newer);
  assert.deepEqual([stage.told, stage.kept, stage.open], [["ended"], {}, 0]);
});

test("after the time is over nothing is told, and all is let go", async () => {
  const stage = new Stage();
  await stage.monitor(UNDO);
  await stage.see(WEB, {});
  await stage.clock.advance(15 * MINUTE_MS);
  await stage.see(WEB, { restarts: 1 });
  assert.deepEqual([stage.told, stage.open], [["ended"], 0]);
});

test("after a reload restarts are counted from what was kept, without the record being read again", async () => {
  const stage = new Stage();
  await stage.monitor(RELEASE, {
    "Deployment/web": { revision: "rs2", restarts: { "uid-web-h2-1": 2 } },
  });
  await stage.records(5);
  await stage.see(WEB, { restarts: 2 });
  const before = [...stage.told];
  await stage.see(WEB, { restarts: 3 });
  assert.deepEqual([before, stage.told, stage.releases.reads], [[], [["web", "restarted"]], 0]);
});

test("a record that cannot be read is asked for again, and one without workloads is not watched", async () => {
  const stage = new Stage();
  stage.releases.error = { reason: "unreachable", server: "", detail: "" };
  await stage.monitor(RELEASE);
  stage.releases.error = undefined;
  await stage.clock.advance(10 * SECOND_MS);
  await stage.records(5);
  await stage.see(WEB, {});
  await stage.see(WEB, { restarts: 1 });
  const empty = new Stage();
  empty.releases.add("shop", aRevision({ revision: 5, manifest: "" }));
  await empty.monitor(RELEASE);
  assert.deepEqual([stage.told, empty.told], [[["web", "restarted"]], ["ended"]]);
});

test("one that is disposed tells nothing", async () => {
  const stage = new Stage();
  const monitor = await stage.monitor(UNDO);
  await stage.see(WEB, {});
  monitor.dispose();
  await stage.see(WEB, { restarts: 1 });
  await stage.clock.advance(20 * MINUTE_MS);
  assert.deepEqual([stage.told, stage.open], [[], 0]);
});
