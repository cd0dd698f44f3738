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
  const refused = (answer: Answer): unknown => {
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
