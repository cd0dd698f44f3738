import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestYaml } from "../../../src/adapters/helm/manifestYaml.ts";
import { diffDocuments } from "../../../src/app/diffDocuments.ts";
import { aRevision } from "../../builders/deploy.ts";
import { aSubject } from "../../builders/rollback.ts";

test("only what differs is shown, as YAML, with secrets that show no more than that they change", async () => {
  const secret = (value: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: db }\nstringData: { url: ${value} }`;
  const same = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: same }";
  const documents = await diffDocuments(
    { manifests: manifestYaml },
    {
      fromRevision: aRevision({
        manifest: [secret("one"), same, "# Source: odd.yaml\nnot: [yaml"].join("\n---\n"),
        values: { tag: "1", db: { password: "one" } },
      }),
      toRevision: aRevision({
        manifest: [secret("two"), same].join("\n---\n"),
        values: { tag: "1", db: { password: "two" } },
      }),
      subject: aSubject(),
    },
  );
  const object = (mask: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  url: "${mask}"\n`;
  assert.deepEqual(documents, [
    {
      label: "values.yaml",
      left: 'tag: "1"\ndb:\n  password: "‹masked #1›"\n',
      right: 'tag: "1"\ndb:\n  password: "‹masked #2›"\n',
    },
    { label: "Secret/db", left: object("‹masked #1›"), right: object("‹masked #2›") },
    { label: "odd.yaml", left: "# Source: odd.yaml\nnot: [yaml", right: "" },
  ]);
});
