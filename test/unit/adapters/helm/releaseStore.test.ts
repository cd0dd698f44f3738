import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SecretReleaseStore, type ReleaseApi } from "../../../../src/adapters/helm/releaseStore.ts";
import type { ReleaseRef } from "../../../../src/app/ports.ts";
import type { Revision } from "../../../../src/domain/release.ts";
import { aCommit } from "../../../builders/deploy.ts";

interface Recorded {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly type?: string;
  readonly data?: { readonly release: string };
}

const recorded = (tool: string): readonly Recorded[] => {
  const path = new URL(`../../../fixtures/helm/${tool}.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { readonly items: readonly Recorded[] }).items;
};

/** Answers a list as the API does: selected by labels, and without payloads where only metadata is asked for. */
const apiWith = (secrets: readonly Recorded[]): ReleaseApi => ({
  request: (_context, { query, accept }) => {
    const wanted = (query?.["labelSelector"] ?? "").split(",").map((part) => part.split("="));
    const items = secrets
      .filter(({ metadata }) => wanted.every(([name = "", value]) => metadata.labels[name] === value))
      .map((secret) =>
        accept?.includes("PartialObjectMetadataList") ? { metadata: secret.metadata } : secret,
      );
    return Promise.resolve({ ok: true, value: { body: { items } } });
  },
});

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

for (const tool of ["helm3", "helm4"]) {
  test(`${tool}: the newest revision is found by number, and a rollback inherits no mark`, async () => {
    const latest = await new SecretReleaseStore(apiWith(recorded(tool))).latest(ref, signal);
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
  });

  test(`${tool}: a revision of ours bears commit, branch and name as they are spelled`, async () => {
    const first = await new SecretReleaseStore(apiWith(recorded(tool))).revision(ref, 1, signal);
    assert.ok(first.ok && first.value !== undefined);
    assert.deepEqual(first.value.mark, { commit: aCommit(), branch: "task/Pay-Später", by: "Ann Lee" });
    assert.equal(first.value.status, "superseded");
  });

  test(`${tool}: labels that another tool's upgrade inherited are no mark`, async () => {
    const second = await new SecretReleaseStore(apiWith(recorded(tool))).revision(ref, 2, signal);
    assert.ok(second.ok && second.value !== undefined);
    assert.equal(recorded(tool)[1]?.metadata.labels["devdeploy-commit"], aCommit());
    assert.equal(second.value.mark, undefined);
    assert.equal(second.value.status, "failed");
  });
}

test("revision 10 is newer than revision 9", async () => {
  const [first] = recorded("helm3");
  assert.ok(first !== undefined);
  const copies = ["9", "10"].map((version) => ({
    ...first,
    metadata: { ...first.metadata, labels: { ...first.metadata.labels, version } },
  }));
  const latest = await new SecretReleaseStore(apiWith(copies)).latest(ref, signal);
  assert.deepEqual(latest, {
    ok: false,
    error: {
      reason: "unreadable-record",
      record: first.metadata.name,
      detail: "it says dev1 1, its labels dev1 10",
    },
  });
});

test("a release that does not exist is no error", async () => {
  const store = new SecretReleaseStore(apiWith([]));
  assert.deepEqual(await store.latest(ref, signal), { ok: true, value: undefined });
  assert.deepEqual(await store.revision(ref, 4, signal), { ok: true, value: undefined });
});

test("a record of a newer format is told, not guessed", async () => {
  const [first] = recorded("helm4");
  assert.ok(first !== undefined);
  const store = new SecretReleaseStore(apiWith([{ ...first, type: "helm.sh/release.v2" }]));
  assert.deepEqual(await store.latest(ref, signal), {
    ok: false,
    error: {
      reason: "unreadable-record",
      record: first.metadata.name,
      detail: "its format is helm.sh/release.v2, not helm.sh/release.v1",
    },
  });
});

test("the cluster's refusal is passed on", async () => {
  const forbidden = { reason: "forbidden", detail: "secrets" } as const;
  const api: ReleaseApi = { request: () => Promise.resolve({ ok: false, error: forbidden }) };
  assert.deepEqual(await new SecretReleaseStore(api).latest(ref, signal), { ok: false, error: forbidden });
});
