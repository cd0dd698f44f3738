import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { at, listAt, normalise, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/** Revisions as helm labels them. */
const SECRETS = [
  ["web.v1", { owner: "helm", name: "web", version: "1", status: "superseded" }],
  ["web.v2", { owner: "helm", name: "web", version: "2", status: "deployed" }],
  ["shop.v1", { owner: "helm", name: "shop", version: "1", status: "failed" }],
  ["other", {}],
] as const;

const names = (answer: Answer): unknown[] =>
  listAt(answer.body, "items").map((item) => at(item, "metadata", "name"));

describe("Choosing from a list", () => {
  const on = useCluster("selection");
  const ann = () => on.as("ann");
  const secrets = (): string => `/api/v1/namespaces/${on.namespace}/secrets`;
  const list = (query: Readonly<Record<string, string>>, accept?: string): Promise<Answer> =>
    ann().get(
      `${secrets()}?${new URLSearchParams(query).toString()}`,
      accept === undefined ? {} : { accept },
    );

  before(async () => {
    for (const [name, labels] of SECRETS) {
      await ann().post(secrets(), {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name, labels },
        type: name === "other" ? "Opaque" : "helm.sh/release.v1",
        data: { release: "eA==" },
      });
    }
  });

  const bySelector: readonly (readonly [string, readonly string[]])[] = [
    ["owner=helm", ["shop.v1", "web.v1", "web.v2"]],
    ["owner==helm,name=web", ["web.v1", "web.v2"]],
    ["name!=web", ["other", "shop.v1"]],
    ["status in (deployed, failed)", ["shop.v1", "web.v2"]],
    ["owner=helm,status notin (superseded)", ["shop.v1", "web.v2"]],
    ["status", ["shop.v1", "web.v1", "web.v2"]],
    ["!status", ["other"]],
    ["version>1", ["web.v2"]],
    ["owner=nobody", []],
  ];
  for (const [labelSelector, expected] of bySelector) {
    test(`the label selector "${labelSelector}" chooses ${expected.length}`, async () => {
      assert.deepEqual(names(await list({ labelSelector })), expected);
    });
  }

  const byField: readonly (readonly [string, readonly string[]])[] = [
    ["metadata.name=web.v1", ["web.v1"]],
    ["metadata.name!=web.v1", ["other", "shop.v1", "web.v2"]],
    ["type=helm.sh/release.v1", ["shop.v1", "web.v1", "web.v2"]],
    ["type=helm.sh/release.v1,metadata.name=other", []],
  ];
  for (const [fieldSelector, expected] of byField) {
    test(`the field selector "${fieldSelector}" chooses ${expected.length}`, async () => {
      assert.deepEqual(names(await list({ fieldSelector })), expected);
    });
  }

  test("selectors that cannot be read are bad requests", async () => {
    const answers = await Promise.all([
      list({ labelSelector: "a in (" }),
      list({ fieldSelector: "data.release=x" }),
    ]);
    assert.deepEqual(
      answers.map((answer) => [statusOf(answer).code, statusOf(answer).reason]),
      [
        [400, "BadRequest"],
        [400, "BadRequest"],
      ],
    );
  });

  test("a list says its kind, and leaves the kind of its items out", async () => {
    const { body } = await list({ fieldSelector: "metadata.name=web.v1" });
    assert.deepEqual(normalise(body), {
      kind: "SecretList",
      apiVersion: "v1",
      metadata: { resourceVersion: "<resourceVersion>" },
      items: [
        {
          metadata: {
            name: "web.v1",
            namespace: on.namespace,
            uid: "<uid>",
            resourceVersion: "<resourceVersion>",
            creationTimestamp: "<time>",
            labels: SECRETS[0][1],
          },
          data: { release: "eA==" },
          type: "helm.sh/release.v1",
        },
      ],
    });
  });

  test("metadata alone is listed with the kind of each item", async () => {
    const { body } = await list({ labelSelector: "version=2" }, METADATA_LIST);
    assert.deepEqual(normalise(body), {
      kind: "PartialObjectMetadataList",
      apiVersion: "meta.k8s.io/v1",
      metadata: { resourceVersion: "<resourceVersion>" },
      items: [
        {
          kind: "PartialObjectMetadata",
          apiVersion: "meta.k8s.io/v1",
          metadata: {
            name: "web.v2",
            namespace: on.namespace,
            uid: "<uid>",
            resourceVersion: "<resourceVersion>",
            creationTimestamp: "<time>",
            labels: SECRETS[1][1],
          },
        },
      ],
    });
  });

  test("metadata alone of one object", async () => {
    const { status, body } = await ann().get(`${secrets()}/web.v2`, { accept: METADATA });
    assert.deepEqual(
      [status, at(body, "kind"), at(body, "metadata", "name"), at(body, "data")],
      [200, "PartialObjectMetadata", "web.v2", undefined],
    );
  });

  test("a list in pages says how much is left, and goes on from the token to the end", async () => {
    const first = await list({ limit: "3" });
    const token = textAt(first.body, "metadata", "continue");
    const second = await list({ limit: "3", continue: token });
    assert.deepEqual(
      [
        names(first),
        at(first.body, "metadata", "remainingItemCount"),
        names(second),
        at(second.body, "metadata", "continue") ?? "",
      ],
      [["other", "shop.v1", "web.v1"], 1, ["web.v2"], ""],
    );
  });

  test("a page of chosen objects does not count what is left", async () => {
    const { body } = await list({ limit: "1", labelSelector: "owner=helm" });
    assert.deepEqual(
      [listAt(body, "items").length, at(body, "metadata", "remainingItemCount")],
      [1, undefined],
    );
  });

  test("pages go on from what the first saw, whatever is written in between", async () => {
    const first = await list({ limit: "1", labelSelector: "owner=helm" });
    await ann().post(secrets(), {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "shop.v2", labels: { owner: "helm" } },
    });
    const token = textAt(first.body, "metadata", "continue");
    const rest = await list({ limit: "10", labelSelector: "owner=helm", continue: token });
    await ann().delete(`${secrets()}/shop.v2`);
    assert.deepEqual(names(rest), ["web.v1", "web.v2"]);
  });

  test("a page token that was not given out is a bad request", async () => {
    const refusal = statusOf(await list({ limit: "1", continue: "nonsense" }));
    assert.deepEqual([refusal.code, refusal.reason], [400, "BadRequest"]);
  });

  test("a list of the state that is no longer remembered is refused as expired", async () => {
    const refusal = statusOf(await list({ resourceVersion: "1", resourceVersionMatch: "Exact" }));
    assert.deepEqual([refusal.code, refusal.reason], [410, "Expired"]);
  });
});
