import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SharedWatches } from "../../src/adapters/kubernetes/watches.ts";
import { systemClock } from "../../src/adapters/system/clock.ts";
import type { Watch, WatchedLease, WatchEvent } from "../../src/app/ports.ts";
import type { RevisionLabel } from "../../src/domain/release.ts";
import { SECOND_MS } from "../../src/domain/time.ts";
import { FakeLog } from "../fakes/log.ts";
import { useClient } from "./clusterAdapters.ts";

const DEADLINE_MS = 10 * SECOND_MS;

/** Waits for the first event, the present one included, that is as wished. */
function eventOf<T>(watch: Watch<T>, isWished: (event: WatchEvent<T>) => boolean): Promise<WatchEvent<T>> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      listening.dispose();
      reject(new Error(`no such event: ${JSON.stringify([...watch.current.items])}`));
    }, DEADLINE_MS);
    const look = (event: WatchEvent<T>): void => {
      if (!isWished(event)) return;
      clearTimeout(late);
      listening.dispose();
      resolve(event);
    };
    const listening = watch.onChange(look);
    look(watch.current);
  });
}

const isLive = ({ liveness }: WatchEvent<unknown>): boolean => liveness.kind === "live";

describe("watches", () => {
  const suite = useClient("watch");
  let watches: SharedWatches | undefined;
  let leases: Watch<WatchedLease> | undefined;
  let releases: Watch<readonly RevisionLabel[]> | undefined;
  const leaseWatch = (): Watch<WatchedLease> => leases ?? assert.fail("no watch");
  const holder = (event: WatchEvent<WatchedLease>, name: string): string | undefined => {
    const lease = event.items.get(name);
    return lease?.kind === "lock" && lease.lock.record.kind === "held"
      ? lease.lock.record.hold.by.user
      : undefined;
  };

  before(async () => {
    watches = new SharedWatches({
      client: suite.client("ann"),
      clock: systemClock,
      random: Math.random,
      log: new FakeLog(),
    });
    leases = watches.leases("ann", suite.on.namespace);
    releases = watches.releases("ann", suite.on.namespace);
    await eventOf(leases, isLive);
    await eventOf(releases, isLive);
  });
  after(() => {
    watches?.dispose();
  });

  test("a Lease that somebody makes, changes and deletes is followed, each within a second", async () => {
    const times: number[] = [];
    const timed = async (
      act: () => Promise<unknown>,
      isWished: (event: WatchEvent<WatchedLease>) => boolean,
    ): Promise<void> => {
      const seen = eventOf(leaseWatch(), isWished);
      await act();
      const acted = performance.now();
      await seen;
      times.push(performance.now() - acted);
    };
    const ref = suite.ref("ann");
    await timed(
      () => suite.emptyLease("ann", ref.name),
      ({ items }) => items.has(ref.name),
    );
    const spec = {
      holderIdentity: "ben <ben@example.com>",
      leaseDurationSeconds: 60,
      renewTime: "2026-11-23T08:00:00.000000Z",
    };
    await timed(
      () => suite.on.as("ben").patch("merge", suite.leasePath(ref), { spec }),
      (event) => holder(event, ref.name) === "ben",
    );
    await timed(
      () => suite.on.as("admin").delete(suite.leasePath(ref)),
      ({ items }) => !items.has(ref.name),
    );
    assert.ok(
      times.every((time) => time < SECOND_MS),
      `took ${times.join(", ")} ms`,
    );
  });

  test("reservation and operation of a machine are told apart by name", async () => {
    const ref = await suite.emptyLease("ann");
    const operation = await suite.emptyLease("ann", `${ref.name}-operation`);
    const { items } = await eventOf(leaseWatch(), (event) => event.items.has(operation.name));
    assert.deepEqual([items.get(ref.name)?.kind, items.get(operation.name)?.kind], ["lock", "operation"]);
  });

  test("the server's clock is known to within a second and a bit", () => {
    if (suite.on.cluster.kind === "context") return;
    const { serverOffset = Infinity } = leaseWatch().current;
    // On this machine the true difference is nothing.
    assert.ok(serverOffset <= 10 && serverOffset > -1_100, `${serverOffset} ms`);
  });

  test("after a relist everything is still there, and changes still come", async () => {
    const ref = await suite.emptyLease("ann");
    await eventOf(leaseWatch(), ({ items }) => items.has(ref.name));
    leaseWatch().relist();
    const next = await suite.emptyLease("ann");
    const { items, liveness } = await eventOf(leaseWatch(), (event) => event.items.has(next.name));
    assert.deepEqual([items.has(ref.name), liveness.kind], [true, "live"]);
  });

  test("a release's revisions come from labels alone, newest first, and follow helm's own changes", async () => {
    const secrets = `/api/v1/namespaces/${suite.on.namespace}/secrets`;
    const record = (version: number, status: string): object => ({
      apiVersion: "v1",
      kind: "Secret",
      type: "helm.sh/release.v1",
      metadata: {
        // A release whose own name looks like a revision's.
        name: `sh.helm.release.v1.web.v2.v${version}`,
        labels: { owner: "helm", name: "web.v2", status, version: String(version) },
      },
      data: { release: Buffer.from("payload").toString("base64") },
    });
    for (const version of [9, 10]) await suite.on.as("ann").post(secrets, record(version, "deployed"));
    await suite.on.as("ann").put(`${secrets}/sh.helm.release.v1.web.v2.v9`, record(9, "superseded"));
    const watch = releases ?? assert.fail("no watch");
    const { items } = await eventOf(
      watch,
      (event) => event.items.get("web.v2")?.[1]?.status === "superseded",
    );
    assert.deepEqual(
      items.get("web.v2")?.map(({ revision, status, createdAt }) => [revision, status, createdAt > 0]),
      [
        [10, "deployed", true],
        [9, "superseded", true],
      ],
    );
  });

  test("without the right to watch, what is shown is unknown and says why", async () => {
    if (suite.on.cluster.kind === "context") return;
    const eve = new SharedWatches({
      client: suite.client("eve"),
      clock: systemClock,
      random: Math.random,
      log: new FakeLog(),
    });
    const { liveness } = await eventOf(
      eve.leases("eve", suite.on.namespace),
      (event) => event.liveness.kind === "stale",
    );
    eve.dispose();
    assert.equal(liveness.kind === "stale" && liveness.error.reason, "forbidden");
  });
});
