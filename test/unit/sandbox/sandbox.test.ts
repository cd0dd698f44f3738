import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Interceptor } from "../../../src/sandbox/decide.ts";
import { at, type Json, parseJson, textOf } from "../../../src/sandbox/json.ts";
import { readOptions } from "../../../src/sandbox/options.ts";
import { Refusal } from "../../../src/sandbox/refusal.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/sandbox.ts";

const PROGRAM = fileURLToPath(new URL("../../../src/sandbox/main.ts", import.meta.url));
const LEASES = "/apis/coordination.k8s.io/v1/namespaces/devdeploy/leases";

let running: Sandbox | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function start(options: object, interceptors: readonly Interceptor[] = []): Promise<Sandbox> {
  const read = readOptions(JSON.stringify({ people: ["ann"], namespaces: ["devdeploy"], ...options }));
  assert.ok(read);
  running = await startSandbox(read, interceptors);
  return running;
}

interface Reply {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json | undefined;
}

interface Access {
  readonly server: string;
  readonly ca: string;
  readonly tokens: Readonly<Record<string, string>>;
}

/** Sends a request as ann, trusting nobody but the certificate of the sandbox. */
async function ask(sandbox: Access, method: string, path: string, body?: object): Promise<Reply> {
  const response = await open(sandbox, method, path, body);
  const chunks: string[] = [];
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) chunks.push(chunk);
  return { code: response.statusCode ?? 0, headers: response.headers, body: parseJson(chunks.join("")) };
}

