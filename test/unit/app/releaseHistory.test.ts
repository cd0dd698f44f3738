import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistorySnapshot } from "../../../src/app/historySnapshot.ts";
import type { CommitHash } from "../../../src/domain/branch.ts";
import type { ClusterError } from "../../../src/domain/cluster.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import type { Revision } from "../../../src/domain/release.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/domain/time.ts";
import { ann, aCommit, aLabel, aRevision } from "../../builders/deploy.ts";
import { webImage } from "../../builders/history.ts";
import { aFact, HistoryWorld, labelOf } from "../../fakes/historyWorld.ts";
import { watchedOperation } from "../../fakes/watches.ts";

const ONE = aCommit("1111111");
const TWO = aCommit("2222222");
const THREE = aCommit("3333333");
const unreachable: ClusterError = { reason: "unreachable", server: "https://k8s", detail: "ECONNREFUSED" };

const made = (revision: number, commit: CommitHash | string, more: Partial<Revision> = {}): Revision =>
  aRevision({
    revision,
    status: "superseded",
    deployedAt: revision * MINUTE_MS,
    description: "Upgrade complete",
    images: [webImage(commit)],
    manifest: `revision ${revision}`,
    version: { uid: `u${revision}`, resourceVersion: "1" },
    ...more,
  });

const first = made(1, ONE);
const second = made(2, TWO, { status: "deployed", mark: { commit: TWO, by: "Ann Lee" } });

function aWorld(subject: ConstructorParameters<typeof HistoryWorld>[0] = {}): HistoryWorld {
  const world = new HistoryWorld(subject);
  for (const commit of [ONE, TWO]) world.clone.add(commit);
  world.images = [webImage(TWO)];
  return world;
}

const exact = (commit: CommitHash): object => ({
  kind: "exact",
  commit,
  source: "image",
  evidence: `shop/web:${commit}`,
  isInClone: true,
});

const rows = ({ entries }: HistorySnapshot): readonly unknown[] =>
  entries.map(({ label, status, record }) => [label.revision, status, record.kind]);

test("labels are rows at once; records, commits and what runs follow", async () => {
  const world = aWorld();
  const history = world.open();
  assert.deepEqual(history.current, {
    subject: world.subject,
    liveness: { kind: "connecting" },
    entries: [],
    runs: { kind: "reading" },
    recommendation: { kind: "reading" },
    warnings: [],
    missingCommits: [],
  });
  world.tell(second, first);
  assert.deepEqual(rows(history.current), [
    [2, "deployed", "reading"],
    [1, "superseded", "reading"],
  ]);
  assert.deepEqual(await world.settle(history), {
    subject: world.subject,
    liveness: { kind: "live", verifiedAt: 1 },
    entries: [
      {
        label: labelOf(second),
        status: "deployed",
        record: { kind: "read", revision: second, match: exact(TWO) },
        commit: aFact(TWO),
        by: "Ann Lee",
        deployedAt: 2 * MINUTE_MS,
        wasRolledBackFrom: false,
      },
      {
        label: labelOf(first),
        status: "superseded",
        record: { kind: "read", revision: first, match: exact(ONE) },
        commit: aFact(ONE),
        deployedAt: MINUTE_MS,
        ranFor: MINUTE_MS,
        wasRolledBackFrom: false,
      },
    ],
    runs: { kind: "revision", revision: 2, isDeployed: true },
    recommendation: { kind: "revision", revision: 1, ranFor: MINUTE_MS, skipped: [] },
    warnings: [],
    links: { host: "github", web: "https://github.com/acme/app" },
    missingCommits: [],
  });
});

test("records are read newest first, one after the other, and once for each version", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(made(3, THREE), second, first);
  await world.settle(history);
  world.tellLabels([labelOf(made(3, THREE)), labelOf(second), labelOf(first)], 2);
  await world.settle(history);
  assert.deepEqual(world.reads, [3, 2, 1]);
  world.tell(made(3, THREE), { ...second, version: { uid: "u2", resourceVersion: "2" } }, first);
  await world.settle(history);
  assert.deepEqual(world.reads, [3, 2, 1, 2]);
});

