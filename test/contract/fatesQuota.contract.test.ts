import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, listAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

const aPod = (name: string, resources: object = {}): object => ({
  metadata: { name },
  spec: { containers: [{ name: "web", image: "web:a1", resources }] },
});

describe("A quota", { concurrency: 4 }, () => {
  const on = useCluster("quota");
  const ann = () => on.as("ann");

  /** A namespace whose quota is counted already; the server keeps to it only then. */
  const limited = async (hard: Readonly<Record<string, string>>): Promise<string> => {
    const core = `/api/v1/namespaces/${await on.cluster.namespace("limited")}`;
    await on.as("admin").post(`${core}/resourcequotas`, { metadata: { name: "team" }, spec: { hard } });
    const used = async (): Promise<unknown> =>
      at(await ann().get(`${core}/resourcequotas/team`), "body", "status");
    const nothing = Object.fromEntries(Object.keys(hard).map((name) => [name, "0"]));
    await eventually(used, { hard, used: nothing });
    return core;
  };
  const refused = (answer: Answer): readonly unknown[] => {
    const { code, reason, message } = statusOf(answer);
    return [code, reason, message];
  };
  const usedIs = (core: string, used: object): Promise<void> =>
    eventually(
      async () => at(await ann().get(`${core}/resourcequotas/team`), "body", "status", "used"),
      used,
    );

  test("of pods lets no more be made, and says how many there are", async () => {
    const core = await limited({ pods: "1", "count/pods": "2" });
    assert.equal((await ann().post(`${core}/pods`, aPod("first"))).status, 201);
    await usedIs(core, { pods: "1", "count/pods": "1" });
    assert.deepEqual(refused(await ann().post(`${core}/pods`, aPod("second"))), [
      403,
      "Forbidden",
      'pods "second" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1',
    ]);
  });

  test("of objects counts pods that are done, too", async () => {
    const core = await limited({ pods: "5", "count/pods": "1" });
    const { spec } = Object.assign({ spec: {} }, aPod("done"));
    await ann().post(`${core}/pods`, {
      metadata: { name: "done" },
      spec: { ...spec, restartPolicy: "Never" },
    });
    await usedIs(core, { pods: "0", "count/pods": "1" });
    assert.deepEqual(refused(await ann().post(`${core}/pods`, aPod("second"))), [
      403,
      "Forbidden",
      'pods "second" is forbidden: exceeded quota: team, requested: count/pods=1, used: count/pods=1, limited: count/pods=1',
    ]);
  });

  test("of resources wants each container to say what it takes", async () => {
    const core = await limited({ "requests.cpu": "1", "limits.memory": "256Mi" });
    assert.deepEqual(refused(await ann().post(`${core}/pods`, aPod("silent"))), [
      403,
      "Forbidden",
      'pods "silent" is forbidden: failed quota: team: must specify limits.memory for: web; requests.cpu for: web',
    ]);
    const resources = { requests: { cpu: "600m" }, limits: { memory: "128Mi" } };
    assert.equal((await ann().post(`${core}/pods`, aPod("first", resources))).status, 201);
    await usedIs(core, { "requests.cpu": "600m", "limits.memory": "128Mi" });
    assert.deepEqual(refused(await ann().post(`${core}/pods`, aPod("second", resources))), [
      403,
      "Forbidden",
      'pods "second" is forbidden: exceeded quota: team, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    ]);
  });

  test("of resources counts what is asked for, however it is written, and what an init container outweighs", async () => {
    const core = await limited({ cpu: "1", "requests.memory": "256Mi", "limits.cpu": "4" });
    const resources = { requests: { cpu: "0.2", memory: "65536Ki" }, limits: { cpu: "1" } };
    const { spec } = Object.assign({ spec: {} }, aPod("first", resources));
    const initContainers = [
      {
        name: "init",
        image: "web:a1",
        resources: { requests: { cpu: "0.5", memory: "1Mi" }, limits: { cpu: "2" } },
      },
    ];
    const silent = initContainers.map(({ name, image }) => ({ name, image }));
    assert.equal(
      refused(
        await ann().post(`${core}/pods`, {
          metadata: { name: "a" },
          spec: { ...spec, initContainers: silent },
        }),
      ).at(2),
      'pods "a" is forbidden: failed quota: team: must specify cpu for: init; limits.cpu for: init; requests.memory for: init',
    );
    const made = await ann().post(`${core}/pods`, {
      metadata: { name: "first" },
      spec: { ...spec, initContainers },
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    await usedIs(core, { cpu: "500m", "requests.memory": "64Mi", "limits.cpu": "2" });
    assert.equal((await ann().post(`${core}/pods`, aPod("second", resources))).status, 201);
    await usedIs(core, { cpu: "700m", "requests.memory": "128Mi", "limits.cpu": "3" });
    const more = { requests: { cpu: "0.4", memory: "64Mi" }, limits: { cpu: "1500m" } };
    assert.deepEqual(refused(await ann().post(`${core}/pods`, aPod("third", more))), [
      403,
      "Forbidden",
      'pods "third" is forbidden: exceeded quota: team, requested: cpu=400m,limits.cpu=1500m, used: cpu=700m,limits.cpu=3, limited: cpu=1,limits.cpu=4',
    ]);
  });

  test("of objects is kept to for each kind", async () => {
    const core = await limited({ "count/secrets": "1", configmaps: "1", "count/deployments.apps": "0" });
    const apps = core.replace("/api/v1", "/apis/apps/v1");
    const map = (name: string): object => ({ metadata: { name } });
    const template = { metadata: { labels: { app: "web" } }, spec: at(aPod("web"), "spec") };
    const web = { metadata: { name: "web" }, spec: { selector: { matchLabels: { app: "web" } }, template } };
    assert.equal((await ann().post(`${core}/secrets`, map("first"))).status, 201);
    await usedIs(core, { "count/secrets": "1", configmaps: "0", "count/deployments.apps": "0" });
    assert.deepEqual(
      [
        refused(await ann().post(`${core}/secrets`, map("second"))).at(2),
        refused(await ann().post(`${apps}/deployments`, web)).at(2),
      ],
      [
        'secrets "second" is forbidden: exceeded quota: team, requested: count/secrets=1, used: count/secrets=1, limited: count/secrets=1',
        'deployments.apps "web" is forbidden: exceeded quota: team, requested: count/deployments.apps=1, used: count/deployments.apps=0, limited: count/deployments.apps=0',
      ],
    );
    await ann().delete(`${core}/secrets/first`);
    await usedIs(core, { "count/secrets": "0", configmaps: "0", "count/deployments.apps": "0" });
  });

  test("is told by the Deployment that cannot make its pods", async () => {
    const core = await limited({ pods: "1" });
    const path = `${core.replace("/api/v1", "/apis/apps/v1")}/deployments`;
    await ann().post(path, {
      metadata: { name: "web" },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: at(aPod("web"), "spec") },
      },
    });
    const failure = async (): Promise<unknown> => {
      const { body } = await ann().get(`${path}/web`);
      const found = listAt(body, "status", "conditions").find((one) => at(one, "type") === "ReplicaFailure");
      return [
        at(found, "status"),
        at(found, "reason"),
        String(at(found, "message")).replace(/"web-[^"]+"/u, "…"),
      ];
    };
    await eventually(failure, [
      "True",
      "FailedCreate",
      "pods … is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1",
    ]);
  });
});
