import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import { ApiWorkloadReader, workloadsOf } from "../../../../src/adapters/kubernetes/workloads.ts";
import type { WriteError } from "../../../../src/app/ports.ts";
import { fail, ok } from "../../../../src/domain/result.ts";
import { aReading } from "../../../builders/deploy.ts";

const ref = { context: "staging", namespace: "web", release: "dev1" };
const signal = new AbortController().signal;

/** Answers by path and label selector; what is not listed is not found. */
function apiWith(answers: Readonly<Record<string, unknown>>): KubernetesApi {
  return {
    request: (_context, { path, query }) => {
      const key = query?.["labelSelector"] === undefined ? path : `${path}?${query["labelSelector"]}`;
      const body = answers[key];
      const error: WriteError = { reason: "not-found", what: key };
      return Promise.resolve(body === undefined ? fail(error) : ok({ body, serverTime: 0 }));
    },
  };
}

const owner = (uid: string): object => ({ ownerReferences: [{ controller: true, uid }] });
const template = { spec: { containers: [{ name: "app", image: "registry.example.com/app:new" }] } };
const deployment = (changed: object = {}): object => ({
  metadata: { name: "dev1", uid: "d1", generation: 4 },
  spec: { replicas: 2, selector: { matchLabels: { app: "dev1" } }, template },
  status: { observedGeneration: 4 },
  ...changed,
});
const replicaSet = (hash: string, revision: number, uid = "d1"): object => ({
  metadata: {
    uid: `rs-${hash}`,
    labels: { "pod-template-hash": hash },
    annotations: { "deployment.kubernetes.io/revision": String(revision) },
    ...owner(uid),
  },
});
const pod = (name: string, replicaSetUid: string, status: object, metadata: object = {}): object => ({
  metadata: { name, ...owner(replicaSetUid), ...metadata },
  status,
});
const ready = { conditions: [{ type: "Ready", status: "True" }], containerStatuses: [{ restartCount: 1 }] };

const apps = "/apis/apps/v1/namespaces/web";
const pods = "/api/v1/namespaces/web/pods";
const manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: dev1 }\n";
const image = { workload: "Deployment/dev1", container: "app", image: "registry.example.com/app:new" };

describe("which workloads a manifest names", () => {
  test("those that run pods, in whatever namespace they say, lists and several documents included", async () => {
    const text = [
      "# Source: x",
      "apiVersion: v1\nkind: Service\nmetadata: { name: s }",
      manifest,
      "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: { name: db, namespace: data }",
      "kind: List\nitems: [{ apiVersion: apps/v1, kind: DaemonSet, metadata: { name: agent } }]",
      "apiVersion: example.com/v1\nkind: Deployment\nmetadata: { name: other }",
      "a: [",
    ].join("\n---\n");
    assert.deepEqual(await workloadsOf(text, "web"), [
      { kind: "Deployment", name: "dev1", namespace: "web" },
      { kind: "StatefulSet", name: "db", namespace: "data" },
      { kind: "DaemonSet", name: "agent", namespace: "web" },
    ]);
  });
});

describe("what a workload is now", () => {
  test("only pods of the newest ReplicaSet that the Deployment itself owns speak for it", async () => {
    const api = apiWith({
      [`${apps}/deployments/dev1`]: deployment(),
      [`${apps}/replicasets?app=dev1`]: {
        // Revision 10 comes after 9; and a stranger has the same labels.
        items: [replicaSet("old", 9), replicaSet("new", 10), replicaSet("stranger", 99, "d2")],
      },
      [`${pods}?app=dev1,pod-template-hash=new`]: {
        items: [
          pod("dev1-a", "rs-new", ready),
          pod("dev1-b", "rs-new", {
            conditions: [{ type: "Ready", status: "False" }],
            containerStatuses: [
              { name: "app", state: { waiting: { reason: "ImagePullBackOff", message: "not\nfound" } } },
            ],
          }),
          pod("dev1-c", "rs-new", ready, { deletionTimestamp: "2026-11-23T08:00:00Z" }),
          pod("dev1-d", "rs-stranger", ready),
        ],
      },
    });
    assert.deepEqual(await new ApiWorkloadReader(api).read(ref, manifest, signal), {
      ok: true,
      value: [
        aReading({
          generation: 4,
          observedGeneration: 4,
          wanted: 2,
          images: [image],
          pods: [
            { name: "dev1-a", ready: true, restarts: 1 },
            {
              name: "dev1-b",
              ready: false,
              restarts: 0,
              waiting: { container: "app", reason: "ImagePullBackOff", message: "not found" },
            },
          ],
        }),
      ],
    });
  });

  test("a Deployment that gave up, or that a quota lets make no pods, says so", async () => {
    const api = apiWith({
      [`${apps}/deployments/dev1`]: deployment({
        status: {
          observedGeneration: 3,
          conditions: [
            { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" },
            { type: "ReplicaFailure", status: "True", message: "exceeded quota" },
          ],
        },
      }),
      [`${apps}/replicasets?app=dev1`]: { items: [] },
    });
    const read = await new ApiWorkloadReader(api).read(ref, manifest, signal);
    assert.deepEqual(read.ok && read.value, [
      aReading({
        generation: 4,
        observedGeneration: 3,
        wanted: 2,
        images: [image],
        pods: [],
        deadlineExceeded: true,
        replicaFailure: "exceeded quota",
      }),
    ]);
  });

  test("a workload that is not there is missing in the answer; any other failure is the answer", async () => {
    assert.deepEqual(await new ApiWorkloadReader(apiWith({})).read(ref, manifest, signal), ok([]));
    const error: WriteError = { reason: "forbidden", detail: "cannot get" };
    const refusing: KubernetesApi = { request: () => Promise.resolve(fail(error)) };
    assert.deepEqual(await new ApiWorkloadReader(refusing).read(ref, manifest, signal), fail(error));
  });

  test("pods of a StatefulSet and of a DaemonSet are those of their newest revision", async () => {
    const workload = (name: string, status: object): object => ({
      metadata: { name, uid: name },
      spec: { selector: { matchExpressions: [{ key: "app", operator: "In", values: [name] }] } },
      status,
    });
    const api = apiWith({
      [`${apps}/statefulsets/db`]: workload("db", { updateRevision: "db-2" }),
      [`${pods}?app in (db),controller-revision-hash=db-2`]: { items: [pod("db-0", "db", ready)] },
      [`${apps}/daemonsets/agent`]: workload("agent", { desiredNumberScheduled: 3 }),
      [`${apps}/controllerrevisions?app in (agent)`]: {
        items: [9, 10].map((revision) => ({
          revision,
          metadata: { labels: { "controller-revision-hash": `h${revision}` }, ...owner("agent") },
        })),
      },
      [`${pods}?app in (agent),controller-revision-hash=h10`]: { items: [pod("agent-x", "agent", ready)] },
    });
    const both = ["StatefulSet", "DaemonSet"].map(
      (kind, index) =>
        `apiVersion: apps/v1\nkind: ${kind}\nmetadata: { name: ${["db", "agent"][index] ?? ""} }\n`,
    );
    const read = await new ApiWorkloadReader(api).read(ref, both.join("---\n"), signal);
    assert.deepEqual(
      read.ok && read.value.map(({ kind, wanted, pods: all }) => [kind, wanted, all.map(({ name }) => name)]),
      [
        ["StatefulSet", 1, ["db-0"]],
        ["DaemonSet", 3, ["agent-x"]],
      ],
    );
  });
});
