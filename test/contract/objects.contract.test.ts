import assert from "node:assert/strict";
import { describe, test } from "node:test";
import protobuf from "protobufjs";
import { at, listAt, normalise, textAt } from "./json.ts";
import { conflict, statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

const aSecret = (name: string, more: object = {}): object => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name },
  ...more,
});

const aConfigMap = (name: string, data: Readonly<Record<string, string>>, metadata: object = {}): object => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});

// The numbers are those of k8s.io/api/core/v1/generated.proto and apimachinery's; only what helm sends.
const messages = protobuf.parse(`
  syntax = "proto2";
  message TypeMeta { optional string apiVersion = 1; optional string kind = 2; }
  message Unknown { optional TypeMeta typeMeta = 1; optional bytes raw = 2; }
  message ObjectMeta {
    optional string name = 1;
    optional string namespace = 3;
    map<string, string> labels = 11;
  }
  message Secret { optional ObjectMeta metadata = 1; map<string, bytes> data = 2; optional string type = 3; }
  message ConfigMap { optional ObjectMeta metadata = 1; map<string, string> data = 2; }
  message Preconditions { optional string uid = 1; }
  message DeleteOptions {
    optional int64 gracePeriodSeconds = 1;
    optional Preconditions preconditions = 2;
    optional string propagationPolicy = 4;
  }
`).root;

/** A body as client-go sends it: four letters, then the message wrapped with its kind. */
function protobufBody(kind: string, value: Readonly<Record<string, unknown>>): Buffer {
  const inner = messages.lookupType(kind);
  const raw = inner.encode(inner.fromObject(value)).finish();
  const outer = messages.lookupType("Unknown");
  const envelope = outer.encode(outer.fromObject({ typeMeta: { apiVersion: "v1", kind }, raw })).finish();
  return Buffer.concat([Buffer.from("k8s\0"), envelope]);
}

