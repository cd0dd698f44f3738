import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ApiCall, KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import { ApiRolloutStore } from "../../../../src/adapters/kubernetes/rollouts.ts";
import type { WriteError } from "../../../../src/app/ports.ts";
import { fail, ok, type Result } from "../../../../src/domain/result.ts";
import { anAddress, aRollout, aRolloutRevision, aTemplate } from "../../../builders/rollouts.ts";

const { signal } = new AbortController();
const REVISION = "deployment.kubernetes.io/revision";
const deployment = (revision: string, change: object = {}): object => ({
  metadata: {
    name: "web",
    namespace: "buffer",
    uid: "d1",
    resourceVersion: revision,
    annotations: { [REVISION]: revision },
  },
  spec: { selector: { matchLabels: { app: "web" } }, template: aTemplate(`web:${revision}`) },
  status: {},
  ...change,
});
const replicaSet = (revision: number, metadata: object = {}): object => ({
  metadata: {
    name: `web-${revision}`,
    uid: `rs${revision}`,
    creationTimestamp: "2026-11-23T08:00:00Z",
    labels: { app: "web", "pod-template-hash": `h${revision}` },
    annotations: { [REVISION]: String(revision) },
    ownerReferences: [{ controller: true, uid: "d1" }],
    ...metadata,
  },
  spec: {
    template: {
      metadata: { creationTimestamp: null, labels: { app: "web", "pod-template-hash": `h${revision}` } },
      spec: { containers: [{ name: "app", image: `web:${revision}` }] },
    },
  },
});

type Answered = (call: ApiCall) => Result<unknown, WriteError>;

function storeWith(answer: Answered): {
  readonly store: ApiRolloutStore;
  readonly calls: readonly ApiCall[];
} {
  const calls: ApiCall[] = [];
  const api: KubernetesApi = {
    request: (_context, call) => {
      calls.push(call);
      const answered = answer(call);
      return Promise.resolve(answered.ok ? ok({ body: answered.value, serverTime: 0 }) : answered);
    },
  };
  return { store: new ApiRolloutStore(api), calls };
}
const isList = ({ path }: ApiCall): boolean => path.endsWith("/replicasets");

describe("reading a rollout", () => {
  test("goes on to the list's last page", async () => {
    const { store, calls } = storeWith((call) => {
      if (!isList(call)) return ok(deployment("2"));
      return call.query?.["continue"] === "more"
        ? ok({ items: [replicaSet(2)] })
        : ok({ metadata: { continue: "more" }, items: [replicaSet(1)] });
    });
    const found = await store.read(anAddress(), signal);
    assert.deepEqual(found.ok && found.value?.revisions.map(({ revision }) => revision), [2, 1]);
    assert.deepEqual(
      calls.filter(isList).map(({ query }) => query),
      [
        { labelSelector: "app=web", limit: "500" },
        { labelSelector: "app=web", limit: "500", continue: "more" },
      ],
    );
  });

  test("reads again where a revision is newer than the workload that was read", async () => {
    let reads = 0;
    const { store } = storeWith((call) => {
      if (isList(call)) return ok({ items: [replicaSet(1), replicaSet(2)] });
      reads += 1;
      return ok(deployment(reads === 1 ? "1" : "2"));
    });
    const found = await store.read(anAddress(), signal);
    assert.deepEqual(found.ok && [found.value?.current, found.value?.version.resourceVersion, reads], [
      { uid: "rs2", revision: 2 },
      "2",
      2,
    ]);
  });

  test("shows what it has of a workload that does not come to rest", async () => {
    const { store, calls } = storeWith((call) =>
      ok(isList(call) ? { items: [replicaSet(9)] } : deployment("1")),
    );
    const found = await store.read(anAddress(), signal);
    assert.deepEqual([found.ok && found.value?.revisions.length, calls.length], [1, 6]);
  });

  test("takes numbers that are none for 0, and older templates as they are", async () => {
    const odd = replicaSet(1, {
      annotations: { [REVISION]: "one", "deployment.kubernetes.io/revision-history": "1,x,,3" },
      labels: { app: "web" },
    });
    const { store } = storeWith((call) => ok(isList(call) ? { items: [odd] } : deployment("1")));
    const found = await store.read(anAddress(), signal);
    assert.ok(found.ok && found.value !== undefined);
    const [revision] = found.value.revisions;
    assert.deepEqual(
      [revision?.revision, revision?.was, revision?.hash, revision?.template],
      [0, [1, 3], "", aTemplate("web:1")],
    );
  });

  test("says of a paused Deployment whose template was never rolled out that nothing is current", async () => {
    const paused = deployment("1", {
      spec: { paused: true, selector: { matchLabels: { app: "web" } }, template: aTemplate("web:new") },
    });
    const { store } = storeWith((call) => ok(isList(call) ? { items: [replicaSet(1)] } : paused));
    const found = await store.read(anAddress(), signal);
    assert.deepEqual(found.ok && [found.value?.isPaused, found.value?.current], [true, undefined]);
  });

  test("goes by the controller's number where a newer API server has filled in more fields", async () => {
    const more = deployment("1", {
      spec: { selector: { matchLabels: { app: "web" } }, template: aTemplate("web:1", { newField: "x" }) },
    });
    const { store } = storeWith((call) => ok(isList(call) ? { items: [replicaSet(1)] } : more));
    const found = await store.read(anAddress(), signal);
    assert.deepEqual(found.ok && found.value?.current, { uid: "rs1", revision: 1 });
  });

  test("fails with the list's error, whatever is known of the workload", async () => {
    const error = { reason: "forbidden", detail: "list replicasets in buffer" } as const;
    const { store } = storeWith((call) => (isList(call) ? fail(error) : ok(deployment("1"))));
    assert.deepEqual(await store.read(anAddress(), signal), { ok: false, error });
  });
});