test("a changed status is shown at once, and the record as it was until it has been read again", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(second, first);
  await world.settle(history);
  world.tellLabels([
    { ...labelOf(second), status: "failed", version: { uid: "u2", resourceVersion: "2" } },
    labelOf(first),
  ]);
  assert.deepEqual(rows(history.current), [
    [2, "failed", "read"],
    [1, "superseded", "read"],
  ]);
});

test("signs of life are no news", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(second, first);
  await world.settle(history);
  const before = world.changes;
  world.tellLabels([labelOf(second), labelOf(first)], 7);
  await world.settle(history);
  assert.deepEqual([world.changes, history.current.liveness], [before, { kind: "live", verifiedAt: 7 }]);
  const { context, namespace } = world.subject.release;
  world.watches.releases(context, namespace).tell({ liveness: { kind: "live", verifiedAt: 8 } });
  assert.deepEqual([world.changes, history.current.liveness], [before, { kind: "live", verifiedAt: 8 }]);
});

test("what many records bring is shown in steps", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(
    ...Array.from({ length: 100 }, (_, index) => made(100 - index, aCommit(String(1_000_000 + index)))),
  );
  const before = world.changes;
  await world.clock.advance(99);
  const within = world.changes - before;
  assert.deepEqual([world.reads.length, within <= 3], [100, true]);
  const { entries } = await world.settle(history);
  assert.ok(entries.every(({ record }) => record.kind === "read"));
});

test("commits are looked up together", async () => {
  const world = aWorld();
  const history = world.open();
  const count = 50;
  world.tell(
    ...Array.from({ length: count }, (_, index) => made(count - index, aCommit(String(1_000_000 + index)))),
  );
  await world.settle(history);
  assert.equal(new Set(world.asked.flat()).size, count);
  assert.ok(world.asked.length < 10, `${world.asked.length} runs of git`);
});

test("nothing else is asked of the cluster before the rows are there", async () => {
  const world = aWorld();
  world.hasHelm2 = true;
  const history = world.open();
  await world.settle(history);
  assert.deepEqual([world.lists, world.watches.leaseWatches.size], [0, 0]);
  world.tell();
  const { entries, warnings } = await world.settle(history);
  assert.deepEqual([world.lists, world.watches.leaseWatches.size], [1, 2]);
  assert.deepEqual([entries, warnings], [[], [{ kind: "helm-2" }]]);
});

test("while the connection is gone nothing is said to run and nothing is recommended", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(second, first);
  await world.settle(history);
  world.loseConnection(unreachable);
  const { liveness, runs, recommendation, entries } = history.current;
  assert.deepEqual(
    [liveness, runs, recommendation, entries.length],
    [
      { kind: "stale", since: 9, error: unreachable },
      { kind: "unknown", detail: "ECONNREFUSED", error: unreachable },
      { kind: "reading" },
      2,
    ],
  );
});

test("an unreadable record is a row of its own, and the others are read", async () => {
  const world = aWorld();
  const history = world.open();
  world.records.set(2, {
    reason: "unreadable-record",
    record: "sh.helm.release.v1.web.v2",
    detail: "it is damaged",
  });
  world.records.set(1, first);
  world.tellLabels([labelOf(second), labelOf(first)]);
  const { entries, runs } = await world.settle(history);
  assert.deepEqual(entries[0]?.record, { kind: "unreadable", detail: "it is damaged" });
  assert.deepEqual([entries[1]?.record.kind, runs], ["read", { kind: "unknown", detail: "it is damaged" }]);
});

test("a record that the cluster cannot give is asked for again after a while, without a storm", async () => {
  const world = aWorld();
  const history = world.open();
  world.records.set(2, unreachable);
  world.records.set(1, unreachable);
  world.tellLabels([labelOf(second), labelOf(first)]);
  await world.settle(history);
  assert.deepEqual(rows(history.current), [
    [2, "deployed", "unread"],
    [1, "superseded", "reading"],
  ]);
  assert.deepEqual(world.reads, [2]);
  world.records.set(2, second);
  world.records.set(1, first);
  await world.clock.advance(10 * SECOND_MS);
  await world.settle(history);
  assert.deepEqual(world.reads, [2, 2, 1]);
});

