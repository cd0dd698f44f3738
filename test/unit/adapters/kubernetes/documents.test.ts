import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiAnswer, ApiCall, KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import { ApiDocumentReader } from "../../../../src/adapters/kubernetes/documents.ts";
import type { WriteError } from "../../../../src/app/ports.ts";
import type { DocumentOf } from "../../../../src/app/rolloutPorts.ts";
import { fail, ok, type Result } from "../../../../src/domain/result.ts";

const never = new AbortController().signal;
const place = { context: "staging", namespace: "dev1" };
const PODS = "/api/v1/namespaces/dev1/pods/web-1";
const LOG: DocumentOf = { kind: "log", pod: "web-1", container: "app", previous: false };

/** Answers each call as the test says, and keeps what was asked. */
class FakeApi implements KubernetesApi {
  readonly calls: ApiCall[] = [];
  readonly #answer: (call: ApiCall) => Result<unknown, WriteError>;

  constructor(answer: (call: ApiCall) => Result<unknown, WriteError>) {
    this.#answer = answer;
  }

  request(_context: string, call: ApiCall): Promise<Result<ApiAnswer, WriteError>> {
    this.calls.push(call);
    const answer = this.#answer(call);
    return Promise.resolve(answer.ok ? ok({ body: answer.value, serverTime: undefined }) : answer);
  }
}

const read = (api: FakeApi, of: DocumentOf) => new ApiDocumentReader(api).read(place, of, never);

/** A kubelet with this log: the last lines first, then cut at the end, as it does. */
const kubelet = (log: string): FakeApi =>
  new FakeApi(({ query = {} }) => {
    const lines = log.split("\n").slice(0, -1);
    const last = lines.slice(-Number(query["tailLines"])).map((line) => `${line}\n`);
    return ok(last.join("").slice(0, Number(query["limitBytes"])));
  });

const numbered = (count: number, more = ""): string =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}${more}\n`).join("");

test("a log is its last thousand lines, without secrets, and says whether there are more", async () => {
  const short = kubelet("listening\npassword=hunter2\n");
  const answers = [await read(short, LOG), await read(kubelet(numbered(1000)), LOG)];
  const long = await read(kubelet(numbered(1001)), LOG);
  assert.deepEqual(
    [answers, long, short.calls],
    [
      [
        { ok: true, value: { kind: "log", text: "listening\npassword=[redacted]\n", isCut: false } },
        { ok: true, value: { kind: "log", text: numbered(1000), isCut: false } },
      ],
      { ok: true, value: { kind: "log", text: numbered(1001).slice("line 1\n".length), isCut: true } },
      [
        {
          method: "GET",
          path: `${PODS}/log`,
          query: { container: "app", previous: "false", tailLines: "1001", limitBytes: "262144" },
          reads: "text",
          accept: "*/*",
        },
      ],
    ],
  );
});

test("where the lines are too long for the limit, fewer are read, so that the end stays", async () => {
  const api = kubelet(numbered(1000, " x".repeat(1000)));
  const answer = await read(api, LOG);
  const lines = answer.ok && answer.value.kind === "log" ? answer.value.text.split("\n") : [];
  assert.deepEqual(
    [
      api.calls.map(({ query }) => query?.["tailLines"]),
      lines.length,
      lines.at(0)?.slice(0, 10),
      lines.at(-2)?.slice(0, 11),
      answer.ok && answer.value.isCut,
    ],
    [["1001", "201", "41"], 41, "line 961 x", "line 1000 x", true],
  );
});

test("one line without an end is read once as a single line, and its beginning shown", async () => {
  const api = kubelet(`${"word ".repeat(100_000)}\n`);
  const answer = await read(api, LOG);
  assert.deepEqual(
    [api.calls.length, answer],
    [5, { ok: true, value: { kind: "log", text: `${"word ".repeat(819)}…`, isCut: true } }],
  );
});

test("why there is no log is told apart from what went wrong", async () => {
  const refused = async (error: WriteError) => await read(new FakeApi(() => fail(error)), LOG);
  assert.deepEqual(
    [
      await refused({ reason: "server-error", status: 400, detail: "is waiting to start" }),
      await refused({ reason: "server-error", status: 500, detail: "no node" }),
      await refused({ reason: "not-found", what: "pods dev1/web-1" }),
      await refused({ reason: "conflict" }),
    ],
    [
      fail({ reason: "no-log", detail: "is waiting to start" }),
      fail({ reason: "server-error", status: 500, detail: "no node" }),
      fail({ reason: "not-found", what: "pods dev1/web-1" }),
      fail({ reason: "server-error", status: 409, detail: "" }),
    ],
  );
});

const env = [
  { name: "LOG_LEVEL", value: "debug" },
  { name: "DB_PASSWORD", value: "hunter2-Prod" },
  { name: "DATABASE_URL", value: "postgres://ann:s3cret!word@db:5432/shop" },
  { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "api", key: "token" } } },
];

test("an object is YAML without bookkeeping, in which everything that looks like a secret is masked", async () => {
  const spec = { containers: [{ name: "app", args: ["--log=hunter2-Prod", "--password", "x1"], env }] };
  const copy = { apiVersion: "v1", kind: "Pod", metadata: { name: "web-1" }, spec };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: "web-1",
      managedFields: [{ manager: "kubectl" }],
      annotations: {
        "kubectl.kubernetes.io/last-applied-configuration": `${JSON.stringify(copy)}\n`,
        "vendor.example.com/token": "abc",
        "kubernetes.io/change-cause": "kubectl set env --password=abc1",
      },
    },
    spec,
  };
  const answer = await read(new FakeApi(() => ok(pod)), { kind: "yaml", object: "Pod", name: "web-1" });
  const text = answer.ok && answer.value.kind === "yaml" ? answer.value.text : "";
  const [shown = "", copied = ""] = text.split(/ {4}kubectl\.kubernetes\.io\/last-applied-configuration: /u);
  assert.deepEqual(
    [shown, copied.includes("hunter2") || copied.includes("s3cret"), copied.includes("LOG_LEVEL")],
    [
      `apiVersion: v1
