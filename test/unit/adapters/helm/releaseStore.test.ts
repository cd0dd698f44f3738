import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ApiReleaseStore } from "../../../../src/adapters/helm/releaseStore.ts";
import type { ReleaseRef } from "../../../../src/app/ports.ts";
import type { Revision, RevisionLabel } from "../../../../src/domain/release.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aReading, aRecord, type RecordObject } from "../../../builders/records.ts";
import { RecordApi } from "../../../fakes/recordApi.ts";

const recorded = (tool: string): readonly RecordObject[] => {
  const path = new URL(`../../../fixtures/helm/${tool}.json`, import.meta.url);
  const { items } = JSON.parse(readFileSync(path, "utf8")) as { readonly items: readonly RecordObject[] };
  return items.map((item) => ({ ...item, metadata: { ...item.metadata, namespace: "web" } }));
};

const storeOf = (api: RecordApi): ApiReleaseStore => new ApiReleaseStore(api, aReading());
const storeWith = (...objects: readonly RecordObject[]): ApiReleaseStore => storeOf(new RecordApi(objects));

const ref: ReleaseRef = { context: "test", namespace: "web", release: "dev1" };
const signal = new AbortController().signal;
const image = `registry.example.com/app:${aCommit()}`;

const brief = ({ revision, status, description, chart, appVersion, images, mark }: Revision): object => ({
  revision,
  status,
  description,
  chart,
  appVersion,
  images: images.map(({ workload, container, image: name }) => `${workload} ${container} ${name}`),
  mark,
});

/** What a list says, in short: `secret 3 deployed`. */
const listed = async (store: ApiReleaseStore): Promise<unknown> => {
  const answer = await store.list(ref, signal);
  return answer.ok
    ? answer.value.revisions.map(({ driver, revision, status }) => `${driver} ${revision} ${status}`)
    : answer.error;
};

const labelOf = async (store: ApiReleaseStore): Promise<RevisionLabel> => {
  const answer = await store.list(ref, signal);
  const [label] = answer.ok ? answer.value.revisions : [];
  return label ?? assert.fail("no record is listed");
};

for (const tool of ["helm3", "helm4"]) {
  test(`${tool}: the newest revision is found by number, and a rollback inherits no mark`, async () => {
    const latest = await storeWith(...recorded(tool)).latest(ref, signal);
    assert.ok(latest.ok && latest.value !== undefined);
    assert.deepEqual(brief(latest.value), {
      revision: 3,
      status: "deployed",
      description: "Rollback to 1",
      chart: "app-1.2.3",
      appVersion: "9.9",
      images: [
        "Deployment/dev1 migrate registry.example.com/app-migrate:1.0",
        `Deployment/dev1 app ${image}`,
      ],
      mark: undefined,
    });
    assert.deepEqual(
      [latest.value.rollbackTo, latest.value.applyMethod, latest.value.driver],
      [1, tool === "helm3" ? "csa" : "ssa", "secret"],
    );
  });

  test(`${tool}: a revision of ours bears commit, branch and name as they are spelled`, async () => {
    const first = await storeWith(...recorded(tool)).revision(ref, 1, signal);
    assert.ok(first.ok && first.value !== undefined);
    assert.deepEqual(first.value.mark, { commit: aCommit(), branch: "task/Pay-Später", by: "Ann Lee" });
    assert.equal(first.value.status, "superseded");
  });

  test(`${tool}: labels that another tool's upgrade inherited are no mark`, async () => {
    const second = await storeWith(...recorded(tool)).revision(ref, 2, signal);
    assert.ok(second.ok && second.value !== undefined);
    assert.equal(recorded(tool)[1]?.metadata.labels["devdeploy-commit"], aCommit());
    assert.equal(second.value.mark, undefined);
    assert.equal(second.value.status, "failed");
  });
}

test("revision 10 is newer than revision 9", async () => {
  const store = storeWith(aRecord({ revision: 9, status: "superseded" }), aRecord({ revision: 10 }));
  assert.deepEqual(await listed(store), ["secret 10 deployed", "secret 9 superseded"]);
});

