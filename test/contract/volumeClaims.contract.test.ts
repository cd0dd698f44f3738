import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, fieldsOf, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

const SPEC = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1024Mi" } } };
const aClaim = (name: string, spec: object = SPEC): object => ({
  ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name }, spec },
});
const aSet = (name: string, more: object = {}): object => ({
  metadata: { name },
  spec: {
    ...{ replicas: 2, serviceName: "db", selector: { matchLabels: { app: name } } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "db", image: "db:a1" }] } },
    volumeClaimTemplates: [{ metadata: { name: "data", labels: { tier: "disk" } }, spec: SPEC }],
    ...more,
  },
});

/** Whether a claim is bound, and to what, is left out: one of the clusters has nobody who would do it. */
describe("PersistentVolumeClaims and nodes", { concurrency: 6 }, () => {
  const on = useCluster("claims");
  const kubectl = useKubectl(on);
  const ann = () => on.as("ann");
  const core = (): string => `/api/v1/namespaces/${on.namespace}`;
  const claims = (): string => `${core()}/persistentvolumeclaims`;
  const sets = (): string => `/apis/apps/v1/namespaces/${on.namespace}/statefulsets`;
  const claimOf = async (name: string): Promise<unknown> => (await ann().get(`${claims()}/${name}`)).body;
  /** Names of the claims of a set. */
  const claimed = async (name: string): Promise<readonly string[]> =>
    listAt((await ann().get(`${claims()}?labelSelector=app%3D${name}`)).body, "items").map((one) =>
      textAt(one, "metadata", "name"),
    );
  const createSet = async (name: string, more: object = {}): Promise<Answer> => {
    const made = await ann().post(sets(), aSet(name, more));
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await eventually(
      async () => at((await ann().get(`${sets()}/${name}`)).body, "status", "availableReplicas"),
      2,
    );
    return made;
  };

  test("a created one is answered with its defaults, and is kept while a pod uses it", async () => {
    const { status, body } = await ann().post(claims(), aClaim("plain"));
    assert.deepEqual(
      [status, at(body, "spec"), at(body, "status"), at(body, "metadata", "finalizers")],
      [
        201,
        { ...SPEC, resources: { requests: { storage: "1Gi" } }, volumeMode: "Filesystem" },
        { phase: "Pending" },
        ["kubernetes.io/pvc-protection"],
      ],
    );
  });

  for (const [what, spec, why] of [
    [
      "neither modes nor a size",
      {},
      "[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]",
    ],
    [
      "a mode that there is not",
      { ...SPEC, accessModes: ["ReadNever"] },
      'spec.accessModes: Unsupported value: "ReadNever": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    ],
    [
      "no room",
      { ...SPEC, resources: { requests: { storage: "0" } } },
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    ],
  ] as const) {
    test(`one with ${what} is refused, in the server's words`, async () => {
      const { code, reason, message } = statusOf(await ann().post(claims(), aClaim("bad", spec)));
      assert.deepEqual(
        [code, reason, message],
        [422, "Invalid", `PersistentVolumeClaim "bad" is invalid: ${why}`],
      );
    });
  }

  test("what it asks for cannot be changed", async () => {
    await ann().post(claims(), aClaim("fixed"));
    const change = { spec: { accessModes: ["ReadWriteMany"] } };
    const { code, message } = statusOf(await ann().patch("merge", `${claims()}/fixed`, change));
    assert.equal(code, 422);
    assert.match(
      String(message),
      /^PersistentVolumeClaim "fixed" is invalid: spec: Forbidden: spec is immutable after creation except resources\.requests and volumeAttributesClassName for bound claims/u,
    );
  });

  test("goes when it is deleted and no pod uses it, and not before", async () => {
    await ann().post(claims(), aClaim("used"));
    const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "used" } }];
    const spec = { volumes, containers: [{ name: "web", image: "web:a1" }] };
    await ann().post(`${core()}/pods`, { metadata: { name: "user" }, spec });
    await eventually(
      async () => at((await ann().get(`${core()}/pods/user`)).body, "status", "phase"),
      "Running",
    );
    const answer = await ann().delete(`${claims()}/used`);
    assert.equal(at(answer.body, "kind"), "PersistentVolumeClaim");
    assert.equal(typeof at(await claimOf("used"), "metadata", "deletionTimestamp"), "string");
    await ann().delete(`${core()}/pods/user`);
    await eventually(async () => at(await claimOf("used"), "reason"), "NotFound");
  });

  test("a StatefulSet makes one for each of its pods, and keeps it when the pod goes", async () => {
    const made = await createSet("db");
    const { body: pod } = await ann().get(`${core()}/pods/db-1`);
    const claim = await claimOf("data-db-1");
    const { volumeName, ...spec } = fieldsOf(at(claim, "spec"));
    assert.match(String(volumeName), /^(?:undefined|pvc-.+)$/u);
    assert.deepEqual(
      {
        ...{ templates: at(made.body, "spec", "volumeClaimTemplates"), claims: await claimed("db"), spec },
        labels: at(claim, "metadata", "labels"),
        owners: listAt(claim, "metadata", "ownerReferences"),
        volumes: at(pod, "spec", "volumes"),
      },
      {
        templates: [
          {
            ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
            metadata: { name: "data", labels: { tier: "disk" } },
            spec: { ...SPEC, resources: { requests: { storage: "1Gi" } }, volumeMode: "Filesystem" },
            status: { phase: "Pending" },
          },
        ],
        claims: ["data-db-0", "data-db-1"],
        spec: { ...SPEC, resources: { requests: { storage: "1Gi" } }, volumeMode: "Filesystem" },
        labels: { app: "db", tier: "disk" },
        owners: [],
        volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data-db-1" } }],
      },
    );
    await ann().delete(`${sets()}/db`);
    await eventually(async () => (await ann().get(`${core()}/pods/db-0`)).status, 404);
    assert.deepEqual(await claimed("db"), ["data-db-0", "data-db-1"]);
  });

  test("a StatefulSet tells of the claims that it makes", async () => {
    await createSet("telling");
    const told = async (): Promise<unknown> => {
      const query = "fieldSelector=involvedObject.name%3Dtelling%2CinvolvedObject.kind%3DStatefulSet";
      return listAt((await ann().get(`${core()}/events?${query}`)).body, "items")
        .map((event) => `${textAt(event, "reason")}: ${textAt(event, "message")}`)
        .filter((line) => line.includes("Claim"))
        .sort();
    };
    await eventually(told, [
      "SuccessfulCreate: Create Claim data-telling-0 Pod telling-0 in StatefulSet telling success",
      "SuccessfulCreate: Create Claim data-telling-1 Pod telling-1 in StatefulSet telling success",
    ]);
  });

  test("claims go with the pod that is scaled away, or with the set, where it says so", async () => {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: "Delete", whenScaled: "Delete" };
    await createSet("going", { persistentVolumeClaimRetentionPolicy });
    const owner = async (): Promise<unknown> => {
      const [reference] = listAt(await claimOf("data-going-0"), "metadata", "ownerReferences");
      const { uid, ...shown } = fieldsOf(reference);
      return [typeof uid, shown];
    };
    await eventually(owner, [
      "string",
      {
        ...{ apiVersion: "apps/v1", kind: "StatefulSet", name: "going" },
        ...{ controller: true, blockOwnerDeletion: true },
      },
    ]);
    await ann().patch("merge", `${sets()}/going`, { spec: { replicas: 1 } });
    await eventually(() => claimed("going"), ["data-going-0"]);
    await ann().delete(`${sets()}/going`);
    await eventually(() => claimed("going"), []);
  });

  test("a quota limits how many there are, and how much they take", async () => {
    const namespace = `/api/v1/namespaces/${await on.cluster.namespace("stored")}`;
    const hard = { persistentvolumeclaims: "2", "requests.storage": "1536Mi" };
    await on.as("admin").post(`${namespace}/resourcequotas`, { metadata: { name: "team" }, spec: { hard } });
    const used = async (): Promise<unknown> =>
      at((await ann().get(`${namespace}/resourcequotas/team`)).body, "status", "used");
    await eventually(used, { persistentvolumeclaims: "0", "requests.storage": "0" });
    await ann().post(`${namespace}/persistentvolumeclaims`, aClaim("first"));
    await eventually(used, { persistentvolumeclaims: "1", "requests.storage": "1Gi" });
    const { message } = statusOf(await ann().post(`${namespace}/persistentvolumeclaims`, aClaim("second")));
    assert.equal(
      message,
      'persistentvolumeclaims "second" is forbidden: exceeded quota: team, requested: requests.storage=1Gi, used: requests.storage=1Gi, limited: requests.storage=1536Mi',
    );
  });

  test("kubectl applies them, and sends again what is written in another way than it is kept", async () => {
    const folder = await mkdtemp(join(tmpdir(), "devdeploy-claims-"));
    const apply = async (storage: string): Promise<string> => {
      const file = join(folder, "claim.json");
      await writeFile(
        file,
        JSON.stringify(aClaim("applied", { ...SPEC, resources: { requests: { storage } } })),
      );
      return kubectl.say("apply", "--filename", file);
    };
    try {
      assert.deepEqual(
        [await apply("1Gi"), await apply("1Gi"), await apply("1024Mi")],
        ["created", "unchanged", "configured"].map((what) => `persistentvolumeclaim/applied ${what}\n`),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.match(
      await kubectl.say("get", "pvc", "applied"),
      /^NAME +STATUS +VOLUME +CAPACITY +ACCESS MODES +STORAGECLASS +VOLUMEATTRIBUTESCLASS +AGE\napplied +(?:Pending|Bound) .*<unset>/u,
    );
  });

  test("nodes are told to an administrator, and to nobody else", async () => {
    const { body } = await on.as("admin").get("/api/v1/nodes", { accept: TABLE });
    const { message } = statusOf(await ann().get("/api/v1/nodes"));
    assert.deepEqual(
      {
        columns: listAt(body, "columnDefinitions").map((one) => [at(one, "name"), at(one, "priority")]),
        rows: listAt(body, "rows").map((row) => [at(row, "cells", 1), at(row, "cells", 2)]),
        message,
      },
      {
        columns: [
          ...["Name", "Status", "Roles", "Age", "Version"].map((name) => [name, 0]),
          ...["Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"].map((name) => [
            name,
            1,
          ]),
        ],
        rows: [["Ready", "<none>"]],
        message:
          'nodes is forbidden: User "ann" cannot list resource "nodes" in API group "" at the cluster scope',
      },
    );
  });

  test("the node of a pod is one of them, and well", async () => {
    await ann().post(`${core()}/pods`, {
      metadata: { name: "placed" },
      spec: { containers: [{ name: "web", image: "web:a1" }] },
    });
    const node = async (): Promise<unknown> => {
      const { body } = await ann().get(`${core()}/pods/placed`);
      const name = at(body, "spec", "nodeName");
      return typeof name === "string" ? (await on.as("admin").get(`/api/v1/nodes/${name}`)).body : undefined;
    };
    await eventually(
      async () =>
        listAt(await node(), "status", "conditions").map((one) => [at(one, "type"), at(one, "status")]),
      [["Ready", "True"]],
    );
  });
});