function open(sandbox: Access, method: string, path: string, body?: object): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${sandbox.tokens["ann"] ?? ""}`,
      "content-type": "application/json",
    };
    const sent = request(
      `${sandbox.server}${path}`,
      { method, headers, ca: sandbox.ca, agent: false },
      resolve,
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const onWrites =
  (fault: ReturnType<Interceptor>): Interceptor =>
  (call) =>
    call.verb === "create" ? fault : undefined;

test("it listens on 127.0.0.1 alone, with a certificate of its own, and dates its answers", async () => {
  const sandbox = await start({});
  const reply = await ask(sandbox, "GET", LEASES);
  assert.deepEqual(
    [new URL(sandbox.server).hostname, reply.code, at(reply.body, "items")],
    ["127.0.0.1", 200, []],
  );
  assert.ok(Math.abs(Date.parse(reply.headers.date ?? "") - Date.now()) < 5000);
});

test("objects of the options are there with their own uids, dates and states", async () => {
  const lease = {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: { name: "dev2", namespace: "locks", uid: "its-own", creationTimestamp: "2025-01-02T03:04:05Z" },
    spec: { holderIdentity: "ben" },
  };
  const sandbox = await start({ objects: [lease] });
  const { body } = await ask(sandbox, "GET", "/apis/coordination.k8s.io/v1/namespaces/locks/leases/dev2");
  assert.deepEqual(
    [
      at(body, "metadata", "uid"),
      at(body, "metadata", "creationTimestamp"),
      at(body, "spec", "holderIdentity"),
    ],
    ["its-own", "2025-01-02T03:04:05Z", "ben"],
  );
});

test("a lost reply leaves the change made and the client without a word", async () => {
  const sandbox = await start({}, [onWrites({ kind: "lose-reply" })]);
  await assert.rejects(ask(sandbox, "POST", LEASES, { metadata: { name: "dev1" } }), { code: "ECONNRESET" });
  assert.equal((await ask(sandbox, "GET", `${LEASES}/dev1`)).code, 200);
});

test("a lost request changes nothing", async () => {
  const sandbox = await start({}, [onWrites({ kind: "lose-request" })]);
  await assert.rejects(ask(sandbox, "POST", LEASES, { metadata: { name: "dev1" } }), { code: "ECONNRESET" });
  assert.equal((await ask(sandbox, "GET", `${LEASES}/dev1`)).code, 404);
});

test("a refusal of an interceptor is answered like any other, with the time to wait", async () => {
  const refusal = new Refusal(429, "TooManyRequests", "slow down");
  const sandbox = await start({}, [onWrites({ kind: "refuse", refusal, retryAfterSeconds: 3 })]);
  const reply = await ask(sandbox, "POST", LEASES, { metadata: { name: "dev1" } });
  assert.deepEqual(
    [reply.code, reply.headers["retry-after"], at(reply.body, "reason")],
    [429, "3", "TooManyRequests"],
  );
});

test("a silenced watch is opened and says nothing", async () => {
  const silence: Interceptor = (call) => (call.verb === "watch" ? { kind: "silence" } : undefined);
  const sandbox = await start({}, [silence]);
  const watch = await open(sandbox, "GET", `${LEASES}?watch=true&timeoutSeconds=1`);
  await ask(sandbox, "POST", LEASES, { metadata: { name: "dev1" } });
  const heard: string[] = [];
  for await (const chunk of watch.setEncoding("utf8") as AsyncIterable<string>) heard.push(chunk);
  assert.deepEqual([watch.statusCode, heard], [200, []]);
});

test("after a compaction old pages and old watches are gone", async () => {
  const sandbox = await start({});
  for (const name of ["dev1", "dev2"]) await ask(sandbox, "POST", LEASES, { metadata: { name } });
  const first = await ask(sandbox, "GET", `${LEASES}?limit=1`);
  const version = textOf(at(first.body, "metadata", "resourceVersion"));
  await ask(sandbox, "DELETE", `${LEASES}/dev1`);
  sandbox.compact();
  const second = await ask(
    sandbox,
    "GET",
    `${LEASES}?continue=${textOf(at(first.body, "metadata", "continue"))}`,
  );
  const watch = await ask(sandbox, "GET", `${LEASES}?watch=true&resourceVersion=${version}`);
  assert.deepEqual([second.code, watch.code, at(watch.body, "object", "code")], [410, 200, 410]);
});

async function startProgram(options: object): Promise<{ child: ChildProcess; access: Access }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.write(`${JSON.stringify({ people: ["ann"], namespaces: ["devdeploy"], ...options })}\n`);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  const parsed = parseJson(line);
  const tokens = { ann: textOf(at(parsed, "tokens", "ann")) };
  return { child, access: { server: textOf(at(parsed, "server")), ca: textOf(at(parsed, "ca")), tokens } };
}

test("the program ends with its standard input", async () => {
  const { child, access } = await startProgram({});
  assert.equal((await ask(access, "GET", LEASES)).code, 200);
  child.stdin?.end();
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a detached program outlives its standard input and ends when it is told to", async () => {
  const { child, access } = await startProgram({ detached: true });
  child.stdin?.end();
  if (child.stdin !== null) await once(child.stdin, "close");
  assert.equal((await ask(access, "GET", LEASES)).code, 200);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("options that are no JSON object are refused", () => {
  assert.deepEqual(
    [readOptions("[]"), readOptions("{"), readOptions("")?.admin],
    [undefined, undefined, "admin"],
  );
});

test("a restart cuts what is open and keeps the address and every object", async () => {
  const sandbox = await start({});
  await ask(sandbox, "POST", LEASES, { metadata: { name: "dev1" } });
  const watch = await open(sandbox, "GET", `${LEASES}?watch=true`);
  const cut = once(watch, "error");
  watch.resume();
  // One that never gets further than its beginning.
  const silent = connect(Number(new URL(sandbox.server).port), "127.0.0.1");
  await once(silent, "connect");
  const closed = once(silent, "close");
  await sandbox.restart(0);
  await Promise.all([cut, closed]);
  const reply = await ask(sandbox, "GET", `${LEASES}/dev1`);
  assert.deepEqual([reply.code, at(reply.body, "metadata", "name")], [200, "dev1"]);
});
