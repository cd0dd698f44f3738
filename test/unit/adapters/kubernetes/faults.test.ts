import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { LeaseLockStore } from "../../../../src/adapters/kubernetes/leases.ts";
import { SharedWatches } from "../../../../src/adapters/kubernetes/watches.ts";
import type { Watch, WatchedLease, WatchEvent } from "../../../../src/app/ports.ts";
import { MINUTE_MS, SECOND_MS } from "../../../../src/domain/time.ts";
import {
  clientOf,
  json,
  kubeconfigText,
  refusing,
  ScriptedServer,
  until,
  type Answer,
} from "../../../fakes/apiServer.ts";
import { ImpatientClock, ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

const never = new AbortController().signal;
const dev1 = { context: "staging", namespace: "devdeploy", name: "dev1" };
const leasePath = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases/dev1";
const put = { method: "PUT", path: leasePath, body: { kind: "Lease" } } as const;

const aLease = (name: string, resourceVersion: string, holder = ""): object => ({
  kind: "Lease",
  metadata: { name, uid: `uid-${name}`, resourceVersion },
  spec: { holderIdentity: holder, renewTime: "2026-11-23T08:00:00.000000Z", leaseDurationSeconds: 36_000 },
});

const listing =
  (resourceVersion: string, ...items: readonly object[]): Answer =>
  (_request, response) => {
    json(response, 200, { kind: "LeaseList", metadata: { resourceVersion }, items });
  };

const good: Answer = (_request, response) => {
  json(response, 200, aLease("dev1", "1"));
};

/** As API Priority and Fairness says it: in plain text, before anything was done. */
const busyFor =
  (seconds: number): Answer =>
  (_request, response) => {
    response.writeHead(429, { "Retry-After": String(seconds), "Content-Type": "text/plain" });
    response.end("Too many requests, please try again later.\n");
  };

describe("a watch over a long time", () => {
  let server: ScriptedServer;
  let clock: ManualClock;
  let client: KubernetesClient;
  let watches: SharedWatches;
  let watch: Watch<WatchedLease>;
  let log: FakeLog;
  let kubeconfig: string;
  let stream: ServerResponse | undefined;
  let streams = 0;
  let version = 10;
  const events: WatchEvent<WatchedLease>[] = [];

  const watching: Answer = (_request, response) => {
    stream = response;
    streams += 1;
    response.writeHead(200, { "Content-Type": "application/json" });
    response.flushHeaders();
  };
  const send = (type: string, object: object): void => {
    stream?.write(`${JSON.stringify({ type, object })}\n`);
  };
  const isLive = (): boolean => watch.current.liveness.kind === "live";
  const isStale = (): boolean => watch.current.liveness.kind === "stale";
  const holder = (): string | undefined => {
    const lease = watch.current.items.get("dev1");
    return lease?.kind === "lock" && lease.lock.record.kind === "held"
      ? lease.lock.record.hold.by.user
      : undefined;
  };
  /** A minute in which nothing happens but the API server's sign of life. */
  const quietMinute = async (): Promise<void> => {
    await clock.advance(MINUTE_MS);
    version += 1;
    send("BOOKMARK", { kind: "Lease", metadata: { resourceVersion: String(version) } });
    await until("the bookmark", () => {
      const { liveness } = watch.current;
      return liveness.kind === "live" && liveness.verifiedAt === clock.now();
    });
  };
  /** The API server ends every watch after the time that was asked for. */
  const endWatch = async (): Promise<void> => {
    const before = streams;
    server.script.push(watching);
    stream?.end();
    await until("the next watch", () => streams === before + 1);
  };
  const passUntil = (what: string, isSo: () => boolean): Promise<void> =>
    until(what, () => {
      if (isSo()) return true;
      void clock.advance(100);
      return false;
    });

  beforeEach(async () => {
    server = new ScriptedServer();
    server.always = refusing(503, "ServiceUnavailable");
    clock = new ManualClock();
    log = new FakeLog();
    kubeconfig = await server.start();
    client = clientOf(kubeconfig, clock);
    watches = new SharedWatches({ client, clock, random: () => 1, log });
    stream = undefined;
    streams = 0;
    version = 10;
    events.length = 0;
    server.script.push(listing("10", aLease("dev1", "9")), watching);
    watch = watches.leases("staging", "devdeploy");
    watch.onChange((event) => events.push(event));
    await until("live", isLive);
  });
  afterEach(async () => {
    watches.dispose();
    client.dispose();
    await server.stop();
  });

  test("after half an hour of quiet the next change is seen as it comes, and the quiet cost one request each five minutes", async () => {
    events.length = 0;
    for (let minute = 1; minute <= 30; minute += 1) {
      await quietMinute();
      if (minute % 5 === 0) await endWatch();
    }
    assert.deepEqual([events.length, server.requests.length], [0, 2 + 6]);
    send("MODIFIED", aLease("dev1", "99", "ben"));
    // The clock stands still from here on: nothing waits.
    await until("the change", () => holder() === "ben");
    assert.deepEqual(
      events.map(({ liveness }) => liveness.kind),
      ["live"],
    );
  });

  test("an API server that is away for two minutes is found again when it is back, and what changed meanwhile is seen", async () => {
    for (let minute = 1; minute <= 10; minute += 1) await quietMinute();
    const brokenAt = clock.now();
    server.cut();
    for (let step = 0; step < 120; step += 1) {
      await until("a pause", () => clock.sleepers === 1);
      await clock.advance(SECOND_MS);
    }
    const { liveness } = watch.current;
    assert.equal(liveness.kind === "stale" && liveness.since, brokenAt);
    const tries = server.requests.length - 2;
    assert.ok(tries >= 8 && tries <= 20, `${tries} tries in two minutes`);
    server.script.push(listing("50", aLease("dev1", "49", "ben")), watching);
    const backAt = clock.now();
    await passUntil("live again", isLive);
    assert.equal(holder(), "ben");
    assert.ok(clock.now() - backAt <= 10 * SECOND_MS, "found again within ten seconds");
  });

  test("a sign-in that ends amid a watch is renewed once; then everything is unknown until somebody has signed in", async () => {
    await quietMinute();
    const before = server.requests.length;
    server.always = refusing(401, "Unauthorized", "token expired");
    stream?.end();
    await until("unknown", isStale);
    const { liveness } = watch.current;
    assert.deepEqual(liveness.kind === "stale" && liveness.error, {
      reason: "unauthorized",
      context: "staging",
    });
    // Once as it was, once with credentials fetched anew; then no storm of sign-ins.
    assert.equal(server.requests.length - before, 2);
    for (let step = 0; step < 50; step += 1) await clock.advance(SECOND_MS);
    assert.equal(server.requests.length - before, 2);

    await writeFile(kubeconfig, kubeconfigText(server.url, { token: "fresh-from-the-sign-in" }));
    server.script.push(listing("20", aLease("dev1", "19", "ben")), watching);
    watch.relist();
    await until("live again", isLive);
    assert.equal(holder(), "ben");
  });

  test("without a network at the start nothing is shown as known, the tries grow rare, and one line tells of it", async () => {
    watches.dispose();
    await server.close();
    let tries = 0;
    const counted = {
      requestOnce: (...asked: Parameters<KubernetesClient["requestOnce"]>) => {
        tries += 1;
        return client.requestOnce(...asked);
      },
      stream: client.stream.bind(client),
      dropIdle: client.dropIdle.bind(client),
    };
    const lines = log.lines.length;
    const alone = new SharedWatches({ client: counted, clock, random: () => 1, log });
    const lonely = alone.leases("staging", "devdeploy");
    for (let second = 0; second < 120; second += 1) {
      await until("a pause", () => clock.sleepers === 1);
      await clock.advance(SECOND_MS);
    }
    const { items, liveness } = lonely.current;
    assert.deepEqual([items.size, liveness.kind, log.lines.length - lines], [0, "stale", 1]);
    assert.ok(tries >= 12 && tries <= 20, `${tries} tries in two minutes`);
    alone.dispose();
  });
});

describe("a busy API server", () => {
  const asked = async (call: Parameters<KubernetesClient["request"]>[1], answers: readonly Answer[]) => {
    const server = new ScriptedServer();
    server.always = busyFor(2);
    server.script.push(...answers);
    const clock = new ManualClock();
    const client = clientOf(await server.start(), clock);
    const waits: number[] = [];
    const answering = client.request("staging", call, never);
    let isOver = false;
    void answering.finally(() => (isOver = true));
    await until("the end", () => {
      const wait = clock.sleepers === 1 ? clock.nextTimer : undefined;
      if (wait !== undefined) {
        waits.push(wait);
        void clock.advance(wait);
      }
      return isOver;
    });
    const answer = await answering;
    client.dispose();
    await server.stop();
    return { answer: answer.ok ? "ok" : answer.error.reason, waits, requests: server.requests.length };
  };

  for (const [what, call] of [
    ["read", { method: "GET", path: leasePath }],
    ["write", put],
  ] as const) {
    test(`a ${what} that is turned away waits as long as it is told and a little longer, and is sent again`, async () => {
      const { answer, waits, requests } = await asked(call, [busyFor(2), busyFor(1), good]);
      assert.deepEqual([answer, requests], ["ok", 3]);
      const [first = 0, second = 0] = waits;
      assert.ok(first > 2_000 && first < 3_000 && second > 1_000 && second < 2_000, String(waits));
    });

    test(`a ${what} is given up after three tries more, and says that the cluster is busy`, async () => {
      const { answer, requests } = await asked(call, []);
      assert.deepEqual([answer, requests], ["throttled", 4]);
    });
  }
});

describe("what a missing right is called", () => {
  let server: ScriptedServer;
  let client: KubernetesClient;
  beforeEach(async () => {
    server = new ScriptedServer();
    client = clientOf(await server.start(), new ImpatientClock());
  });
  afterEach(async () => {
    client.dispose();
    await server.stop();
  });

  const leases = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases";
  const rbac = (words: string): Answer =>
    refusing(403, "Forbidden", `leases.coordination.k8s.io "dev1" is forbidden: User "eve" ${words}`);
  for (const [method, path, watch, verb, expected] of [
    ["GET", leasePath, false, "get", "get leases/dev1 in devdeploy"],
    ["PUT", leasePath, false, "update", "update leases/dev1 in devdeploy"],
    ["POST", leases, false, "create", "create leases in devdeploy"],
    ["GET", leases, false, "list", "list leases in devdeploy"],
    ["GET", leases, true, "watch", "watch leases in devdeploy"],
    [
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      false,
      "create",
      "create selfsubjectreviews",
    ],
  ] as const) {
    test(`${verb}: the verb, the object and the namespace, as an administrator grants them`, async () => {
      server.script.push(rbac(`cannot ${verb} resource "leases" in API group "coordination.k8s.io"`));
      const call = { method, path, ...(watch ? { query: { watch: "true" } } : {}) };
      const answer = await client.request("staging", call, never);
      assert.deepEqual(answer.ok ? "ok" : answer.error, { reason: "forbidden", detail: expected });
    });
  }

  test("a refusal that is not about a right keeps the API server's own words", async () => {
    const words = 'admission webhook "locks.example.com" denied the request: no deploys on Fridays';
    server.script.push(refusing(403, "Forbidden", words));
    const answer = await client.request("staging", put, never);
    assert.deepEqual(answer.ok ? "ok" : answer.error, { reason: "forbidden", detail: words });
  });
});

test("who holds a machine is asked of the API server itself, never of what it remembers", async () => {
  const server = new ScriptedServer();
  server.always = good;
  const client = clientOf(await server.start(), new ImpatientClock());
  await new LeaseLockStore(client).read(dev1, never);
  assert.deepEqual(server.requests, [`GET ${leasePath}`]);
  client.dispose();
  await server.stop();
});
