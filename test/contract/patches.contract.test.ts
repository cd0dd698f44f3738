import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { at, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const aConfigMap = (name: string, data: object, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});

/** Scaled to nothing, so that no pod gets in the way of comparing. */
const aDeployment = (name: string, containers: readonly object[], more: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers } },
    ...more,
  },
});

const containersOf = (answer: Answer): readonly unknown[] =>
  listAt(answer.body, "spec", "template", "spec", "containers");

/** Images by container. */
const imagesOf = (answer: Answer): object =>
  Object.fromEntries(
    containersOf(answer).map((container) => [textAt(container, "name"), at(container, "image")]),
  );

/** Names of the variables of all containers, in alphabetical order. */
const variablesOf = (answer: Answer): string[] =>
  containersOf(answer)
    .flatMap((container) => listAt(container, "env").map((variable) => textAt(variable, "name")))
    .sort();

describe("Patches", () => {
  const on = useCluster("patches");
  const ann = () => on.as("ann");
  const configMaps = (): string => `/api/v1/namespaces/${on.namespace}/configmaps`;
  const deployments = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;

  test("a merge patch replaces lists, sets fields, and takes away what is null", async () => {
    await ann().post(configMaps(), aConfigMap("merge", { a: "1", b: "2" }, { finalizers: ["x/one"] }));
    const patched = await ann().patch("merge", `${configMaps()}/merge`, {
      metadata: { finalizers: ["x/two"] },
      data: { a: null, c: "3" },
    });
    await ann().patch("merge", `${configMaps()}/merge`, { metadata: { finalizers: null } });
    assert.deepEqual(
      [patched.status, at(patched.body, "data"), at(patched.body, "metadata", "finalizers")],
      [200, { b: "2", c: "3" }, ["x/two"]],
    );
  });

  test("a patch that names a stale resourceVersion is a conflict, and one that names none is not", async () => {
    const first = await ann().post(configMaps(), aConfigMap("versioned", { a: "1" }));
    const resourceVersion = textAt(first.body, "metadata", "resourceVersion");
    const blind = await ann().patch("merge", `${configMaps()}/versioned`, { data: { a: "2" } });
    const stale = await ann().patch("merge", `${configMaps()}/versioned`, {
      metadata: { resourceVersion },
      data: { a: "3" },
    });
    assert.deepEqual([blind.status, statusOf(stale).code, statusOf(stale).reason], [200, 409, "Conflict"]);
  });

  test("a patch of an object that is absent finds nothing", async () => {
    const patched = await ann().patch("merge", `${configMaps()}/absent`, { data: {} });
    assert.equal(statusOf(patched).code, 404);
  });

  test("a JSON patch tests, adds, replaces and removes, escaped paths included", async () => {
    await ann().post(configMaps(), aConfigMap("json", { a: "1", b: "2" }, { annotations: { "x/y": "z" } }));
    const patched = await ann().patch("json", `${configMaps()}/json`, [
      { op: "test", path: "/data/a", value: "1" },
      { op: "replace", path: "/data/a", value: "one" },
      { op: "remove", path: "/data/b" },
      { op: "add", path: "/data/c", value: "3" },
      { op: "replace", path: "/metadata/annotations/x~1y", value: "new" },
    ]);
    assert.deepEqual(
      [patched.status, at(patched.body, "data"), at(patched.body, "metadata", "annotations")],
      [200, { a: "one", c: "3" }, { "x/y": "new" }],
    );
  });

  test("a JSON patch whose test fails changes nothing", async () => {
    await ann().post(configMaps(), aConfigMap("tested", { a: "1" }));
    const patched = await ann().patch("json", `${configMaps()}/tested`, [
      { op: "test", path: "/data/a", value: "2" },
      { op: "replace", path: "/data/a", value: "3" },
    ]);
    const after = await ann().get(`${configMaps()}/tested`);
    assert.deepEqual([statusOf(patched).code, at(after.body, "data")], [422, { a: "1" }]);
  });

  test("a strategic merge patch finds containers and variables by their name", async () => {
    const containers = [
      { name: "web", image: "web:1", env: [{ name: "A", value: "1" }] },
      { name: "side", image: "side:1" },
    ];
    await ann().post(deployments(), aDeployment("strategic", containers));
    const patched = await ann().patch("strategic", `${deployments()}/strategic`, {
      spec: {
        template: {
          spec: {
            containers: [
              { name: "web", image: "web:2", env: [{ name: "B", value: "2" }] },
              { name: "side", $patch: "delete" },
              { name: "new", image: "new:1" },
            ],
          },
        },
      },
    });
    assert.deepEqual(
      [patched.status, imagesOf(patched), variablesOf(patched)],
      [200, { web: "web:2", new: "new:1" }, ["A", "B"]],
    );
  });

  test("a strategic merge patch of $setElementOrder puts the list in that order", async () => {
    await ann().post(
      deployments(),
      aDeployment("ordered", [
        { name: "one", image: "one:1" },
        { name: "two", image: "two:1" },
      ]),
    );
    const patched = await ann().patch("strategic", `${deployments()}/ordered`, {
      spec: {
        template: {
          spec: {
            "$setElementOrder/containers": [{ name: "two" }, { name: "one" }],
            containers: [{ name: "one", image: "one:2" }],
          },
        },
      },
    });
    assert.deepEqual(Object.entries(imagesOf(patched)), [
      ["two", "two:1"],
      ["one", "one:2"],
    ]);
  });

  test("the selector of a deployment stays", async () => {
    await ann().post(deployments(), aDeployment("immutable", [{ name: "web", image: "web:1" }]));
    const patched = await ann().patch("merge", `${deployments()}/immutable`, {
      spec: {
        selector: { matchLabels: { app: "other" } },
        template: { metadata: { labels: { app: "other" } } },
      },
    });
    const refusal = statusOf(patched);
    assert.deepEqual([refusal.code, at(refusal, "details", "causes", 0, "field")], [422, "spec.selector"]);
  });

  test("a kind of patch that is unknown is refused", async () => {
    await ann().post(configMaps(), aConfigMap("unknown", {}));
    const patched = await ann().send("PATCH", `${configMaps()}/unknown`, { body: {}, type: "text/plain" });
    assert.equal(patched.status, 415);
  });
});

