import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";

const FROM = {
  secret: { envFrom: [{ secretRef: { name: "absent" } }] },
  configMap: { envFrom: [{ configMapRef: { name: "absent" } }] },
  secretKey: { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "half", key: "password" } } }] },
  configMapKey: { env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "half", key: "url" } } }] },
} as const;

describe("What a pod takes from Secrets and ConfigMaps has to be there", { concurrency: 8 }, () => {
  const on = useCluster("config");
  const ann = () => on.as("ann");
  const core = (): string => `/api/v1/namespaces/${on.namespace}`;

  const create = async (name: string, container: object, spec: object = {}): Promise<void> => {
    const { status, body } = await ann().post(`${core()}/pods`, {
      metadata: { name },
      spec: { ...spec, containers: [{ name: "web", image: "web:a1", ...container }] },
    });
    assert.equal(status, 201, JSON.stringify(body));
  };
  const make = async (plural: "secrets" | "configmaps", name: string, data: object): Promise<void> => {
    await ann().post(`${core()}/${plural}`, { metadata: { name }, data });
  };

  /** Phase, readiness, and what is waited for with which words. */
  const seen = async (name: string, list = "containerStatuses"): Promise<unknown> => {
    const { body } = await ann().get(`${core()}/pods/${name}`);
    const status = at(body, "status", list, 0);
    return [
      at(body, "status", "phase"),
      at(status, "ready"),
      at(status, "state", "waiting", "reason"),
      at(status, "state", "waiting", "message"),
    ];
  };
  const waiting = (message: string): unknown => ["Pending", false, "CreateContainerConfigError", message];
  const RUNNING = ["Running", true, undefined, undefined];

  const warnings = async (name: string): Promise<unknown> => {
    const { body: pod } = await ann().get(`${core()}/pods/${name}`);
    const query = `fieldSelector=involvedObject.uid%3D${textAt(pod, "metadata", "uid")}`;
    return listAt((await ann().get(`${core()}/events?${query}`)).body, "items")
      .filter((event) => at(event, "type") === "Warning")
      .map((event) => [
        textAt(event, "reason"),
        textAt(event, "message"),
        at(event, "involvedObject", "fieldPath"),
      ]);
  };

  for (const [name, container, message] of [
    ["secret", FROM.secret, 'secret "absent" not found'],
    ["config-map", FROM.configMap, 'configmap "absent" not found'],
  ] as const) {
    test(`a whole ${name} that is absent keeps its container from being made`, async () => {
      await create(name, container);
      await eventually(() => seen(name), waiting(message));
      await eventually(() => warnings(name), [["Failed", `Error: ${message}`, "spec.containers{web}"]]);
    });
  }

  for (const [name, container, kind] of [
    ["secret-key", FROM.secretKey, "Secret"],
    ["config-map-key", FROM.configMapKey, "ConfigMap"],
  ] as const) {
    test(`a ${kind} without the key that is asked for does, too`, async () => {
      await make(kind === "Secret" ? "secrets" : "configmaps", "half", { other: "YQ==" });
      await create(name, container);
      const key = kind === "Secret" ? "password" : "url";
      await eventually(() => seen(name), waiting(`couldn't find key ${key} in ${kind} ${on.namespace}/half`));
    });
  }

  test("the container is made once what was missing is there", async () => {
    await create("healed", { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "late", key: "a" } } }] });
    await eventually(() => seen("healed"), waiting('secret "late" not found'));
    await make("secrets", "late", { a: "YQ==" });
    await eventually(() => seen("healed"), RUNNING);
  });

  test("what is optional may be absent", async () => {
    const secretKeyRef = { name: "absent", key: "a", optional: true };
    await create("optional", {
      envFrom: [{ configMapRef: { name: "absent", optional: true } }],
      env: [{ name: "A", valueFrom: { secretKeyRef } }],
    });
    await eventually(() => seen("optional"), RUNNING);
  });

  test("an init container needs what it asks for as well", async () => {
    await create("init", {}, { initContainers: [{ name: "migrate", image: "migrate:a1", ...FROM.secret }] });
    await eventually(() => seen("init", "initContainerStatuses"), waiting('secret "absent" not found'));
    assert.deepEqual(await seen("init"), ["Pending", false, "PodInitializing", undefined]);
  });

  for (const [name, source, problem] of [
    ["secret-volume", { secret: { secretName: "absent" } }, 'secret "absent" not found'],
    ["map-volume", { configMap: { name: "absent" } }, 'configmap "absent" not found'],
    [
      "projected-volume",
      { projected: { sources: [{ secret: { name: "absent" } }] } },
      'secret "absent" not found',
    ],
  ] as const) {
    test(`a ${name} that cannot be mounted keeps its pod from beginning`, async () => {
      await create(name, {}, { volumes: [{ name: "files", ...source }] });
      await eventually(
        () => warnings(name),
        [["FailedMount", `MountVolume.SetUp failed for volume "files" : ${problem}`, undefined]],
      );
      assert.deepEqual(await seen(name), ["Pending", false, "ContainerCreating", undefined]);
    });
  }

  test("the pod begins once its volume can be mounted", async () => {
    await create("mounted", {}, { volumes: [{ name: "files", configMap: { name: "files" } }] });
    await eventually(() => seen("mounted"), ["Pending", false, "ContainerCreating", undefined]);
    await make("configmaps", "files", { a: "b" });
    await eventually(() => seen("mounted"), RUNNING);
  });

  test("slow: it runs for some seconds before it is ready", async () => {
    await create("slow", { image: "web:slow-4f1c0de" });
    await eventually(() => seen("slow"), ["Running", false, undefined, undefined]);
    const begun = performance.now();
    await eventually(() => seen("slow"), RUNNING);
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds > 2 && seconds < 8, `it took ${seconds.toFixed(1)} s`);
    const { body } = await ann().get(`${core()}/pods/slow`);
    assert.equal(at(body, "status", "containerStatuses", 0, "restartCount"), 0);
  });
});