describe("listing workloads", () => {
  test("leaves out a kind that may not be read, and says so where none may", async () => {
    const error = { reason: "forbidden", detail: "list daemonsets" } as const;
    const some = storeWith(({ path }) =>
      path.endsWith("/deployments") ? ok({ items: [deployment("1")] }) : fail(error),
    );
    const found = await some.store.list({ context: "staging", namespace: "buffer" }, signal);
    assert.deepEqual(found.ok && found.value.map(({ address }) => address.name), ["web"]);
    const none = storeWith(() => fail(error));
    const refused = await none.store.list({ context: "staging", namespace: "buffer" }, signal);
    assert.deepEqual(refused, { ok: false, error });
  });
});

describe("writing an undo", () => {
  const seen = aRollout({
    version: { uid: "d1", resourceVersion: "41" },
    annotations: { note: "kept" },
    revisions: [
      aRolloutRevision({ revision: 2, template: aTemplate("web:2") }),
      aRolloutRevision({ revision: 1, template: aTemplate("web:1") }),
    ],
  });
  const write = { seen, targetUid: "rs1", mark: { by: "Ann" } };
  const undone = (answer: Answered): Promise<unknown> =>
    storeWith(answer).store.undo(anAddress({ namespace: "a/b" }), write, signal);

  test("is one request, on exactly what was seen", async () => {
    const { store, calls } = storeWith(() => ok(deployment("1")));
    await store.undo(anAddress({ namespace: "a/b" }), write, signal);
    assert.deepEqual(calls, [
      {
        method: "PATCH",
        path: "/apis/apps/v1/namespaces/a%2Fb/deployments/web",
        contentType: "application/json-patch+json",
        body: [
          { op: "replace", path: "/metadata/uid", value: "d1" },
          { op: "replace", path: "/metadata/resourceVersion", value: "41" },
          { op: "replace", path: "/spec/template", value: aTemplate("web:1") },
          {
            op: "add",
            path: "/metadata/annotations",
            value: { note: "kept", "devdeploy.dev/by": "Ann", "devdeploy.dev/revision-hash": "h1" },
          },
        ],
      },
    ]);
  });

  test("to a revision that was not seen is a conflict, and nothing is sent", async () => {
    const { store, calls } = storeWith(() => ok({}));
    const answer = await store.undo(anAddress(), { ...write, targetUid: "rs9" }, signal);
    assert.deepEqual([answer, calls], [{ ok: false, error: { reason: "conflict" } }, []]);
  });

  test("that is not taken is refused with the words for it", async () => {
    const refused = { ok: false, error: { reason: "refused", detail: "no" } };
    for (const status of [400, 422]) {
      assert.deepEqual(await undone(() => fail({ reason: "server-error", status, detail: "no" })), refused);
    }
    const broken = { reason: "server-error", status: 500, detail: "no" } as const;
    assert.deepEqual(await undone(() => fail(broken)), { ok: false, error: broken });
  });

  test("that is forbidden to somebody with the right was refused by admission", async () => {
    const forbidden = { reason: "forbidden", detail: "image is not signed" } as const;
    const withRight =
      (allowed: boolean): Answered =>
      ({ method }) =>
        method === "PATCH" ? fail(forbidden) : ok({ status: { allowed } });
    assert.deepEqual(
      [await undone(withRight(true)), await undone(withRight(false)), await undone(() => fail(forbidden))],
      [
        { ok: false, error: { reason: "refused", detail: "image is not signed" } },
        { ok: false, error: forbidden },
        { ok: false, error: forbidden },
      ],
    );
  });
});