test("a release that does not exist is no error", async () => {
  const store = storeWith();
  assert.deepEqual(await store.latest(ref, signal), { ok: true, value: undefined });
  assert.deepEqual(await store.revision(ref, 4, signal), { ok: true, value: undefined });
  assert.deepEqual(await store.list(ref, signal), { ok: true, value: { revisions: [], hasHelm2: false } });
});

test("a name that helm would not take is not asked for", async () => {
  const api = new RecordApi([aRecord()]);
  const answer = await storeOf(api).latest({ ...ref, release: "dev1,version!=1" }, signal);
  assert.deepEqual([answer, api.calls], [{ ok: true, value: undefined }, []]);
});

test("records in ConfigMaps are read like those in Secrets", async () => {
  const payload = { manifest: "", config: { a: 1 }, apply_method: "ssa" };
  const store = storeWith(aRecord({ driver: "configmap", revision: 2, payload }));
  assert.deepEqual(await store.latest(ref, signal), {
    ok: true,
    value: {
      revision: 2,
      status: "deployed",
      deployedAt: Date.UTC(2026, 10, 23, 10),
      description: "Install complete",
      chart: "app-1.0.0",
      chartAnnotations: {},
      images: [],
      manifest: "",
      values: { a: 1 },
      hooks: [],
      labels: {},
      applyMethod: "ssa",
      driver: "configmap",
      version: { uid: "configmap-dev1-2", resourceVersion: "7" },
    },
  });
});

test("where both kinds are there, the kind that was written last is the one in use", async () => {
  const before = [7, 8].map((revision) => aRecord({ driver: "configmap", revision }));
  const after = aRecord({ driver: "secret", revision: 1, createdAt: "2026-11-24T00:00:00Z" });
  const store = storeWith(...before, after);
  assert.deepEqual(await listed(store), [
    "secret 1 deployed",
    "configmap 8 deployed",
    "configmap 7 deployed",
  ]);
  const latest = await store.latest(ref, signal);
  assert.equal(latest.ok && latest.value?.driver, "secret");
});

test("who may not read ConfigMaps sees the Secrets, and the other way round", async () => {
  const forbidden = { reason: "forbidden", detail: "list them" } as const;
  const records = [aRecord({ revision: 2 }), aRecord({ driver: "configmap", revision: 1 })];
  const api = new RecordApi(records);
  api.refusals.set("configmaps", forbidden);
  assert.deepEqual(await listed(storeOf(api)), ["secret 2 deployed"]);
  const other = new RecordApi(records);
  other.refusals.set("secrets", forbidden);
  assert.deepEqual(await listed(storeOf(other)), ["configmap 1 deployed"]);
  const none = new RecordApi();
  none.refusals.set("secrets", forbidden);
  assert.deepEqual(await listed(storeOf(none)), forbidden);
});

test("what is only out of reach for a moment is no answer: a newer record may be there", async () => {
  const timeout = { reason: "timeout", server: "s", afterMs: 1 } as const;
  for (const plural of ["secrets", "configmaps"]) {
    const api = new RecordApi([aRecord(), aRecord({ driver: "configmap" })]);
    api.refusals.set(plural, timeout);
    assert.deepEqual(await storeOf(api).latest(ref, signal), { ok: false, error: timeout });
  }
});

test("a record that was decoded once is not read again until it changes", async () => {
  const record = aRecord();
  const api = new RecordApi([record]);
  const store = storeOf(api);
  const label = await labelOf(store);
  const first = await store.record(ref, label, signal);
  api.calls.length = 0;
  assert.deepEqual(await store.record(ref, label, signal), first);
  assert.deepEqual(api.calls, []);
  api.objects = [{ ...record, metadata: { ...record.metadata, resourceVersion: "8" } }];
  const again = await store.record(ref, await labelOf(store), signal);
  assert.equal(again.ok && again.value?.version.resourceVersion, "8");
});

test("a record that is gone is no error, nor is another one of its number that record", async () => {
  const record = aRecord();
  const api = new RecordApi([record]);
  const store = storeOf(api);
  const label = await labelOf(store);
  api.objects = [];
  assert.deepEqual(await store.record(ref, label, signal), { ok: true, value: undefined });
  api.objects = [aRecord({ uid: "made-anew" })];
  assert.deepEqual(await store.record(ref, label, signal), { ok: true, value: undefined });
});

