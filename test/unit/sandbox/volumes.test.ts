import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { startControllers } from "../../../src/sandbox/controllers/start.ts";
import { at, type JsonObject, objectOf } from "../../../src/sandbox/json.ts";
import { PERSISTENT_VOLUME_CLAIM } from "../../../src/sandbox/kinds.ts";
import { uidOf } from "../../../src/sandbox/object.ts";
import type { Refusal } from "../../../src/sandbox/refusal.ts";
import { aCluster, done, refused, WRITE } from "./objects.ts";

const PLACE = { kind: PERSISTENT_VOLUME_CLAIM, namespace: "web", name: "data" };

const aClaim = (storage: string): JsonObject => ({
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
});

let stop = (): void => undefined;
afterEach(() => {
  stop();
});

async function bound(): Promise<ReturnType<typeof aCluster>> {
  const cluster = aCluster();
  stop = startControllers(cluster.objects);
  done(cluster.objects.create(PERSISTENT_VOLUME_CLAIM, "web", aClaim("1024Mi"), WRITE));
  for (let turns = 0; turns < 5; turns += 1) await turn();
  return cluster;
}

test("a claim is bound at once, to a volume named by its uid", async () => {
  const { objects } = await bound();
  const claim = done(objects.get(PLACE));
  assert.deepEqual(
    [at(claim, "spec", "volumeName"), at(claim, "status")],
    [`pvc-${uidOf(claim)}`, { phase: "Bound", accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" } }],
  );
});

test("a bound claim may grow, and no more shrink below what it has", async () => {
  const { objects } = await bound();
  const size = (storage: string): JsonObject | Refusal =>
    objects.change(
      PLACE,
      (live) => ({ ...live, spec: { ...objectOf(live["spec"]), resources: { requests: { storage } } } }),
      WRITE,
    );
  assert.equal(at(done(size("2Gi")), "spec", "resources", "requests", "storage"), "2Gi");
  assert.deepEqual(refused(size("512Mi")).slice(1), [
    "Invalid",
    'PersistentVolumeClaim "data" is invalid: spec.resources.requests.storage: Forbidden: field can not be less than status.capacity',
  ]);
});
