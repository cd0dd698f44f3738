import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { SharedWatches } from "../../../../src/adapters/kubernetes/watches.ts";
import type { Watch, WatchedLease, WatchEvent } from "../../../../src/app/ports.ts";
import { MINUTE_MS, SECOND_MS } from "../../../../src/domain/time.ts";
import { clientOf, json, refusing, ScriptedServer, until, type Answer } from "../../../fakes/apiServer.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

const aLease = (name: string, resourceVersion: string, holder = ""): object => ({
  kind: "Lease",
  metadata: { name, uid: `uid-${name}`, resourceVersion },
  spec: {
    holderIdentity: holder,
    renewTime: "2026-11-23T08:00:00.000000Z",
    leaseDurationSeconds: 3_600,
  },
});

const listing =
  (resourceVersion: string, ...items: readonly object[]): Answer =>
  (_request, response) => {
    json(response, 200, { kind: "LeaseList", metadata: { resourceVersion }, items });
  };

describe("a watch", () => {
  let server: ScriptedServer;
  let clock: ManualClock;
  let client: KubernetesClient;
  let watches: SharedWatches;
  let watch: Watch<WatchedLease>;
  let log: FakeLog;
  /** The watch that is open. */
  let stream: ServerResponse | undefined;
  const events: WatchEvent<WatchedLease>[] = [];

  const watching: Answer = (_request, response) => {
    stream = response;
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
  };
  const send = (type: string, object: object): void => {
    stream?.write(`${JSON.stringify({ type, object })}\n`);
  };
  const bookmark = (resourceVersion: string): void => {
    send("BOOKMARK", { kind: "Lease", metadata: { resourceVersion } });
  };
  const holder = (name: string): string | undefined => {
    const lease = watch.current.items.get(name);
    return lease?.kind === "lock" && lease.lock.record.kind === "held"
      ? lease.lock.record.hold.by.user
      : undefined;
  };
  const isLive = (): boolean => watch.current.liveness.kind === "live";
  const isStale = (): boolean => watch.current.liveness.kind === "stale";
  /** Lets waits pass until something has happened. */
  const passUntil = (what: string, isSo: () => boolean): Promise<void> => {
    const step = (): boolean => {
      if (isSo()) return true;
      void clock.advance(100);
      return false;
    };
    return until(what, step);
  };
  const open = async (...first: readonly Answer[]): Promise<void> => {
    server.script.push(...first);
    watch = watches.leases("staging", "devdeploy");
    watch.onChange((event) => events.push(event));
    await until("live", isLive);
  };

  beforeEach(async () => {
    server = new ScriptedServer();
    server.always = refusing(503, "ServiceUnavailable");
    clock = new ManualClock();
    log = new FakeLog();
    client = clientOf(await server.start(), clock);
    watches = new SharedWatches({ client, clock, random: () => 1, log });
    stream = undefined;
    events.length = 0;
  });
  afterEach(async () => {
    watches.dispose();
    client.dispose();
    await server.stop();
  });

  test("lists without a version, watches from the list's with bookmarks, and shows what comes", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    send("MODIFIED", aLease("dev1", "11", "ann"));
    await until("the change", () => holder("dev1") === "ann");
    send("ADDED", aLease("dev2", "12"));
    send("DELETED", aLease("dev1", "13"));
    await until("the deletion", () => !watch.current.items.has("dev1"));
    assert.deepEqual([...watch.current.items.keys()], ["dev2"]);
    const leases = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases";
    assert.deepEqual(server.requests, [
      `GET ${leases}`,
      `GET ${leases}?watch=true&allowWatchBookmarks=true&resourceVersion=10&timeoutSeconds=300`,
    ]);
  });

  test("a watch that the server ends is opened again from the last version, and nobody notices", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    events.length = 0;
    bookmark("15");
    await until("the bookmark", () => server.requests.length === 2);
    server.script.push(watching);
    stream?.end();
    await until("the next watch", () => server.requests.length === 3);
    assert.match(server.requests[2] ?? "", /resourceVersion=15/u);
    assert.deepEqual([events, watch.current.liveness.kind], [[], "live"]);
  });

  test("a watch that ends at once again and again is not asked for in a storm", async () => {
    server.always = (_request, response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).end();
    };
    await open(listing("10"));
    for (let step = 0; step < 300; step += 1) {
      await until("no request under way", () => clock.sleepers === 1);
      await clock.advance(100);
    }
    assert.ok(server.requests.length > 3, "it goes on trying");
    assert.ok(server.requests.length < 12, `${server.requests.length} requests in half a minute`);
  });

  for (const [how, gone] of [
    ["as a status", refusing(410, "Expired")],
    [
      "inside the stream",
      (_request: unknown, response: ServerResponse) => {
        response.writeHead(200, { "Content-Type": "application/json" });
        response.end(`${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410 } })}\n`);
      },
    ],
  ] as const) {
    test(`410 ${how} lists again: nothing is lost, and nothing is shown as unknown`, async () => {
      await open(listing("10", aLease("dev1", "9"), aLease("dev2", "9")), watching);
      bookmark("11");
      server.script.push(gone, listing("20", aLease("dev1", "19", "ben")), watching);
      stream?.end();
      await passUntil("the new list", () => holder("dev1") === "ben");
      assert.deepEqual([...watch.current.items.keys()], ["dev1"]);
      assert.ok(events.every(({ liveness }) => liveness.kind === "live"));
    });
  }

  test("a connection that breaks is made again within half a second, and a short break is not shown", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    events.length = 0;
    server.script.push(watching);
    server.cut();
    await until("the pause", () => (clock.nextTimer ?? Infinity) <= 500);
    await clock.advance(500);
    await until("the next watch", () => server.requests.length === 3);
    send("MODIFIED", aLease("dev1", "11", "ann"));
    await until("the change", () => holder("dev1") === "ann");
    assert.deepEqual(
      events.map(({ liveness }) => liveness.kind),
      ["live"],
    );
  });

  test("once the first try after a break fails, everything is unknown since the break; then it is live again", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    const brokenAt = clock.now();
    server.cut();
    await until("the pause", () => (clock.nextTimer ?? Infinity) <= 500);
    await passUntil("stale", isStale);
    assert.deepEqual(watch.current.liveness, {
      kind: "stale",
      since: brokenAt,
      error: { reason: "server-error", status: 503, detail: "" },
    });
    server.script.push(listing("20", aLease("dev1", "19", "ben")), watching);
    await passUntil("live again", isLive);
    assert.equal(holder("dev1"), "ben");
  });

  /** A watch that has brought a bookmark and then nothing for a second less than is waited for; the last sign's time. */
  const almostTooLong = async (): Promise<number> => {
    await open(listing("10", aLease("dev1", "9")), watching);
    await clock.advance(60 * SECOND_MS);
    bookmark("11");
    await until(
      "the bookmark",
      () => watch.current.liveness.kind === "live" && watch.current.liveness.verifiedAt === clock.now(),
    );
    const heardAt = clock.now();
    await clock.advance(74 * SECOND_MS);
    assert.equal(watch.current.liveness.kind, "live");
    events.length = 0;
    return heardAt;
  };

  test("a silence longer than between two bookmarks is looked into: where somebody is there, what was missed is shown and nothing is called unknown", async () => {
    await almostTooLong();
    server.script.push(listing("20", aLease("dev1", "19", "ben")), watching);
    await clock.advance(SECOND_MS);
    await until("listed again", () => holder("dev1") === "ben");
    assert.deepEqual(
      events.map(({ liveness }) => liveness.kind),
      ["live"],
    );
  });

  test("a silence after which nobody answers: within ninety seconds everything is unknown since the last sign", async () => {
    const heardAt = await almostTooLong();
    await clock.advance(SECOND_MS);
    await until("unknown", isStale);
    assert.deepEqual(watch.current.liveness, {
      kind: "stale",
      since: heardAt,
      error: { reason: "server-error", status: 503, detail: "" },
    });
  });

  test("where nothing ever happens and so no bookmark comes, quiet rows stay as they are", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    events.length = 0;
    for (let round = 0; round < 5; round += 1) {
      server.script.push(listing("10", aLease("dev1", "9")), watching);
      const before = server.requests.length;
      await clock.advance(75 * SECOND_MS);
      await until("the next watch", () => server.requests.length === before + 2);
    }
    assert.deepEqual([events, watch.current.liveness.kind], [[], "live"]);
  });

  test("after the machine slept, everything is unknown until it has been listed again", async () => {
    await open(listing("10", aLease("dev1", "9")), watching);
    server.script.push(listing("20", aLease("dev1", "19", "ben")), watching);
    events.length = 0;
    clock.sleepMachine(10 * MINUTE_MS);
    await clock.advance(5 * SECOND_MS);
    await until("listed again", () => isLive() && holder("dev1") === "ben");
    assert.equal(events[0]?.liveness.kind, "stale");
  });

  test("a relist reads everything at once, even in the middle of a long wait", async () => {
    watch = watches.leases("staging", "devdeploy");
    await until("stale", isStale);
    server.script.push(listing("20", aLease("dev1", "19")), watching);
    watch.relist();
    await until("live", isLive);
    assert.deepEqual([...watch.current.items.keys()], ["dev1"]);
  });

  test("an outage is met with fewer and fewer tries, at most ten seconds apart", async () => {
    watch = watches.leases("staging", "devdeploy");
    await until("stale", isStale);
    for (let step = 0; step < 1_200; step += 1) {
      await until("no request under way", () => clock.sleepers === 1);
      await clock.advance(100);
    }
    const tries = server.requests.length;
    assert.ok(tries >= 8 && tries <= 20, `${tries} tries in two minutes`);
  });

  test("a right that is missing is shown and hardly asked for again", async () => {
    server.always = refusing(403, "Forbidden", "cannot list leases");
    watch = watches.leases("staging", "devdeploy");
    await until("stale", isStale);
    for (let step = 0; step < 50; step += 1) await clock.advance(SECOND_MS);
    assert.deepEqual(
      [watch.current.liveness.kind === "stale" && watch.current.liveness.error, server.requests.length],
      [{ reason: "forbidden", detail: "cannot list leases" }, 1],
    );
  });

  test("all who ask for one place share one watch, which ends with the last of them", async () => {
    await open(listing("10"), watching);
    const second = watches.leases("staging", "devdeploy");
    const heard: number[] = [];
    second.onChange(({ items }) => heard.push(items.size));
    assert.equal(second.current.liveness.kind, "live");
    watch.dispose();
    send("ADDED", aLease("dev1", "11"));
    await until("the event", () => heard.length === 1);
    const closed = new Promise((resolve) => stream?.once("close", resolve));
    second.dispose();
    await closed;
    assert.deepEqual([server.requests.length, heard], [2, [1]]);
  });

  test("the log tells when a watch is lost and found, once each, and never what was read", async () => {
    await open(listing("10", aLease("dev1", "9", "ann")), watching);
    server.cut();
    await passUntil("stale", isStale);
    server.script.push(listing("20"), watching);
    await passUntil("live", isLive);
    assert.deepEqual(
      log.lines.map((line) => line.split(" ").slice(0, 2).join(" ")),
      ["info Watching", "warn No", "info Watching"],
    );
    assert.ok(!log.lines.join().includes("ann"));
  });
});
