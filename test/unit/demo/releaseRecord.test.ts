import assert from "node:assert/strict";
import { test } from "node:test";
import { releaseSecret, type RevisionRecord } from "../../../scripts/demo/releaseRecord.ts";
import { decodeRelease } from "../../../src/adapters/helm/decode.ts";

const AT = Date.parse("2026-11-20T09:30:00Z");

const RECORD: RevisionRecord = {
  release: "web",
  namespace: "shop",
  revision: 165,
  status: "superseded",
  firstDeployedAt: Date.parse("2026-10-01T08:00:00Z"),
  deployedAt: AT,
  description: "Devdeploy master 4f1c0de by Tomás Silva",
  chart: {
    metadata: { apiVersion: "v2", name: "app", version: "1.1.0", appVersion: "2.0" },
    templates: [{ name: "templates/a.yaml", data: "YQ==" }],
    values: {},
  },
  values: { image: { tag: "4f1c0de" } },
  manifest: "---\nkind: ConfigMap\n",
  hooks: [],
  labels: { "devdeploy-revision": "165" },
};

test("a record is a Secret as helm names and labels it", () => {
  assert.deepEqual(
    { ...releaseSecret(RECORD), data: {} },
    {
      data: {},
      apiVersion: "v1",
      kind: "Secret",
      type: "helm.sh/release.v1",
      metadata: {
        name: "sh.helm.release.v1.web.v165",
        namespace: "shop",
        creationTimestamp: "2026-11-20T09:30:00Z",
        labels: {
          "devdeploy-revision": "165",
          name: "web",
          owner: "helm",
          status: "superseded",
          version: "165",
          createdAt: String(AT / 1000),
          modifiedAt: String(AT / 1000 + 4),
        },
      },
    },
  );
});

test("what is encoded is what our own reader of helm's records decodes", async () => {
  const { data } = releaseSecret(RECORD) as unknown as { data: { release: string } };
  assert.deepEqual(await decodeRelease(data.release), {
    ok: true,
    value: {
      name: "web",
      revision: 165,
      status: "superseded",
      deployedAt: AT,
      description: "Devdeploy master 4f1c0de by Tomás Silva",
      chart: "app-1.1.0",
      appVersion: "2.0",
      manifest: "---\nkind: ConfigMap\n",
      images: [],
      unknownStatus: undefined,
      chartAnnotations: {},
      values: { image: { tag: "4f1c0de" } },
      hooks: [],
      rollbackTo: undefined,
      applyMethod: "csa",
    },
  });
});
