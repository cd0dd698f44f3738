import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { ReviewedIdentity } from "../../../../src/adapters/kubernetes/identity.ts";
import type { WriteError } from "../../../../src/app/ports.ts";
import { SECOND_MS } from "../../../../src/domain/time.ts";
import { clientOf, json, refusing, ScriptedServer, until, type Answer } from "../../../fakes/apiServer.ts";
import { ImpatientClock, ManualClock } from "../../../fakes/clock.ts";

const never = new AbortController().signal;
const path = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases/dev1";
const get = { method: "GET", path } as const;
const put = { method: "PUT", path, body: { kind: "Lease" } } as const;
const good: Answer = (_request, response) => {
  json(response, 200, { kind: "Lease" });
};
const html: Answer = (_request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end("<html>Sign in</html>");
};
const plain =
  (status: number, headers: object = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { "Content-Type": "text/plain", ...headers }).end("no");
  };

describe("the Kubernetes client", () => {
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
  const asked = async (call: typeof get | typeof put): Promise<WriteError | "ok"> => {
    const answer = await client.request("staging", call, never);
    return answer.ok ? "ok" : answer.error;
  };

  test("an answer's body comes with the server's time", async () => {
    server.script.push((_request, response) => {
      json(response, 200, { kind: "Lease" }, { Date: "Mon, 23 Nov 2026 08:00:00 GMT" });
    });
    const answer = await client.request("staging", get, never);
    assert.deepEqual(answer.ok && [answer.value.body, answer.value.serverTime], [
      { kind: "Lease" },
      Date.UTC(2026, 10, 23, 8),
    ]);
  });

  for (const date of ["", "tomorrow"]) {
    test(`a Date header "${date}" leaves the server's time unknown`, async () => {
      server.script.push((_request, response) => {
        response.sendDate = false;
        json(response, 200, {}, date === "" ? {} : { Date: date });
      });
      const answer = await client.request("staging", get, never);
      assert.equal(answer.ok && answer.value.serverTime, undefined);
    });
  }

  const refusals: readonly (readonly [string, Answer, (url: string) => WriteError])[] = [
    ["403", refusing(403, "Forbidden", "cannot get"), () => ({ reason: "forbidden", detail: "cannot get" })],
    ["404", refusing(404, "NotFound"), () => ({ reason: "not-found", what: "leases devdeploy/dev1" })],
    ["409 of a conflict", refusing(409, "Conflict"), () => ({ reason: "conflict" })],
    ["409 of what exists", refusing(409, "AlreadyExists"), () => ({ reason: "conflict" })],
    ["422", refusing(422, "Invalid", "x"), () => ({ reason: "server-error", status: 422, detail: "x" })],
    ["410", refusing(410, "Expired", "x"), () => ({ reason: "server-error", status: 410, detail: "x" })],
    [
      "a sign-in page",
      html,
      (url) => ({ reason: "not-kubernetes", server: url, detail: "status 200, text/html" }),
    ],
    [
      "a redirect to one",
      plain(302, { Location: "https://login.example.com" }),
      (url) => ({ reason: "not-kubernetes", server: url, detail: "status 302, text/plain" }),
    ],
  ];
  for (const [what, answer, expected] of refusals) {
    test(`${what} is told as what it is, and not tried again`, async () => {
      server.script.push(answer);
      assert.deepEqual(await asked(get), expected(server.url));
      assert.equal(server.requests.length, 1);
    });
  }

  test("a text that looks like a credential does not get into an error", async () => {
    server.script.push(refusing(403, "Forbidden", "token Bearer abc.def.ghi refused"));
    assert.deepEqual(await asked(get), { reason: "forbidden", detail: "token [redacted] refused" });
  });

  for (const [what, answer] of [
    ["503", refusing(503, "ServiceUnavailable")],
    ["a leader change (500)", refusing(500, "InternalError", "etcdserver: leader changed")],
    [
      "a broken connection",
      (request: { socket: { destroy(): void } }) => {
        request.socket.destroy();
      },
    ],
  ] as const) {
    test(`a read is tried again after ${what}`, async () => {
      server.script.push(answer, answer, good);
      assert.equal(await asked(get), "ok");
    });

    test(`a write is not tried again after ${what}`, async () => {
      server.script.push(answer, good);
      assert.notEqual(await asked(put), "ok");
      assert.equal(server.requests.length, 1);
    });
  }

  test("a read is given up after three tries more", async () => {
    server.always = refusing(503, "ServiceUnavailable");
    assert.deepEqual(await asked(get), { reason: "server-error", status: 503, detail: "" });
    assert.equal(server.requests.length, 4);
  });

  test("a server that wants a minute of rest is not asked meanwhile, and that is told", async () => {
    server.always = plain(429, { "Retry-After": "60" });
    assert.deepEqual(await asked(get), { reason: "throttled", retryAfterMs: 60 * SECOND_MS });
    assert.equal(server.requests.length, 1);
  });

  test("after a 401 credentials are fetched anew, once, even for a write", async () => {
    server.script.push(refusing(401, "Unauthorized"), good);
    assert.equal(await asked(put), "ok");
    server.always = refusing(401, "Unauthorized");
    server.requests.length = 0;
    assert.deepEqual(await asked(put), { reason: "unauthorized", context: "staging" });
    assert.equal(server.requests.length, 2);
  });

  test("twenty requests, one after the other, share one connection", async () => {
    server.always = good;
    for (let count = 0; count < 20; count += 1) await asked(get);
    assert.deepEqual([server.requests.length, server.connections], [20, 1]);
  });

  test("a server before Kubernetes 1.28 does not know who we are, and that is said", async () => {
    server.script.push(plain(404));
    assert.deepEqual(await new ReviewedIdentity(client).whoAmI("staging", never), {
      ok: false,
      error: { reason: "not-found", what: "SelfSubjectReview" },
    });
  });

  test("a server that is not there is unreachable, with the system's own word", async () => {
    const { url } = server;
    await server.close();
    assert.deepEqual(await asked(get), { reason: "unreachable", server: url, detail: "ECONNREFUSED" });
  });
});

describe("time limits of the client", () => {
  test("a server that never answers is given up after the call's own limit, and once more", async () => {
    const server = new ScriptedServer();
    server.always = () => undefined;
    const clock = new ManualClock();
    const client = clientOf(await server.start(), clock);
    const answer = client.request("staging", { ...get, timeoutMs: 5_000 }, never);
    for (const count of [1, 2]) {
      await until(`request ${count}`, () => server.requests.length === count);
      await clock.advance(4_999);
      await clock.advance(1);
      // The wait before the next try.
      if (count === 1) await until("a pause", () => clock.nextTimer !== undefined && clock.nextTimer < 1_000);
      if (count === 1) await clock.advance(SECOND_MS);
    }
    assert.deepEqual(await answer, {
      ok: false,
      error: { reason: "timeout", server: server.url, afterMs: 5_000 },
    });
    client.dispose();
    await server.stop();
  });

  test("an aborted request ends at once as aborted", async () => {
    const server = new ScriptedServer();
    server.always = () => undefined;
    const client = clientOf(await server.start(), new ManualClock());
    const abort = new AbortController();
    const answer = client.request("staging", get, abort.signal);
    await until("the request", () => server.requests.length === 1);
    abort.abort();
    assert.deepEqual(await answer, { ok: false, error: { reason: "aborted" } });
    client.dispose();
    await server.stop();
  });
});
