import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RolloutHistory } from "../../../src/app/rolloutHistory.ts";
import type { RolloutSnapshot } from "../../../src/app/rolloutSnapshot.ts";
import type { RolloutSubject } from "../../../src/app/undoOutcome.ts";
import type { CommitHash } from "../../../src/domain/branch.ts";
import type { CommitFacts } from "../../../src/domain/commitMatch.ts";
import { ok } from "../../../src/domain/result.ts";
import type { WorkloadSight } from "../../../src/domain/rollouts.ts";
import { aBranch, aCommit } from "../../builders/deploy.ts";
import { anOperation, freeLock } from "../../builders/lock.ts";
import {
  anAddress,
  aPlacedSubject,
  aPod,
  aRollout,
  aRolloutRevision,
  aRolloutSubject,
  aSight,
  aTemplate,
} from "../../builders/rollouts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { aFact } from "../../fakes/historyWorld.ts";
import { FakeHoldStore } from "../../fakes/leases.ts";
import { FakeLog } from "../../fakes/log.ts";
import { watchedLock, watchedOperation } from "../../fakes/watches.ts";
import { FakeWorkloadWatches } from "../../fakes/workloadWatches.ts";

const OF = anAddress();

/** A workload whose rollouts are followed, with everything that they are read from in memory. */
class World {
  readonly clock = new ManualClock();
  readonly watches = new FakeWorkloadWatches();
  readonly holds = new FakeHoldStore();
  readonly clone = new Set<CommitHash>([aCommit(), aCommit("bad0bad")]);
  /** What a fetch brings. */
  readonly remote = new Set<CommitHash>();
  hasRepository = true;
  changes = 0;

  open(subject: RolloutSubject = aRolloutSubject()): RolloutHistory {
    const factsOf = (commit: CommitHash): CommitFacts | undefined =>
      this.clone.has(commit) ? aFact(commit) : undefined;
    const history = new RolloutHistory(
      {
        watches: this.watches,
        holds: this.holds,
        commits: () =>
          Promise.resolve(
            this.hasRepository
              ? {
                  resolve: (digits) =>
                    Promise.resolve([...this.clone].filter((commit) => commit.startsWith(digits))),
                  facts: (commits) =>
                    Promise.resolve(new Map(commits.map((commit) => [commit, factsOf(commit)]))),
                  between: () => Promise.resolve(undefined),
                  fetch: (digits) => {
                    for (const commit of this.remote) this.clone.add(commit);
                    return Promise.resolve(ok([...this.clone].some((one) => one.startsWith(digits))));
                  },
                  links: () => Promise.resolve({ host: "github", web: "https://github.com/acme/app" }),
                }
              : undefined,
          ),
        defaultBranch: aBranch("master"),
        clock: this.clock,
        log: new FakeLog(),
      },
      subject,
    );
    history.onChange(() => {
      this.changes += 1;
    });
    return history;
  }

  /** What the watch says, and what comes of it once everything that was begun has ended. */
  async tell(history: RolloutHistory, sight: WorkloadSight | undefined): Promise<RolloutSnapshot> {
    this.watches.tell(OF, sight);
    return this.settle(history);
  }

  async settle(history: RolloutHistory): Promise<RolloutSnapshot> {
    for (let turns = 0; turns < 20; turns += 1) await this.clock.advance(10);
    return history.current;
  }
}

const commitOf = ({ match }: RolloutSnapshot["entries"][number]): unknown =>
  match?.kind === "exact" ? match.commit.slice(0, 7) : match?.kind;

test("before the cluster has answered nothing is said", () => {
  const { current } = new World().open();
  assert.deepEqual(current, {
    subject: aRolloutSubject(),
    liveness: { kind: "connecting" },
    isAbsent: false,
    entries: [],
    status: { kind: "reading" },
    recommendation: { kind: "reading" },
    pods: [],
    missingCommits: [],
  });
});