test("images are looked at when the newest revision changes, on relist, and while somebody listens", async () => {
  const world = aWorld();
  const history = world.open(false);
  world.tell(second, first);
  await world.settle(history);
  await world.clock.advance(5 * MINUTE_MS);
  assert.equal(world.imageReads, 1);
  const listening = history.onChange(() => undefined);
  await world.clock.advance(60 * SECOND_MS);
  assert.equal(world.imageReads, 4);
  listening.dispose();
  await world.clock.advance(5 * MINUTE_MS);
  assert.equal(world.imageReads, 4);
  history.relist();
  await world.settle(history);
  assert.equal(world.imageReads, 5);
  world.tell(made(3, THREE, { status: "deployed" }), { ...second, status: "superseded" }, first);
  await world.settle(history);
  assert.equal(world.imageReads, 6);
});

test("an image that somebody changes by hand is seen while somebody looks", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(second, first);
  await world.settle(history);
  world.images = [webImage("by-hand")];
  await world.clock.advance(30 * SECOND_MS);
  assert.deepEqual(history.current.runs, {
    kind: "drift",
    revision: 2,
    differences: [
      {
        workload: "Deployment/web",
        container: "app",
        recorded: `shop/web:${TWO}`,
        live: "shop/web:by-hand",
      },
    ],
  });
});

test("while helm works, images are looked at more often", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(second, first);
  await world.settle(history);
  world.tell(made(3, THREE, { status: "pending-upgrade" }), second, first);
  await world.settle(history);
  assert.deepEqual(history.current.runs, { kind: "revision", revision: 2, isDeployed: true });
  world.images = [webImage(THREE)];
  await world.clock.advance(3 * SECOND_MS);
  assert.deepEqual(history.current.runs, { kind: "revision", revision: 3, isDeployed: false });
});

test("images that cannot be read leave what runs unknown", async () => {
  const world = aWorld();
  world.images = { reason: "forbidden", detail: "get deployments in web" };
  const history = world.open();
  world.tell(second, first);
  const { runs, recommendation } = await world.settle(history);
  assert.deepEqual(runs, {
    kind: "unknown",
    detail: "get deployments in web",
    error: { reason: "forbidden", detail: "get deployments in web" },
  });
  assert.equal(recommendation.kind, "revision");
});

test("a commit that the clone has not got is missing until it is fetched", async () => {
  const world = aWorld();
  world.remote.add(THREE);
  const history = world.open();
  world.tell(made(3, THREE.slice(0, 8), { status: "deployed" }), second, first);
  const before = await world.settle(history);
  assert.deepEqual(before.missingCommits, [THREE.slice(0, 8)]);
  const fetched = await history.fetchCommits(new AbortController().signal);
  assert.deepEqual(fetched, { ok: true, value: true });
  const { missingCommits, entries } = await world.settle(history);
  assert.deepEqual([missingCommits, entries[0]?.commit], [[], aFact(THREE)]);
});

test("what somebody fetched otherwise is found while somebody listens", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(made(3, THREE, { status: "deployed" }), second);
  await world.settle(history);
  world.clone.add(THREE);
  await world.clock.advance(30 * SECOND_MS);
  const { missingCommits, entries } = await world.settle(history);
  assert.deepEqual([missingCommits, entries[0]?.commit], [[], aFact(THREE)]);
});

test("without a repository whole hashes are exact all the same, and nothing is to be fetched", async () => {
  const world = aWorld();
  world.hasRepository = false;
  const history = world.open();
  world.tell(second, made(1, "1111111"));
  const { entries, missingCommits } = await world.settle(history);
  const kinds = entries.map(({ record }) => (record.kind === "read" ? record.match.kind : record.kind));
  assert.deepEqual([kinds, missingCommits], [["exact", "ambiguous"], []]);
});

