import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { PLAIN_REMOVAL, removeObject } from "../../../src/sandbox/api/removal.ts";
import type { Objects } from "../../../src/sandbox/api/objects.ts";
import { seedObject } from "../../../src/sandbox/api/seeding.ts";
import { startControllers } from "../../../src/sandbox/controllers/start.ts";
import { newReplicaSet } from "../../../src/sandbox/controllers/templates.ts";
import { applyDefaults } from "../../../src/sandbox/api/defaults.ts";
import { at, type JsonObject, textOf } from "../../../src/sandbox/json.ts";
import {
  CONFIG_MAP,
  DEPLOYMENT,
  EVENT,
  type Kind,
  NAMESPACE,
  POD,
  REPLICA_SET,
} from "../../../src/sandbox/kinds.ts";
import { controlledBy, nameOf, uidOf } from "../../../src/sandbox/object.ts";
import { readyStatus } from "../../../src/sandbox/podLife.ts";
import { aCluster, aDeployment, done, NOON, WRITE } from "./objects.ts";

let stop = (): void => undefined;
afterEach(() => {
  stop();
});

function run(objects: Objects): void {
  stop = startControllers(objects);
}

/** Waits until something is so; the controllers need a few hundred milliseconds of real time. */
async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await delay(5);
  }
}

const all = (objects: Objects, kind: Kind): JsonObject[] => objects.store.list(kind, "web");
const available = (objects: Objects): unknown =>
  at(objects.store.get(DEPLOYMENT, "web", "web"), "status", "availableReplicas");

/** A Deployment, its ReplicaSet and its pods, as they would be after months. */
function seedSteady(objects: Objects): void {
  const created = "2025-11-01T09:00:00Z";
  const metadata = {
    name: "web",
    namespace: "web",
    creationTimestamp: created,
    uid: "deployment-uid",
    generation: 7,
  };
  const annotations = { "deployment.kubernetes.io/revision": "7" };
  const deployment = { ...aDeployment("web", "web:a"), metadata: { ...metadata, annotations } };
  applyDefaults(DEPLOYMENT, deployment);
  const set = newReplicaSet(
    deployment,
    { ...annotations, "deployment.kubernetes.io/desired-replicas": "2" },
    2,
  );
  const seededSet = seedObject(objects, REPLICA_SET, {
    ...set,
    status: { replicas: 2, readyReplicas: 2, availableReplicas: 2, observedGeneration: 1 },
  });
  for (const name of ["web-one", "web-two"]) {
    const pod: JsonObject = {
      kind: "Pod",
      apiVersion: "v1",
      metadata: {
        name,
        namespace: "web",
        creationTimestamp: created,
        labels: at(set, "spec", "template", "metadata", "labels") ?? {},
        ownerReferences: [controlledBy(seededSet, REPLICA_SET)],
      },
      spec: at(set, "spec", "template", "spec") ?? {},
    };
    seedObject(objects, POD, { ...pod, status: readyStatus(pod, NOON - 86_400_000) });
  }
  seedObject(objects, DEPLOYMENT, {
    ...deployment,
    status: {
      observedGeneration: 7,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
    },
  });
}

test("a seeded Deployment with its ReplicaSet and pods is adopted as it is", async () => {
  const { objects } = aCluster();
  seedSteady(objects);
  run(objects);
  await delay(400);
  assert.deepEqual(
    [
      all(objects, POD).map(nameOf),
      all(objects, REPLICA_SET).length,
      all(objects, EVENT).length,
      at(
        objects.store.get(DEPLOYMENT, "web", "web"),
        "metadata",
        "annotations",
        "deployment.kubernetes.io/revision",
      ),
      at(objects.store.get(DEPLOYMENT, "web", "web"), "metadata", "creationTimestamp"),
    ],
    [["web-one", "web-two"], 1, 0, "7", "2025-11-01T09:00:00Z"],
  );
});

test("a seeded Deployment alone gets its pods", async () => {
  const { objects } = aCluster();
  seedObject(objects, DEPLOYMENT, aDeployment("web", "web:a"));
  run(objects);
  await until("two pods available", () => available(objects) === 2);
});

test("an upgrade of what was seeded makes the next revision", async () => {
  const { objects } = aCluster();
  seedSteady(objects);
  run(objects);
  const place = { kind: DEPLOYMENT, namespace: "web", name: "web" };
  done(
    objects.change(place, (live) => ({ ...live, spec: aDeployment("web", "web:b")["spec"] ?? {} }), WRITE),
  );
  await until("the new image alone", () => {
    const images = all(objects, POD).map((pod) => at(pod, "spec", "containers"));
    return available(objects) === 2 && images.length === 2 && JSON.stringify(images).includes("web:b");
  });
  const revision = at(
    objects.store.get(DEPLOYMENT, "web", "web"),
    "metadata",
    "annotations",
    "deployment.kubernetes.io/revision",
  );
  assert.equal(revision, "8");
});