test("revisions come newest first with their commits, what runs, how it stands and where to go back to", async () => {
  const world = new World();
  const sight = aSight();
  const snapshot = await world.tell(world.open(), sight);
  assert.deepEqual(
    snapshot.entries.map((entry) => [
      entry.revision.revision,
      commitOf(entry),
      entry.commit,
      entry.isCurrent,
    ]),
    [
      [2, "bad0bad", aFact(aCommit("bad0bad")), true],
      [1, "4f1c0de", aFact(aCommit()), false],
    ],
  );
  assert.deepEqual(snapshot, {
    entries: snapshot.entries,
    subject: aRolloutSubject(),
    liveness: { kind: "live", verifiedAt: 1 },
    workload: sight.rollout,
    isAbsent: false,
    status: { kind: "complete" },
    recommendation: { kind: "revision", uid: "rs1", revision: 1, skipped: [] },
    pods: [aPod()],
    readyOfAll: 1,
    links: { host: "github", web: "https://github.com/acme/app" },
    missingCommits: [],
  });
});

test("a revision that has not changed is not graded again when a pod does", async () => {
  const world = new World();
  const history = world.open();
  const grades = ({ entries }: RolloutSnapshot): readonly unknown[] => entries.map(({ match }) => match);
  const rollout = aRollout();
  const before = grades(await world.tell(history, aSight({ rollout })));
  const after = grades(await world.tell(history, aSight({ rollout, pods: [aPod({ ready: false })] })));
  assert.deepEqual([history.current.pods[0]?.ready, before.length], [false, 2]);
  assert.ok(after.every((match, index) => match === before[index]));
});

test("while commits are looked up rows are there already, and nothing is recommended", () => {
  const world = new World();
  const history = world.open();
  world.watches.tell(OF, aSight());
  assert.deepEqual(history.current.entries.map(commitOf), [undefined, undefined]);
  assert.deepEqual(history.current.recommendation, { kind: "reading" });
});

test("without a repository a whole hash is sure all the same, and nothing is missing", async () => {
  const world = new World();
  world.hasRepository = false;
  const { entries, missingCommits } = await world.tell(world.open(), aSight());
  assert.deepEqual([entries.map(commitOf), missingCommits], [["bad0bad", "4f1c0de"], []]);
});

test("commits that the clone has not got are named, and fetched on demand", async () => {
  const world = new World();
  world.clone.delete(aCommit());
  const history = world.open();
  assert.deepEqual((await world.tell(history, aSight())).missingCommits, [aCommit()]);
  world.remote.add(aCommit());
  assert.deepEqual(await history.fetchCommits(new AbortController().signal), ok(true));
  const { missingCommits, entries } = await world.settle(history);
  assert.deepEqual([missingCommits, entries[1]?.commit], [[], aFact(aCommit())]);
});

test("a tag that can be moved is never sure, so that it is not recommended", async () => {
  const world = new World();
  const latest = aTemplate("registry.example.com/app:latest");
  const revisions = [aRolloutRevision({ revision: 2 }), aRolloutRevision({ revision: 1, template: latest })];
  const { entries, recommendation } = await world.tell(
    world.open(),
    aSight({ rollout: aRollout({ revisions }) }),
  );
  assert.deepEqual(entries.map(commitOf), ["4f1c0de", "unknown"]);
  assert.deepEqual(recommendation, { kind: "none", why: "none-fit" });
});

test("what an undo left behind is said to be so", async () => {
  const world = new World();
  const revisions = [aRolloutRevision({ revision: 3, was: [1] }), aRolloutRevision({ revision: 2 })];
  const { entries } = await world.tell(world.open(), aSight({ rollout: aRollout({ revisions }) }));
  assert.deepEqual(
    entries.map(({ wasUndoneFrom }) => wasUndoneFrom),
    [false, true],
  );
});

describe("what may be old", () => {
  test("stays on the rows, but nothing is said of how it stands, and nothing recommended", async () => {
    const world = new World();
    const history = world.open();
    await world.tell(history, aSight());
    const error = { reason: "unreachable", server: "s", detail: "d" } as const;
    world.watches.workload(OF).tell({ liveness: { kind: "stale", since: 9, error } });
    const { entries, status, recommendation, liveness } = await world.settle(history);
    assert.deepEqual(
      [entries.length, status, recommendation, liveness],
      [2, { kind: "reading" }, { kind: "reading" }, { kind: "stale", since: 9, error }],
    );
  });

  test("is not said to be absent; only a live watch says that", async () => {
    const world = new World();
    const history = world.open();
    assert.equal((await world.tell(history, undefined)).isAbsent, true);
    const error = { reason: "unreachable", server: "s", detail: "d" } as const;
    world.watches.workload(OF).tell({ liveness: { kind: "stale", since: 9, error } });
    assert.equal((await world.settle(history)).isAbsent, false);
  });
});