test("a pending release becomes a stuck one at that very moment, unless somebody is at work", async () => {
  const world = aWorld();
  const timeout = world.subject.driver.timeoutMinutes * MINUTE_MS;
  const since = world.clock.now();
  const history = world.open();
  const pending = made(3, THREE, { status: "pending-upgrade", deployedAt: since });
  world.tell(pending, second, first);
  await world.settle(history);
  const freeAt = since + timeout + 5 * MINUTE_MS;
  await world.clock.advance(freeAt - world.clock.now() - 1);
  assert.equal(history.current.stuck, undefined);
  const before = world.changes;
  await world.clock.advance(1);
  const stuck = {
    revision: 3,
    status: "pending-upgrade",
    since,
    age: timeout + 5 * MINUTE_MS,
    freeAt,
    lastGood: 2,
  };
  assert.deepEqual([history.current.stuck, world.changes], [stuck, before + 1]);

  const { name, release, locks } = world.subject;
  const record = {
    kind: "working",
    by: holderIdentity(ann),
    name: "Ann Lee",
    run: "r",
    what: "helm upgrade",
    lasts: 30 * SECOND_MS,
    transitions: 1,
    beat: "b",
  } as const;
  world.watches.leases(release.context, locks.namespace).tell({
    items: new Map([[`${name}-operation`, watchedOperation(record)]]),
    liveness: { kind: "live", verifiedAt: 1 },
  });
  await world.settle(history);
  assert.deepEqual([history.current.stuck, history.current.operation?.kind], [undefined, "working"]);
  await world.clock.advance(30 * SECOND_MS);
  const { current } = history;
  assert.deepEqual([current.stuck?.revision, current.operation], [3, undefined]);
});

const hold = {
  by: holderIdentity(ann),
  name: "Ann Lee",
  at: 1,
  until: 2,
  reason: "rolled back",
  undone: [],
  nonce: "n",
};

test("a hold is read when the environment's Lease changes, and not for every sign of life", async () => {
  const world = aWorld({ kind: "environment" });
  const history = world.open();
  world.tell(second);
  world.tellLease("1");
  await world.settle(history);
  assert.deepEqual([world.holdReads, history.current.hold], [1, undefined]);
  world.hold = hold;
  world.tellLease("2");
  world.tellLease("2");
  await world.settle(history);
  assert.deepEqual([world.holdReads, history.current.hold], [2, hold]);
});

test("machines have no hold", async () => {
  const world = aWorld({ kind: "machine" });
  world.hold = hold;
  const history = world.open();
  world.tell(second);
  world.tellLease("1");
  await world.settle(history);
  assert.deepEqual([world.holdReads, history.current.hold], [0, undefined]);
});

test("of two drivers the one with the newest record is shown, and both are told of", async () => {
  const world = aWorld();
  const history = world.open();
  world.records.set(2, second);
  const other = aLabel({ revision: 2, driver: "configmap", version: { uid: "c", resourceVersion: "1" } });
  world.tellLabels([labelOf(second), other]);
  const { entries, warnings } = await world.settle(history);
  assert.deepEqual(
    [entries.map(({ label }) => label.driver), warnings],
    [["secret"], [{ kind: "two-drivers" }]],
  );
});

test("after dispose nothing is read, nothing is told and no timer is left", async () => {
  const world = aWorld();
  const history = world.open();
  world.tell(made(3, THREE, { status: "pending-upgrade" }), second, first);
  await world.clock.advance(0);
  const { release, locks } = world.subject;
  const watches = [
    world.watches.releases(release.context, release.namespace),
    world.watches.leases(release.context, locks.namespace),
    world.watches.leases(locks.context, locks.namespace),
  ];
  history.dispose();
  const before = [world.changes, world.reads.length, world.imageReads];
  world.tell(second, first);
  await world.clock.advance(MINUTE_MS);
  assert.deepEqual([world.changes, world.reads.length, world.imageReads], before);
  assert.equal(world.clock.nextTimer, undefined);
  assert.deepEqual(
    watches.map(({ isOpen }) => isOpen),
    [false, false, false],
  );
});