describe("Apply", () => {
  const on = useCluster("apply");
  const ann = () => on.as("ann");
  const configMaps = (): string => `/api/v1/namespaces/${on.namespace}/configmaps`;
  const deployments = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;
  const apply = (path: string, manager: string, body: unknown, force = false): Promise<Answer> =>
    ann().patch(
      "apply",
      `${path}?fieldManager=${manager}&fieldValidation=Strict&force=${String(force)}`,
      body,
    );

  test("creates what is absent, and answers 200 when it is there", async () => {
    const path = `${configMaps()}/made`;
    const first = await apply(path, "helm", aConfigMap("made", { a: "1" }));
    const second = await apply(path, "helm", aConfigMap("made", { a: "2" }));
    assert.deepEqual([first.status, second.status, at(second.body, "data")], [201, 200, { a: "2" }]);
  });

  test("needs the name of a manager", async () => {
    const answer = await ann().patch("apply", `${configMaps()}/nobody`, aConfigMap("nobody", {}));
    assert.equal(statusOf(answer).code, 422);
  });

  test("takes YAML", async () => {
    const yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: '1'\n";
    const answer = await apply(`${configMaps()}/yaml`, "helm", yaml);
    assert.deepEqual([answer.status, at(answer.body, "data")], [201, { a: "1" }]);
  });

  test("takes away the fields that its manager applied before and does not name any more", async () => {
    const path = `${configMaps()}/fields`;
    await apply(path, "helm", aConfigMap("fields", { a: "1", b: "2" }, { labels: { x: "1", y: "2" } }));
    const answer = await apply(path, "helm", aConfigMap("fields", { a: "1" }, { labels: { x: "1" } }));
    assert.deepEqual(
      [at(answer.body, "data"), at(answer.body, "metadata", "labels")],
      [{ a: "1" }, { x: "1" }],
    );
  });

  test("leaves fields that others have set", async () => {
    const path = `${configMaps()}/others`;
    await apply(path, "helm", aConfigMap("others", { a: "1" }));
    await ann().patch("merge", path, { data: { theirs: "yes" } });
    const answer = await apply(path, "helm", aConfigMap("others", { a: "2" }));
    assert.deepEqual(at(answer.body, "data"), { a: "2", theirs: "yes" });
  });

  test("finds containers by name, and takes away the one that is not named any more", async () => {
    const path = `${deployments()}/containers`;
    const web = { name: "web", image: "web:1" };
    await apply(path, "helm", aDeployment("containers", [web, { name: "side", image: "side:1" }]));
    const answer = await apply(path, "helm", aDeployment("containers", [{ ...web, image: "web:2" }]));
    assert.deepEqual([answer.status, imagesOf(answer)], [200, { web: "web:2" }]);
  });

  test("does not overwrite what another manager holds, unless it is forced", async () => {
    const path = `${configMaps()}/contested`;
    await apply(path, "helm", aConfigMap("contested", { a: "1" }));
    await ann().patch("merge", `${path}?fieldManager=kubectl-edit`, { data: { a: "edited" } });
    const refused = statusOf(await apply(path, "helm", aConfigMap("contested", { a: "2" })));
    const forced = await apply(path, "helm", aConfigMap("contested", { a: "2" }), true);
    assert.deepEqual(
      [refused.code, refused.reason, at(refused, "details", "causes"), at(forced.body, "data")],
      [
        409,
        "Conflict",
        [
          {
            reason: "FieldManagerConflict",
            message: 'conflict with "kubectl-edit" using v1',
            field: ".data.a",
          },
        ],
        { a: "2" },
      ],
    );
  });

  test("applying the same again leaves the resourceVersion", async () => {
    const path = `${configMaps()}/same`;
    const first = await apply(path, "helm", aConfigMap("same", { a: "1" }));
    const second = await apply(path, "helm", aConfigMap("same", { a: "1" }));
    assert.equal(
      at(second.body, "metadata", "resourceVersion"),
      at(first.body, "metadata", "resourceVersion"),
    );
  });
});