describe("a change is told", () => {
  test("where something that is shown has changed, and not for versions and signs of life", async () => {
    const world = new World();
    const history = world.open();
    await world.tell(history, aSight());
    const { changes } = world;
    const version = { uid: "d1", resourceVersion: "11" };
    await world.tell(history, aSight({ rollout: aRollout({ version }) }));
    world.watches.workload(OF).tell({ liveness: { kind: "live", verifiedAt: 77 } });
    assert.deepEqual((await world.settle(history)).liveness, { kind: "live", verifiedAt: 77 });
    assert.equal(world.changes, changes);
    await world.tell(history, aSight({ pods: [aPod({ ready: false })] }));
    assert.equal(world.changes, changes + 1);
  });

  test("at most ten times a second, however often pods change", async () => {
    const world = new World();
    const history = world.open();
    await world.tell(history, aSight());
    const { changes } = world;
    for (let restarts = 1; restarts <= 30; restarts += 1) {
      world.watches.tell(OF, aSight({ pods: [aPod({ restarts })] }));
      await world.clock.advance(10);
    }
    await world.settle(history);
    assert.ok(world.changes - changes <= 4, String(world.changes - changes));
    assert.equal(history.current.pods[0]?.restarts, 30);
  });

  test("no more once it is closed", async () => {
    const world = new World();
    const history = world.open();
    history.dispose();
    await world.tell(history, aSight());
    assert.deepEqual([world.changes, history.current.entries.length], [0, 0]);
    assert.equal(world.clock.nextTimer, undefined);
  });
});

test("a spec that the controller has not seen is told with the moment from which on it was waited for", async () => {
  const world = new World();
  const history = world.open();
  const waiting = (generation: number): WorkloadSight => aSight({ rollout: aRollout({ generation }) });
  const since = world.clock.now();
  await world.tell(history, waiting(3));
  assert.deepEqual((await world.tell(history, { ...waiting(3), pods: [] })).status, {
    kind: "not-observed",
    since,
  });
  await world.tell(history, aSight());
  const { status } = await world.tell(history, waiting(3));
  assert.ok(status.kind === "not-observed" && (status.since ?? 0) > since);
});

describe("the Leases of a place", () => {
  const { context, namespace } = { context: "staging", namespace: "devdeploy" };

  test("say who works at it, until they show no life, and whether it is on hold", async () => {
    const world = new World();
    const history = world.open(aPlacedSubject());
    await world.tell(history, aSight());
    const hold = {
      by: "ann",
      name: "Ann",
      at: 0,
      until: 1,
      reason: "r",
      undone: [],
      nonce: "n",
    };
    world.holds.objects.put({ context, namespace, name: "production" }, hold);
    world.watches.leases(context, namespace).tell({
      items: new Map([["production", watchedLock(freeLock())]]),
      liveness: { kind: "live", verifiedAt: 1 },
    });
    const operation = anOperation({ lasts: 30_000 });
    world.watches.leases("production", namespace).tell({
      items: new Map([["production-operation", watchedOperation(operation)]]),
      liveness: { kind: "live", verifiedAt: 1 },
    });
    const busy = await world.settle(history);
    assert.deepEqual([busy.operation?.kind, busy.hold], ["working", hold]);
    await world.clock.advance(30_000);
    assert.equal(history.current.operation, undefined);
  });

  test("are not asked for where devdeploy.json does not name the workload", async () => {
    const world = new World();
    await world.tell(world.open(), aSight());
    assert.equal(world.watches.leaseWatches.size, 0);
  });

  test("are asked only once the workload has answered", async () => {
    const world = new World();
    const history = world.open(aPlacedSubject());
    assert.equal(world.watches.leaseWatches.size, 0);
    await world.tell(history, aSight());
    assert.equal(world.watches.leaseWatches.size, 2);
  });
});

test("a refresh reads everything again", async () => {
  const world = new World();
  const history = world.open(aPlacedSubject());
  await world.tell(history, aSight());
  history.relist();
  assert.deepEqual(
    [
      world.watches.workload(OF).relists,
      ...[...world.watches.leaseWatches.values()].map((one) => one.relists),
    ],
    [1, 1, 1],
  );
});