test("a pod whose image is missing backs off, and events tell why", async () => {
  const { objects } = aCluster();
  seedObject(objects, DEPLOYMENT, aDeployment("web", "shop/web:missing-1", { replicas: 1 }));
  run(objects);
  await until("back-off", () => all(objects, EVENT).some(({ reason }) => reason === "BackOff"));
  const told = all(objects, EVENT).filter(({ type }) => type === "Warning");
  assert.deepEqual(
    told.map(({ reason, message }) => `${textOf(reason)}: ${textOf(message).slice(0, 44)}`).sort(),
    [
      "Failed: Error: ErrImagePull",
      "Failed: Error: ImagePullBackOff",
      'Failed: Failed to pull image "shop/web:missing-1": r',
    ],
  );
});

test("what belongs to a removed object goes, or stays when another owner is there", async () => {
  const { objects } = aCluster();
  const owner = (name: string): JsonObject =>
    done(objects.create(CONFIG_MAP, "web", { metadata: { name } }, WRITE));
  const [first, second] = [owner("first"), owner("second")];
  const owned = (name: string, owners: JsonObject[]): void => {
    const ownerReferences = owners.map((each) => ({ ...controlledBy(each, CONFIG_MAP), controller: false }));
    done(objects.create(CONFIG_MAP, "web", { metadata: { name, ownerReferences } }, WRITE));
  };
  owned("of-first", [first]);
  owned("of-both", [first, second]);
  run(objects);
  removeObject(objects, { kind: CONFIG_MAP, namespace: "web", name: "first" }, PLAIN_REMOVAL);
  await until("the dependent is gone", () => objects.store.get(CONFIG_MAP, "web", "of-first") === undefined);
  const both = objects.store.get(CONFIG_MAP, "web", "of-both");
  assert.deepEqual(at(both, "metadata", "ownerReferences"), [
    { ...controlledBy(second, CONFIG_MAP), controller: false },
  ]);
});

test("an object whose owner never was is removed", async () => {
  const { objects } = aCluster();
  const ghost: JsonObject = { metadata: { name: "ghost", uid: "nobody" } };
  const ownerReferences = [controlledBy(ghost, CONFIG_MAP)];
  done(objects.create(CONFIG_MAP, "web", { metadata: { name: "lost", ownerReferences } }, WRITE));
  run(objects);
  await until("it is gone", () => objects.store.get(CONFIG_MAP, "web", "lost") === undefined);
});

test("an owner that is deleted in the foreground goes after its dependents", async () => {
  const { objects, store } = aCluster();
  const order: string[] = [];
  store.subscribe(({ type, kind, object }) => {
    if (type === "DELETED" && kind !== EVENT)
      order.push(`${kind.kind} ${uidOf(object) === "" ? "" : nameOf(object).slice(0, 3)}`);
  });
  seedObject(objects, DEPLOYMENT, aDeployment("web", "web:a", { replicas: 1 }));
  run(objects);
  await until("it runs", () => available(objects) === 1);
  removeObject(
    objects,
    { kind: DEPLOYMENT, namespace: "web", name: "web" },
    { ...PLAIN_REMOVAL, propagation: "Foreground" },
  );
  await until("it is gone", () => objects.store.get(DEPLOYMENT, "web", "web") === undefined);
  assert.deepEqual(order, ["Pod web", "ReplicaSet web", "Deployment web"]);
});

test("a namespace is gone when everything in it is", async () => {
  const { objects } = aCluster();
  seedObject(objects, DEPLOYMENT, aDeployment("web", "web:a"));
  run(objects);
  await until("it runs", () => available(objects) === 2);
  removeObject(objects, { kind: NAMESPACE, namespace: "", name: "web" }, PLAIN_REMOVAL);
  const during = at(objects.store.get(NAMESPACE, "", "web"), "status", "phase");
  const refusal = objects.create(CONFIG_MAP, "web", { metadata: { name: "late" } }, WRITE);
  await until("it is gone", () => objects.store.get(NAMESPACE, "", "web") === undefined);
  assert.deepEqual(
    [during, at(JSON.parse(JSON.stringify(refusal)) as JsonObject, "code"), all(objects, POD)],
    ["Terminating", 403, []],
  );
});
