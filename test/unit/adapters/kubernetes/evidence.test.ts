import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiAnswer, ApiCall, KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import { ApiEvidenceReader } from "../../../../src/adapters/kubernetes/evidence.ts";
import { objectsAt } from "../../../../src/adapters/kubernetes/json.ts";
import type { WriteError } from "../../../../src/app/ports.ts";
import type { WorkloadFacts } from "../../../../src/domain/releaseFacts.ts";
import { fail, ok, type Result } from "../../../../src/domain/result.ts";
import type { WorkloadKind } from "../../../../src/domain/rollouts.ts";

const never = new AbortController().signal;
const ref = { context: "prod", namespace: "shop", release: "web" };
const FORBIDDEN: WriteError = { reason: "forbidden", detail: "get that" };

/** An API server that has what stands in `objects`, by path; everything else is not there. */
class FakeApi implements KubernetesApi {
  readonly calls: ApiCall[] = [];
  atOnce = 0;
  most = 0;
  readonly #objects: Readonly<Record<string, unknown>>;
  readonly #refusal: WriteError;

  constructor(
    objects: Readonly<Record<string, unknown>>,
    refusal: WriteError = { reason: "not-found", what: "" },
  ) {
    this.#objects = objects;
    this.#refusal = refusal;
  }

  async request(_context: string, call: ApiCall): Promise<Result<ApiAnswer, WriteError>> {
    this.calls.push(call);
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    await Promise.resolve();
    this.atOnce -= 1;
    const body = this.#objects[call.path];
    return body === undefined ? fail(this.#refusal) : ok({ body, serverTime: undefined });
  }
}

const deployment = (name: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\n---\n`;
const APPS = "/apis/apps/v1/namespaces/shop";
const NODES = "/api/v1/nodes/node-2";
const owned = (uid: string): object => ({ ownerReferences: [{ controller: true, uid }] });

test("workloads come with the conditions of both themselves and their newest ReplicaSet, and its pods alone", async () => {
  const condition = (type: string): object => ({ type, status: "True", reason: "R", message: "M" });
  const read = (type: string): object => ({ type, status: "True", reason: "R", message: "M" });
  const set = (name: string, uid: string, revision: string): object => ({
    metadata: {
      ...{ name, uid, ...owned("d1") },
      annotations: { "deployment.kubernetes.io/revision": revision },
      labels: { "pod-template-hash": name },
    },
    status: { conditions: [condition(`of ${name}`), condition("ReplicaFailure")] },
  });
  const pod = (name: string, owner: string, metadata: object = {}): object => ({
    metadata: { name, namespace: "shop", uid: name, ...owned(owner), ...metadata },
    spec: {
      initContainers: [
        { name: "migrate", image: "m:1" },
        { name: "sidecar", image: "s:1", restartPolicy: "Always" },
      ],
      containers: [
        {
          name: "app",
          image: "app:1",
          resources: { limits: { memory: "64Mi" } },
          readinessProbe: { httpGet: { path: "/healthz", port: "http", scheme: "HTTPS" } },
          livenessProbe: { tcpSocket: { port: 8080 } },
          startupProbe: { exec: { command: ["test", "-f", "/started"] } },
        },
      ],
      readinessGates: [{ conditionType: "example.com/balanced" }],
    },
    status: {
      phase: "Running",
      initContainerStatuses: [
        {
          name: "migrate",
          ready: true,
          restartCount: 0,
          state: { terminated: { exitCode: 0, reason: "Completed" } },
        },
      ],
      containerStatuses: [
        {
          name: "app",
          ready: false,
          restartCount: 2,
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off" } },
          lastState: { terminated: { exitCode: 1, reason: "Error" } },
        },
      ],
    },
  });
  const api = new FakeApi({
    [`${APPS}/deployments/web`]: {
      metadata: { name: "web", uid: "d1" },
      spec: { replicas: 3, selector: { matchLabels: { app: "web" } } },
      status: { conditions: [condition("Progressing"), condition("ReplicaFailure")] },
    },
    [`${APPS}/replicasets`]: { items: [set("old", "rs1", "1"), set("new", "rs2", "2")] },
    "/api/v1/namespaces/shop/pods": {
      items: [
        pod("w1", "rs2"),
        pod("w2", "rs1"),
        pod("w3", "rs2", { deletionTimestamp: "2026-11-23T00:00:00Z" }),
      ],
    },
  });
  const facts = await new ApiEvidenceReader(api).facts(
    ref,
    { manifest: deployment("web"), hooks: [] },
    never,
  );
  assert.deepEqual(facts, {
    ok: true,
    value: {
      workloads: [
        {
          name: "Deployment/web",
          namespace: "shop",
          exists: true,
          wanted: 3,
          uids: ["d1", "rs2"],
          // Its own ReplicaFailure may be one of an older ReplicaSet.
          conditions: [read("Progressing"), read("of new"), read("ReplicaFailure")],
          rollout: {
            ...{ isObserved: true, isPaused: false, minReadySeconds: 0, available: 0 },
            ...{ replaces: "by-itself", inTheWay: [] },
          },
          pods: [
            {
              name: "w1",
              namespace: "shop",
              uid: "w1",
              phase: "Running",
              reason: "",
              message: "",
              isReady: false,
              conditions: [],
              gates: ["example.com/balanced"],
              containers: [
                {
                  ...{ name: "migrate", image: "m:1", isInit: true, isReady: true, restarts: 0 },
                  state: { kind: "terminated", exitCode: 0, reason: "Completed", message: "" },
                },
                {
                  ...{ name: "sidecar", image: "s:1", isInit: false, isReady: false, restarts: 0 },
                  isSidecar: true,
                  state: { kind: "unknown" },
                },
                {
                  ...{ name: "app", image: "app:1", isInit: false, isReady: false, restarts: 2 },
                  state: { kind: "waiting", reason: "CrashLoopBackOff", message: "back-off" },
                  last: { exitCode: 1, reason: "Error", message: "" },
                  memoryLimit: "64Mi",
                  readinessProbe: "HTTPS GET :http/healthz",
                  livenessProbe: "TCP :8080",
                  startupProbe: "test -f /started",
                },
              ],
            },
          ],
        },
      ],
      hooks: [],
    },
  });
});

const asFacts = async (
  objects: Readonly<Record<string, unknown>>,
  kind: WorkloadKind = "Deployment",
): Promise<WorkloadFacts | undefined> => {
  const of = { context: "prod", namespace: "shop", kind, name: "web" };
  const facts = await new ApiEvidenceReader(new FakeApi(objects, FORBIDDEN)).workloadFacts(of, never);
  return facts.ok ? facts.value.workloads[0] : undefined;
};

const template = (image: string, labels: object = {}): object => ({
  metadata: { creationTimestamp: null, labels: { app: "web", ...labels } },
  spec: { containers: [{ name: "app", image }] },
});

/** A Deployment that had two templates, and a pod of each; its own is the first again. */
const twoTemplates = (spec: object, observedGeneration = 2): Readonly<Record<string, unknown>> => ({
  [`${APPS}/deployments/web`]: {
    metadata: { name: "web", uid: "d1", generation: 2 },
    spec: { selector: { matchLabels: { app: "web" } }, template: template("app:1"), ...spec },
    status: { observedGeneration },
  },
  [`${APPS}/replicasets`]: {
    items: ["1", "2"].map((number) => ({
      metadata: {
        ...{ uid: `rs${number}`, ...owned("d1") },
        annotations: { "deployment.kubernetes.io/revision": number },
      },
      spec: { template: template(`app:${number}`, { "pod-template-hash": number }) },
    })),
  },
  "/api/v1/namespaces/shop/pods": {
    items: ["1", "2"].map((number) => ({
      metadata: { name: `web-${number}`, uid: `p${number}`, ...owned(`rs${number}`) },
      spec: { nodeName: "node-2", containers: [{ name: "app", image: `app:${number}` }] },
      status: { containerStatuses: [{ name: "app", state: { running: {} }, ready: true }] },
    })),
  },
  [NODES]: { status: { conditions: [{ type: "Ready", status: "Unknown", message: "stopped posting" }] } },
});

test("the newest template is the workload's own, whichever number its ReplicaSet has", async () => {
  const facts = await asFacts(twoTemplates({}));
  assert.deepEqual([facts?.uids, facts?.pods.map(({ name }) => name)], [["d1", "rs1"], ["web-1"]]);
});

test("while nothing was made of the template, there are no pods of it: not of a paused one, not of one unseen", async () => {
  const spec = { template: template("app:3"), paused: true };
  const paused = await asFacts(twoTemplates(spec));
  assert.deepEqual([paused?.pods, paused?.rollout?.isPaused], [[], true]);
  const unseen = await asFacts(twoTemplates({ template: template("app:3") }, 1));
  assert.deepEqual([unseen?.pods, unseen?.rollout?.isObserved], [[], false]);
});

test("a ReplicaSet that somebody else made is none of the workload's, whatever its labels and its template", async () => {
  const all = twoTemplates({});
  const theirs = {
    metadata: { uid: "rs9", ...owned("c1"), annotations: { "deployment.kubernetes.io/revision": "9" } },
    spec: { template: template("app:1") },
  };
  const pod = { metadata: { name: "theirs", uid: "p9", ...owned("rs9") } };
  const items = (path: string): readonly unknown[] => objectsAt(all[path], "items");
  const facts = await asFacts({
    ...all,
    [`${APPS}/replicasets`]: { items: [theirs, ...items(`${APPS}/replicasets`)] },
    "/api/v1/namespaces/shop/pods": { items: [pod, ...items("/api/v1/namespaces/shop/pods")] },
  });
  assert.deepEqual([facts?.uids, facts?.pods.map(({ name }) => name)], [["d1", "rs1"], ["web-1"]]);
});

test("a template in which an API server fills in more than it once did is found by its number", async () => {
  const filled = await asFacts(twoTemplates({ template: template("app:2", { filled: "in" }) }));
  assert.deepEqual(
    filled?.pods.map(({ name }) => name),
    ["web-2"],
  );
});

test("a pod that only seems to run comes with its node, where that may be read", async () => {
  const facts = await asFacts(twoTemplates({}));
  assert.deepEqual(facts?.pods[0]?.node, { name: "node-2", isReady: false });
  const hidden = await asFacts({ ...twoTemplates({}), [NODES]: undefined });
  assert.deepEqual(hidden?.pods[0]?.node, { name: "node-2" });
});

const going = { deletionTimestamp: "2026-11-23T08:00:00Z", finalizers: ["example.com/drain"] };

test("old pods are in the way where new ones wait for their end, and not in a rolling update", async () => {
  const objects = (type: string): Readonly<Record<string, unknown>> => {
    const all = twoTemplates({ strategy: { type }, template: template("app:2"), replicas: 2 });
    return {
      ...all,
      "/api/v1/namespaces/shop/pods": {
        items: [
          { metadata: { name: "web-1", uid: "p1", ...owned("rs1"), ...going } },
          { metadata: { name: "other", uid: "p9", ...owned("rs9"), ...going } },
        ],
      },
    };
  };
  const inTheWay = async (type: string): Promise<unknown> =>
    (await asFacts(objects(type)))?.rollout?.inTheWay;
  assert.deepEqual(
    [await inTheWay("Recreate"), await inTheWay("RollingUpdate")],
    [
      [
        {
          ...{ name: "web-1", why: "terminating", endedAt: Date.UTC(2026, 10, 23, 8) },
          finalizers: ["example.com/drain"],
        },
      ],
      [],
    ],
  );
});

const statefulSet = (spec: object): Readonly<Record<string, unknown>> => ({
  [`${APPS}/statefulsets/web`]: {
    metadata: {
      ...{ name: "web", uid: "s1" },
      managedFields: [
        { operation: "Update", time: "2026-11-23T07:00:00Z" },
        { operation: "Update", time: "2026-11-23T09:00:00Z", subresource: "status" },
        { operation: "Apply", time: "2026-11-23T08:00:00Z" },
      ],
    },
    spec: { selector: { matchLabels: { app: "web" } }, ...spec },
    status: { updateRevision: "web-new" },
  },
  "/api/v1/namespaces/shop/pods": { items: [{ metadata: { name: "web-0", uid: "p0", ...owned("s1") } }] },
  "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers": {
    items: [{ metadata: { name: "up" }, spec: { scaleTargetRef: { kind: "StatefulSet", name: "web" } } }],
  },
});

test("of a StatefulSet it counts how it replaces its pods, when it was changed, and what scales it", async () => {
  const rollout = async (spec: object): Promise<unknown> =>
    (await asFacts(statefulSet(spec), "StatefulSet"))?.rollout;
  const common = { isObserved: true, changedAt: Date.UTC(2026, 10, 23, 8), isPaused: false, available: 0 };
  assert.deepEqual(
    [
      await rollout({ updateStrategy: { type: "OnDelete" }, podManagementPolicy: "Parallel" }),
      await rollout({
        replicas: 0,
        minReadySeconds: 30,
        updateStrategy: { rollingUpdate: { partition: 2 } },
      }),
    ],
    [
      { ...common, minReadySeconds: 0, replaces: "on-delete", inTheWay: [] },
      {
        ...{ ...common, minReadySeconds: 30, replaces: "partition", inTheWay: [] },
        autoscaler: { name: "up", conditions: [] },
      },
    ],
  );
});

test("a workload that is absent is said to be, and one that may not be read ends it", async () => {
  const revision = { manifest: deployment("web"), hooks: [] };
  const absent = await new ApiEvidenceReader(new FakeApi({})).facts(ref, revision, never);
  assert.deepEqual(absent.ok && absent.value.workloads.map(({ name, exists }) => [name, exists]), [
    ["Deployment/web", false],
  ]);
  const refused = await new ApiEvidenceReader(new FakeApi({}, FORBIDDEN)).facts(ref, revision, never);
  assert.deepEqual(refused, fail(FORBIDDEN));
});

test("hooks that may not be read, are gone or run nothing are left out", async () => {
  const hooks = ["Job", "Job", "ConfigMap"].map((kind, index) => ({
    kind,
    name: `hook-${index}`,
    events: ["pre-upgrade"],
    manifest: "metadata: { namespace: other }",
  }));
  const api = new FakeApi(
    {
      "/apis/batch/v1/namespaces/other/jobs/hook-1": {
        metadata: { uid: "j1", creationTimestamp: "1970-01-01T00:00:01Z" },
        status: {
          conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "M" }],
        },
      },
    },
    FORBIDDEN,
  );
  const facts = await new ApiEvidenceReader(api).facts(ref, { manifest: "", hooks }, never);
  assert.deepEqual(facts, {
    ok: true,
    value: {
      workloads: [],
      hooks: [
        {
          ...{
            kind: "Job",
            name: "hook-1",
            namespace: "other",
            events: ["pre-upgrade"],
            uid: "j1",
            createdAt: 1000,
          },
          hasFailed: true,
          conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded", message: "M" }],
          pods: [],
        },
      ],
    },
  });
});

test("of a huge or hostile manifest some workloads are read, some at a time", async () => {
  const api = new FakeApi({});
  const many = Array.from({ length: 500 }, (_, index) => deployment(`web-${index}`)).join("");
  const bomb = `a: &a [x]\nb: &b [${"*a,".repeat(200)}]\nkind: Deployment\napiVersion: apps/v1\nmetadata: *b\n---\n`;
  const facts = await new ApiEvidenceReader(api).facts(
    ref,
    { manifest: `${bomb}: [\n---\n${many}`, hooks: [] },
    never,
  );
  assert.ok(facts.ok);
  assert.deepEqual([facts.value.workloads.length, api.calls.length, api.most <= 6], [40, 40, true]);
});

test("events are asked for by uid, a bounded number of them, and sorted by when they were seen last", async () => {
  const about = { involvedObject: { kind: "Pod", name: "web-1" } };
  const api = new FakeApi({
    "/api/v1/namespaces/shop/events": {
      items: [
        {
          ...about,
          type: "Warning",
          reason: "BackOff",
          message: "M".repeat(5000),
          count: 3,
          lastTimestamp: "2026-11-23T00:00:09Z",
          involvedObject: { kind: "Pod", name: "web-1", fieldPath: "spec.containers{app}" },
        },
        { ...about, type: "Normal", reason: "Pulled", message: "", eventTime: "2026-11-23T00:00:01Z" },
        {
          ...about,
          type: "Warning",
          reason: "Unhealthy",
          message: "",
          series: { count: 7, lastObservedTime: "2026-11-23T00:00:05Z" },
        },
      ],
    },
  });
  const events = await new ApiEvidenceReader(api).events(ref, { namespace: "shop", uid: "p1" }, never);
  assert.ok(events.ok);
  assert.deepEqual(
    events.value.map(({ about: of, reason, count, at, isWarning, message, container }) => [
      of,
      reason,
      count,
      new Date(at ?? 0).toISOString(),
      isWarning,
      message.length,
      container,
    ]),
    [
      ["Pod/web-1", "Pulled", 1, "2026-11-23T00:00:01.000Z", false, 0, undefined],
      ["Pod/web-1", "Unhealthy", 7, "2026-11-23T00:00:05.000Z", true, 0, undefined],
      ["Pod/web-1", "BackOff", 3, "2026-11-23T00:00:09.000Z", true, 1024, "app"],
    ],
  );
  assert.deepEqual(api.calls[0]?.query, { fieldSelector: "involvedObject.uid=p1", limit: "50" });
});

test("a log is asked for as text, its last lines only, and cut where the server does not", async () => {
  const api = new FakeApi({ "/api/v1/namespaces/shop/pods/web-1/log": `${"x".repeat(50_000)}end` });
  const of = { namespace: "shop", pod: "web-1", container: "app", previous: true };
  const log = await new ApiEvidenceReader(api).log(ref, of, never);
  assert.ok(log.ok);
  assert.deepEqual([log.value.length, log.value.slice(-4)], [16_384, "xend"]);
  const [call] = api.calls;
  assert.deepEqual(
    [call?.reads, call?.query],
    ["text", { container: "app", previous: "true", tailLines: "50", limitBytes: "16384" }],
  );
});