kind: Pod
metadata:
  name: web-1
  annotations:
    vendor.example.com/token: "‹masked #1›"
    kubernetes.io/change-cause: "kubectl set env --password=‹masked #2›"
`,
      false,
      true,
    ],
  );
  assert.match(
    copied.replaceAll('"', ""),
    /spec:\n {2}containers:\n {4}- name: app\n {6}args:\n {8}- --log=‹masked #4›\n {8}- --password\n {8}- ‹masked #3›\n {6}env:\n {8}- name: LOG_LEVEL\n {10}value: debug\n {8}- name: DB_PASSWORD\n {10}value: ‹masked #4›\n {8}- name: DATABASE_URL\n {10}value: postgres:\/\/‹masked #5›@db:5432\/shop\n {8}- name: API_TOKEN\n {10}valueFrom:\n {12}secretKeyRef:\n {14}name: api\n {14}key: token\n$/u,
  );
});

test("an object that is too long is cut at a line", async () => {
  const labels = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`l${index}`, "x"]));
  const answer = await read(new FakeApi(() => ok({ metadata: { labels } })), {
    kind: "yaml",
    object: "Deployment",
    name: "web",
  });
  const text = answer.ok && answer.value.kind === "yaml" ? answer.value.text : "";
  assert.deepEqual(
    [text.length <= 256 * 1024, text.endsWith(": x\n"), answer.ok && answer.value.isCut],
    [true, true, true],
  );
});

const event = (reason: string, time: string, more: object = {}): object => ({
  involvedObject: { kind: "Pod", name: "web-1" },
  reason,
  message: "token=abc\nand so on",
  lastTimestamp: time,
  ...more,
});

test("the events of a pod are found by its name, since they outlive it, and stand in their order", async () => {
  const items = [
    event("Started", "2026-11-23T18:00:02Z", { type: "Normal" }),
    event("BackOff", "2026-11-23T18:00:00Z", { type: "Warning", count: 4 }),
    event("Odd", "never", { series: { count: 7 } }),
  ];
  const api = new FakeApi(() => ok({ metadata: { continue: "more" }, items }));
  const answer = await read(api, { kind: "events", object: "Pod", name: "web-1" });
  const said = { about: "Pod/web-1", message: "token=[redacted] and so on" };
  assert.deepEqual(
    [answer, api.calls.map(({ path, query }) => [path, query])],
    [
      ok({
        kind: "events",
        events: [
          { ...said, reason: "Odd", count: 7, isWarning: false },
          { at: Date.parse("2026-11-23T18:00:00Z"), ...said, reason: "BackOff", count: 4, isWarning: true },
          { at: Date.parse("2026-11-23T18:00:02Z"), ...said, reason: "Started", count: 1, isWarning: false },
        ],
        isCut: true,
      }),
      [
        [
          "/api/v1/namespaces/dev1/events",
          { fieldSelector: "involvedObject.kind=Pod,involvedObject.name=web-1", limit: "200" },
        ],
      ],
    ],
  );
});

test("the events of a workload are its own, its newest ReplicaSet's, and those of its newest pods", async () => {
  const owned = (kind: string, uid: string, owner: string, labels: object = {}): object => ({
    kind,
    metadata: {
      uid,
      labels,
      annotations: { "deployment.kubernetes.io/revision": uid.slice(-1) },
      ownerReferences: [{ controller: true, uid: owner }],
    },
  });
  const web = {
    metadata: { uid: "d1" },
    spec: { selector: { matchLabels: { app: "web" } } },
  };
  const lists: Readonly<Record<string, readonly object[]>> = {
    replicasets: [owned("ReplicaSet", "rs1", "d1"), owned("ReplicaSet", "rs2", "d1")],
    pods: [owned("Pod", "p1", "rs1"), owned("Pod", "p2", "rs2")],
    events: [],
  };
  const api = new FakeApi(({ path }) => {
    const last = path.split("/").at(-1) ?? "";
    return ok(last === "web" ? web : { items: lists[last] });
  });
  const answer = await read(api, { kind: "events", object: "Deployment", name: "web" });
  const selectors = api.calls.flatMap(({ query }) => query?.["fieldSelector"] ?? []);
  assert.deepEqual(
    [answer, selectors],
    [
      ok({ kind: "events", events: [], isCut: false }),
      ["involvedObject.uid=d1", "involvedObject.uid=rs2", "involvedObject.uid=p2"],
    ],
  );
});