describe("Secrets, ConfigMaps and Services", () => {
  const on = useCluster("objects");
  const ann = () => on.as("ann");
  const path = (plural: string): string => `/api/v1/namespaces/${on.namespace}/${plural}`;

  test("a secret keeps its type and data, and is opaque when it has no type", async () => {
    const data = { release: base64("value") };
    const typed = await ann().post(path("secrets"), aSecret("typed", { type: "helm.sh/release.v1", data }));
    const untyped = await ann().post(path("secrets"), aSecret("untyped", { data }));
    assert.deepEqual(normalise([typed.status, typed.body, at(untyped.body, "type")]), [
      201,
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          name: "typed",
          namespace: on.namespace,
          uid: "<uid>",
          resourceVersion: "<resourceVersion>",
          creationTimestamp: "<time>",
        },
        type: "helm.sh/release.v1",
        data,
      },
      "Opaque",
    ]);
  });

  test("the plain text of stringData becomes data", async () => {
    const { body } = await ann().post(path("secrets"), aSecret("plain", { stringData: { word: "x" } }));
    assert.deepEqual([at(body, "data"), at(body, "stringData")], [{ word: base64("x") }, undefined]);
  });

  test("the type of a secret stays", async () => {
    const created = await ann().post(path("secrets"), aSecret("fixed", { type: "one" }));
    const changed = await ann().patch("merge", `${path("secrets")}/fixed`, { type: "two" });
    assert.deepEqual([created.status, changed.status, statusOf(changed).reason], [201, 422, "Invalid"]);
  });

  test("objects of the core group may be overwritten without a resourceVersion", async () => {
    await ann().post(path("configmaps"), aConfigMap("blind", { key: "1" }));
    const blind = await ann().put(`${path("configmaps")}/blind`, aConfigMap("blind", { other: "2" }));
    assert.deepEqual([blind.status, at(blind.body, "data")], [200, { other: "2" }]);
  });

  test("a stale overwrite of a config map is a conflict", async () => {
    const first = await ann().post(path("configmaps"), aConfigMap("stale", { key: "1" }));
    await ann().put(`${path("configmaps")}/stale`, aConfigMap("stale", { key: "2" }));
    const late = await ann().put(`${path("configmaps")}/stale`, first.body);
    assert.deepEqual(
      statusOf(late),
      conflict(
        "Conflict",
        'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your ' +
          "changes to the latest version and try again",
        { name: "stale", kind: "configmaps" },
      ),
    );
  });

  test("an absent object of the core group is not created by an overwrite", async () => {
    const put = await ann().put(`${path("configmaps")}/absent`, aConfigMap("absent", {}));
    assert.deepEqual(statusOf(put), {
      code: 404,
      reason: "NotFound",
      message: 'configmaps "absent" not found',
      details: { name: "absent", kind: "configmaps" },
    });
  });

  test("a name that is no DNS name is refused with its field", async () => {
    const refusal = statusOf(await ann().post(path("configmaps"), aConfigMap("Not_A_Name", {})));
    assert.deepEqual(
      [refusal.code, refusal.reason, at(refusal, "details", "causes", 0, "field")],
      [422, "Invalid", "metadata.name"],
    );
  });

  test("a label that is no label is refused with its field", async () => {
    const labels = { "devdeploy-branch": "feature/x" };
    const refusal = statusOf(await ann().post(path("configmaps"), aConfigMap("labelled", {}, { labels })));
    assert.deepEqual(
      [refusal.code, refusal.reason, at(refusal, "details", "causes", 0, "field")],
      [422, "Invalid", "metadata.labels"],
    );
  });

  test("a name may be left to the server", async () => {
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "made-" } };
    const created = await ann().post(path("configmaps"), body);
    assert.match(textAt(created.body, "metadata", "name"), /^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test("a body that is no JSON, and one of another kind, are bad requests", async () => {
    const broken = await ann().send("POST", path("configmaps"), { body: "{", type: "application/json" });
    const other = await ann().post(path("configmaps"), aSecret("other"));
    assert.deepEqual(
      [broken, other].map((answer) => [statusOf(answer).code, statusOf(answer).reason]),
      [
        [400, "BadRequest"],
        [400, "BadRequest"],
      ],
    );
  });

  test("a namespace that is absent takes no objects", async () => {
    const created = await on.as("admin").post("/api/v1/namespaces/nowhere/configmaps", aConfigMap("x", {}));
    assert.deepEqual(statusOf(created), {
      code: 404,
      reason: "NotFound",
      message: 'namespaces "nowhere" not found',
      details: { name: "nowhere", kind: "namespaces" },
    });
  });

  test("helm's Protobuf bodies create, overwrite and delete, and are answered in JSON where that is asked for", async () => {
    const metadata = {
      name: "sh.helm.release.v1.web.v1",
      namespace: on.namespace,
      labels: { name: "web", owner: "helm", status: "pending-install", version: "1" },
    };
    const secret = (status: string): Buffer =>
      protobufBody("Secret", {
        metadata: { ...metadata, labels: { ...metadata.labels, status } },
        data: { release: base64("H4sIAAAA") },
        type: "helm.sh/release.v1",
      });
    const one = `${path("secrets")}/${metadata.name}`;
    const created = await ann().send("POST", path("secrets"), {
      body: secret("pending-install"),
      type: PROTOBUF,
      accept: "application/json",
    });
    const updated = await ann().send("PUT", one, {
      body: secret("deployed"),
      type: PROTOBUF,
      accept: "application/json",
    });
    const removed = await ann().send("DELETE", one, {
      body: protobufBody("DeleteOptions", { propagationPolicy: "Background" }),
      type: PROTOBUF,
      accept: "application/json",
    });
    assert.deepEqual(normalise([created.status, created.body]), [
      201,
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
          ...metadata,
          uid: "<uid>",
          resourceVersion: "<resourceVersion>",
          creationTimestamp: "<time>",
        },
        data: { release: base64("H4sIAAAA") },
        type: "helm.sh/release.v1",
      },
    ]);
    assert.deepEqual(
      [updated.status, at(updated.body, "metadata", "labels", "status"), removed.status],
      [200, "deployed", 200],
    );
  });

  test("a config map comes as Protobuf as well", async () => {
    const body = protobufBody("ConfigMap", { metadata: { name: "proto" }, data: { release: "text" } });
    const created = await ann().send("POST", path("configmaps"), { body, type: PROTOBUF });
    assert.deepEqual([created.status, at(created.body, "data")], [201, { release: "text" }]);
  });

  test("preconditions of a deletion hold in Protobuf too", async () => {
    await ann().post(path("configmaps"), aConfigMap("guarded", {}));
    const body = protobufBody("DeleteOptions", { preconditions: { uid: "another" } });
    const removed = await ann().send("DELETE", `${path("configmaps")}/guarded`, { body, type: PROTOBUF });
    assert.equal(statusOf(removed).code, 409);
  });

  test("a service is given an address of its own and the defaults of its ports", async () => {
    const created = await ann().post(path("services"), {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80 }] },
    });
    const spec = at(created.body, "spec");
    assert.deepEqual(
      [created.status, at(spec, "type"), at(spec, "ports")],
      [201, "ClusterIP", [{ port: 80, protocol: "TCP", targetPort: 80 }]],
    );
    assert.match(textAt(spec, "clusterIP"), /^\d+\.\d+\.\d+\.\d+$/);
  });

  test("many objects are deleted at once by their label", async () => {
    const labels = { sweep: "yes" };
    await ann().post(path("configmaps"), aConfigMap("sweep-1", {}, { labels }));
    await ann().post(path("configmaps"), aConfigMap("sweep-2", {}, { labels }));
    await ann().post(path("configmaps"), aConfigMap("kept", {}));
    const swept = await ann().delete(`${path("configmaps")}?labelSelector=sweep%3Dyes`);
    const left = await ann().get(path("configmaps"));
    const names = listAt(left.body, "items").map((item) => at(item, "metadata", "name"));
    assert.deepEqual(
      [swept.status, names.includes("sweep-1"), names.includes("sweep-2"), names.includes("kept")],
      [200, false, false, true],
    );
  });
});
