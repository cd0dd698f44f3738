import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { ApiCall, KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { LeaseLockStore } from "../../../../src/adapters/kubernetes/leases.ts";
import { pinned } from "../../../../src/adapters/kubernetes/pinnedApi.ts";
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

test("a pool of thirty machines is read at once without a warning of Node's about it", async () => {
  const warnings: string[] = [];
  const hear = ({ name }: Error): void => {
    warnings.push(name);
  };
  process.on("warning", hear);
  const server = new ScriptedServer();
  server.always = good;
  const client = clientOf(await server.start(), new ImpatientClock());
  const { signal } = new AbortController();
  const store = new LeaseLockStore(client);
  const reads = Array.from({ length: 30 }, (_, index) =>
    store.read({ ...dev1, name: `dev${index}` }, signal),
  );
  assert.ok((await Promise.all(reads)).every(({ ok }) => ok));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", hear);
  assert.deepEqual(warnings, []);
  client.dispose();
  await server.stop();
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

describe("a kubeconfig that is edited meanwhile", () => {
  let first: ScriptedServer;
  let second: ScriptedServer;
  let kubeconfig: string;
  beforeEach(async () => {
    first = new ScriptedServer();
    second = new ScriptedServer();
    first.always = good;
    second.always = good;
    kubeconfig = await first.start();
    await second.start();
  });
  afterEach(async () => {
    await first.stop();
    await second.stop();
  });
  const get = { method: "GET", path: leasePath } as const;
  const said = async (api: KubernetesApi, call: ApiCall = get): Promise<string> => {
    const answer = await api.request("staging", call, never);
    return answer.ok ? "ok" : answer.error.reason;
  };
  const edit = (text: string): Promise<void> => writeFile(kubeconfig, text);

  test("an operation does not follow its context to another cluster: what it began it does not go on with there", async () => {
    const client = clientOf(kubeconfig, new ImpatientClock());
    const operation = pinned(client);
    const before = await said(operation);
    await edit(kubeconfigText(second.url));
    assert.deepEqual(
      [before, await said(operation, put), await said(operation), second.requests],
      ["ok", "context-changed", "context-changed", []],
    );
    // The next operation begins where the context leads now.
    assert.deepEqual([await said(pinned(client)), second.requests.length], ["ok", 1]);
    await edit(kubeconfigText(first.url));
    assert.equal(await said(operation), "ok");
    client.dispose();
  });

  test("another current context, another user and another context beside it change nothing for an operation", async () => {
    const client = clientOf(kubeconfig, new ImpatientClock());
    const operation = pinned(client);
    await said(operation);
    const text = kubeconfigText(first.url, { token: "fresh" });
    await edit(text.replace("{", '{ "current-context": "production", '));
    assert.deepEqual([await said(operation), second.requests], ["ok", []]);
    client.dispose();
  });

  test("a watch does not go on in another cluster from the version of the first: it lists anew there", async () => {
    const clock = new ManualClock();
    const client = clientOf(kubeconfig, clock);
    const watches = new SharedWatches({ client, clock, random: () => 1, log: new FakeLog() });
    const streams: ServerResponse[] = [];
    const watching: Answer = (_request, response) => {
      streams.push(response);
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
    };
    first.script.push(listing("10", aLease("dev1", "9")), watching);
    second.script.push(listing("70", aLease("dev7", "69")), watching);
    const watch = watches.leases("staging", "devdeploy");
    await until("live", () => watch.current.liveness.kind === "live");
    await edit(kubeconfigText(second.url));
    await clock.advance(MINUTE_MS);
    streams[0]?.end();
    await until("the other cluster's list", () => {
      void clock.advance(100);
      return watch.current.items.has("dev7");
    });
    assert.deepEqual([[...watch.current.items.keys()], first.requests.length], [["dev7"], 2]);
    watches.dispose();
    client.dispose();
  });
});