test("a release may be called like the revision of another one", async () => {
  const store = storeWith(
    aRecord({ release: "dev1", revision: 2 }),
    aRecord({ release: "dev1.v2", revision: 1, uid: "dotted" }),
  );
  const dotted = await store.latest({ ...ref, release: "dev1.v2" }, signal);
  const plain = await store.latest(ref, signal);
  assert.deepEqual(
    [dotted, plain].map((found) => found.ok && [found.value?.revision, found.value?.version.uid]),
    [
      [1, "dotted"],
      [2, "secret-dev1-2"],
    ],
  );
});

test("an object's name says nothing: its labels do", async () => {
  const record = aRecord({ revision: 4 });
  const store = storeWith({ ...record, metadata: { ...record.metadata, name: "restored-by-hand" } });
  const found = await store.latest(ref, signal);
  assert.equal(found.ok && found.value?.revision, 4);
});

test("a status of another time is kept as it stands and counts as unknown", async () => {
  const store = storeWith(aRecord({ status: "hibernating" }));
  const found = await store.latest(ref, signal);
  assert.ok(found.ok && found.value !== undefined);
  assert.deepEqual([found.value.status, found.value.unknownStatus], ["unknown", "hibernating"]);
  assert.deepEqual(await listed(store), ["secret 1 unknown"]);
});

test("labels that name no revision are no record", async () => {
  const odd = ["", "0", "-1", "1.5", "1e3", "0x1", "two", "99999999999"].map((version, index) =>
    aRecord({ labels: { version }, uid: `odd-${index}`, revision: index + 1 }),
  );
  assert.deepEqual(await listed(storeWith(...odd)), []);
});

for (const [driver, namespace] of [
  ["configmap", "kube-system"],
  ["secret", "kube-system"],
  ["configmap", "web"],
] as const) {
  test(`records of helm 2 in a ${driver} of ${namespace} are recognised`, async () => {
    const record = aRecord({ driver, labels: { owner: "none", OWNER: "TILLER", NAME: "dev1" } });
    const api = new RecordApi([{ ...record, metadata: { ...record.metadata, namespace } }]);
    assert.deepEqual(await storeOf(api).list(ref, signal), {
      ok: true,
      value: { revisions: [], hasHelm2: true },
    });
  });
}

const spoilt = (record: RecordObject, change: object): RecordObject => ({ ...record, ...change });

const UNREADABLE: readonly (readonly [what: string, record: RecordObject, detail: string])[] = [
  [
    "a newer format",
    spoilt(aRecord(), { type: "helm.sh/release.v2" }),
    "its format is helm.sh/release.v2, newer than helm.sh/release.v1",
  ],
  [
    "a Secret of another type",
    spoilt(aRecord(), { type: "Opaque" }),
    "it is a Secret of another type than helm.sh/release.v1",
  ],
  ["a Secret without a release", spoilt(aRecord(), { data: { other: "" } }), "it holds no release"],
  [
    "a ConfigMap without data",
    spoilt(aRecord({ driver: "configmap" }), { data: null }),
    "it holds no release",
  ],
  ["a body of another release", aRecord({ payload: { name: "dev2" } }), "it says dev2 1, its labels dev1 1"],
  ["a body of another revision", aRecord({ payload: { version: 3 } }), "it says dev1 3, its labels dev1 1"],
];

for (const [what, record, detail] of UNREADABLE) {
  test(`${what} is told, not guessed`, async () => {
    assert.deepEqual(await storeWith(record).latest(ref, signal), {
      ok: false,
      error: { reason: "unreadable-record", record: record.metadata.name, detail },
    });
  });
}

test("the cluster's refusal is passed on", async () => {
  const forbidden = { reason: "forbidden", detail: "list secrets in web" } as const;
  const api = new RecordApi([aRecord()]);
  for (const plural of ["secrets", "configmaps"]) api.refusals.set(plural, forbidden);
  assert.deepEqual(await storeOf(api).latest(ref, signal), { ok: false, error: forbidden });
});
