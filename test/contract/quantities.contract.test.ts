import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { at, listAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";

/** As they are written, and as they are answered. */
const AMOUNTS = {
  ...{ "0.1": "100m", "1.5": "1500m", "1000m": "1", "1000": "1k", "0.0005": "1m", "2500M": "2500M" },
  ...{ "1024Mi": "1Gi", "1536Mi": "1536Mi", "1.5Gi": "1536Mi", "2048Ki": "2Mi", "100Mi": "100Mi" },
  ...{ "0.5Ki": "512", "0.0001Ki": "103m", "0.1Mi": "104857600m", "8192Ei": "9223372036854775807" },
  ...{ "1000e3": "1e6", "12e6": "12e6", "1e1": "10", "0.5e3": "500", "1e-3": "1e-3", "1E3": "1E3" },
  ...{
    "0": "0",
    "0Mi": "0",
    "00": "0",
    "0.1n": "1m",
    "1000.5u": "2m",
    "1e-4": "1e-3",
    "1.500": "1.500",
    "01": "01",
    "+5": "+5",
  },
  ...{ " 64Mi ": "64Mi", "123456789012345678901": "123456789012345678901" },
} as const;

const aPod = (name: string, containers: readonly object[]): object => ({
  metadata: { name },
  spec: {
    containers: containers.map((resources, index) => ({ name: `c${index}`, image: "web:a1", resources })),
  },
});

describe("Amounts", { concurrency: 4 }, () => {
  const on = useCluster("quantities");
  const ann = () => on.as("ann");
  const core = (): string => `/api/v1/namespaces/${on.namespace}`;
  const apps = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;
  const memoryOf = (answer: Answer): readonly unknown[] =>
    listAt(answer.body, "spec", "containers").map((one) => at(one, "resources", "requests", "memory"));

  test("are answered in their own format, with the largest unit that leaves them whole", async () => {
    const containers = Object.keys(AMOUNTS).map((memory) => ({ requests: { memory } }));
    const made = await ann().post(`${core()}/pods?dryRun=All`, aPod("amounts", containers));
    assert.equal(made.status, 201, JSON.stringify(made.body));
    assert.deepEqual(memoryOf(made), Object.values(AMOUNTS));
  });

  test("may be numbers", async () => {
    const containers = [0.1, 2, 1500, 1024].map((memory) => ({ requests: { memory } }));
    const made = await ann().post(`${core()}/pods?dryRun=All`, aPod("numbers", containers));
    assert.deepEqual(memoryOf(made), ["100m", "2", "1500", "1024"]);
  });

  test("of a template are the same however they are written: a workload does not change by it", async () => {
    const workload = (cpu: string, memory: string): object => ({
      spec: {
        template: {
          spec: { containers: [{ name: "web", resources: { requests: { cpu }, limits: { memory } } }] },
        },
      },
    });
    const template = {
      metadata: { labels: { app: "same" } },
      spec: { containers: [{ name: "web", image: "web:a1" }] },
    };
    const spec = { replicas: 0, selector: { matchLabels: { app: "same" } }, template };
    await ann().post(apps(), { metadata: { name: "same" }, spec });
    const seen = ({ body }: Answer): unknown => [
      at(body, "metadata", "generation"),
      at(body, "spec", "template", "spec", "containers", 0, "resources"),
    ];
    const limited = { limits: { memory: "1Gi" }, requests: { cpu: "100m" } };
    const patch = async (cpu: string, memory: string): Promise<unknown> =>
      seen(await ann().patch("strategic", `${apps()}/same`, workload(cpu, memory)));
    assert.deepEqual(
      [await patch("0.1", "1024Mi"), await patch("100m", "1Gi"), await patch("0.10", "1048576Ki")],
      [
        [2, limited],
        [2, limited],
        [2, limited],
      ],
    );
  });

  test("of init containers, and of a quota, are no others", async () => {
    const { spec } = Object.assign({ spec: {} }, aPod("init", [{ limits: { cpu: "0.25" } }]));
    const initContainers = [{ name: "init", image: "web:a1", resources: { limits: { cpu: "1000m" } } }];
    const made = await ann().post(`${core()}/pods?dryRun=All`, {
      metadata: { name: "init" },
      spec: { ...spec, initContainers },
    });
    const quota = await ann().post(`${core()}/resourcequotas?dryRun=All`, {
      metadata: { name: "team" },
      spec: { hard: { "requests.cpu": "1000m", "limits.memory": "2048Mi", pods: "1000" } },
    });
    assert.deepEqual(
      [
        at(made.body, "spec", "initContainers", 0, "resources"),
        at(made.body, "spec", "containers", 0, "resources"),
        at(quota.body, "spec", "hard"),
      ],
      [
        { limits: { cpu: "1" }, requests: { cpu: "1" } },
        { limits: { cpu: "250m" }, requests: { cpu: "250m" } },
        { "requests.cpu": "1", "limits.memory": "2Gi", pods: "1k" },
      ],
    );
  });

  for (const [amount, why] of [
    ["64MB", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
    ["1K", "unable to parse quantity's suffix"],
  ] as const) {
    test(`that are none are refused: ${amount}`, async () => {
      const answer = await ann().post(`${core()}/pods`, aPod("bad", [{ requests: { memory: amount } }]));
      const { code, reason, message } = statusOf(answer);
      assert.deepEqual(
        [code, reason, message],
        [400, "BadRequest", `Pod in version "v1" cannot be handled as a Pod: ${why}`],
      );
    });
  }
});
