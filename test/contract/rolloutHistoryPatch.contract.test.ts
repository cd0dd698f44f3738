import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { at, fieldsOf, textAt } from "./json.ts";
import { statusOf, type Refusal } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const IMAGE = "/spec/template/spec/containers/0/image";
const REJECTED: Refusal = {
  code: 422,
  reason: "Invalid",
  message: "the server rejected our request due to an error in our request",
  details: {},
};

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

describe("A JSON patch that tests before it changes", () => {
  const on = useCluster("tests");
  const ann = () => on.as("ann");
  const deployments = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;

  const create = async (name: string): Promise<unknown> => {
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "web:a1", env: [{ name: "A", value: "1" }] }] },
    };
    const { body } = await ann().post(deployments(), {
      metadata: { name },
      spec: { paused: true, replicas: 0, selector: { matchLabels: { app: name } }, template },
    });
    return body;
  };
  const patch = (name: string, ...tests: readonly Operation[]): Promise<Answer> =>
    ann().patch("json", `${deployments()}/${name}`, [
      ...tests,
      { op: "replace", path: IMAGE, value: "web:b2" },
    ]);
  const image = async (name: string): Promise<unknown> =>
    at(await ann().get(`${deployments()}/${name}`), "body", ...IMAGE.slice(1).split("/"));

  test("is done where the object is the one that was seen", async () => {
    const body = await create("same");
    const uid: Operation = { op: "test", path: "/metadata/uid", value: textAt(body, "metadata", "uid") };
    const template = {
      op: "test",
      path: "/spec/template",
      // Equal by what it says, not by the order in which it says it.
      value: Object.fromEntries(Object.entries(fieldsOf(at(body, "spec", "template"))).reverse()),
    };
    const { status } = await patch("same", uid, template);
    assert.deepEqual([status, await image("same")], [200, "web:b2"]);
  });

  test("is done at the version that was seen, whatever else went on in the cluster", async () => {
    await create("version");
    await create("another");
    // The controller writes to a new object, so its version is read until nothing else is written.
    let status = 0;
    for (let tries = 0; status !== 200 && tries < 20; tries += 1) {
      const { body } = await ann().get(`${deployments()}/version`);
      const value = textAt(body, "metadata", "resourceVersion");
      ({ status } = await patch("version", { op: "test", path: "/metadata/resourceVersion", value }));
    }
    assert.deepEqual([status, await image("version")], [200, "web:b2"]);
  });

  for (const [what, test_] of [
    ["at another version", { op: "test", path: "/metadata/resourceVersion", value: "1" }],
    ["where the version is no text", { op: "test", path: "/metadata/resourceVersion", value: 1 }],
    ["to another object of that name", { op: "test", path: "/metadata/uid", value: "another" }],
    ["where there is nothing to test", { op: "test", path: "/metadata/annotations/none", value: "x" }],
    ["where there is not even a place", { op: "test", path: "/metadata/none/none", value: null }],
    ["by an operation that there is not", { op: "wild", path: "/spec", value: 1 }],
  ] as const) {
    test(`is rejected ${what}, and changes nothing`, async () => {
      const name = `rejected-${what.replaceAll(" ", "-").slice(-20)}`;
      await create(name);
      const answer = await patch(name, test_);
      assert.deepEqual([statusOf(answer), await image(name)], [REJECTED, "web:a1"]);
    });
  }

  test("takes null for what is not there", async () => {
    await create("null");
    const { status } = await patch("null", { op: "test", path: "/spec/template/spec/nodeName", value: null });
    assert.deepEqual([status, await image("null")], [200, "web:b2"]);
  });

  test("is rejected after a change that came between", async () => {
    const body = await create("between");
    const value = textAt(body, "metadata", "resourceVersion");
    await ann().patch("merge", `${deployments()}/between`, { metadata: { annotations: { by: "ben" } } });
    const answer = await patch("between", { op: "test", path: "/metadata/resourceVersion", value });
    assert.deepEqual([statusOf(answer), await image("between")], [REJECTED, "web:a1"]);
  });

  test("that sets another version is a conflict, not a rejection", async () => {
    await create("set");
    const answer = await patch("set", { op: "replace", path: "/metadata/resourceVersion", value: "1" });
    assert.deepEqual([statusOf(answer).code, statusOf(answer).reason], [409, "Conflict"]);
  });

  test("that is no list of operations cannot be read", async () => {
    await create("unread");
    const answer = await ann().patch("json", `${deployments()}/unread`, [1]);
    assert.deepEqual(
      [statusOf(answer).code, statusOf(answer).message],
      [400, "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"],
    );
  });
});
