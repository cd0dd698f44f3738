import assert from "node:assert/strict";
import { test } from "node:test";
import { applyDefaults } from "../../../src/sandbox/api/defaults.ts";
import { planRollout, type RolloutPlan } from "../../../src/sandbox/controllers/rollout.ts";
import { templateHash } from "../../../src/sandbox/controllers/templates.ts";
import { at, childOf, type JsonObject, numberOf, textOf } from "../../../src/sandbox/json.ts";
import { DEPLOYMENT, REPLICA_SET } from "../../../src/sandbox/kinds.ts";
import { annotationsOf, nameOf, setMetadata } from "../../../src/sandbox/object.ts";
import { aDeployment } from "./objects.ts";

/** A Deployment and its ReplicaSets, whose pods are available as far as the test says. */
class Rollout {
  deployment: JsonObject;
  sets: JsonObject[] = [];
  /** Images whose pods never become available. */
  readonly broken = new Set<string>();

  constructor(image: string, spec: JsonObject = {}) {
    this.deployment = aDeployment("web", image, spec);
    applyDefaults(DEPLOYMENT, this.deployment);
  }

  set(image: string): void {
    const template = childOf(childOf(this.deployment, "spec"), "template");
    const spec = childOf(template, "spec");
    spec["containers"] = [{ name: "web", image }];
    applyDefaults(DEPLOYMENT, this.deployment);
  }

  plan(oldPods = 0): RolloutPlan {
    return planRollout({ deployment: this.deployment, replicaSets: this.sets, oldPods });
  }

  /** Takes all planned steps; tells them as `web:a 0→2`. */
  step(oldPods = 0): string[] {
    return this.plan(oldPods).steps.map((step) => {
      if (step.kind === "create") {
        applyDefaults(REPLICA_SET, step.replicaSet);
        this.sets.push(step.replicaSet);
        return `${imageOf(step.replicaSet)} new ${sizeOf(step.replicaSet)}`;
      }
      const set = this.sets.find((candidate) => nameOf(candidate) === step.name);
      assert.ok(set);
      if (step.kind === "delete") {
        this.sets = this.sets.filter((other) => other !== set);
        return `${imageOf(set)} deleted`;
      }
      setMetadata(set, "annotations", step.annotations);
      if (step.kind === "annotate") return `${imageOf(set)} is ${revisionOf(set)}`;
      childOf(set, "spec")["replicas"] = step.to;
      return `${imageOf(set)} ${step.from}→${step.to}`;
    });
  }

  /** Lets all pods that can become available do so, and counts them as the controllers do. */
  settle(): void {
    for (const set of this.sets) {
      const replicas = sizeOf(set);
      const availableReplicas = this.broken.has(imageOf(set)) ? 0 : replicas;
      set["status"] = { replicas, availableReplicas, readyReplicas: availableReplicas };
    }
    const total = (field: string): number =>
      this.sets.reduce((sum, set) => sum + numberOf(at(set, "status", field)), 0);
    const current = this.plan().current;
    this.deployment["status"] = {
      replicas: total("replicas"),
      availableReplicas: total("availableReplicas"),
      updatedReplicas: current === undefined ? 0 : sizeOf(current),
    };
  }

  /** Steps and settles until nothing is left to do. */
  run(): string[] {
    const told: string[] = [];
    for (let round = 0; round < 50; round += 1) {
      const steps = this.step();
      if (steps.length === 0) return told;
      told.push(...steps);
      this.settle();
    }
    throw new Error(`no end: ${told.join(", ")}`);
  }
}

const imageOf = (set: JsonObject): string => {
  const containers = at(set, "spec", "template", "spec", "containers");
  return textOf(at(Array.isArray(containers) ? containers[0] : undefined, "image"));
};
const sizeOf = (set: JsonObject): number => numberOf(at(set, "spec", "replicas"));
const revisionOf = (set: JsonObject): string => annotationsOf(set)["deployment.kubernetes.io/revision"] ?? "";

test("the first ReplicaSet is made in full size, as revision 1", () => {
  const rollout = new Rollout("web:a", { replicas: 3 });
  assert.deepEqual([rollout.run(), rollout.plan().revision], [["web:a new 3"], "1"]);
});

test("old pods go only as new ones become available", () => {
  const rollout = new Rollout("web:a", { replicas: 4 });
  rollout.run();
  rollout.set("web:b");
  assert.deepEqual(rollout.step(), ["web:b new 1"]);
  assert.deepEqual(rollout.step(), ["web:a 4→3"], "one may be missing of four");
  assert.deepEqual(rollout.step(), ["web:b 1→2"], "which makes room for one more");
  assert.deepEqual(rollout.step(), [], "and then it waits");
  rollout.settle();
  assert.deepEqual(rollout.run(), ["web:a 3→1", "web:b 2→4", "web:a 1→0"]);
});

test("an image that never runs leaves the old pods serving", () => {
  const rollout = new Rollout("web:a", { replicas: 2 });
  rollout.run();
  rollout.broken.add("web:missing");
  rollout.set("web:missing");
  assert.deepEqual(rollout.run(), ["web:missing new 1"]);
  assert.deepEqual(
    rollout.sets.map((set) => [imageOf(set), sizeOf(set)]),
    [
      ["web:a", 2],
      ["web:missing", 1],
    ],
  );
});

test("pods that never ran are taken away first", () => {
  const rollout = new Rollout("web:a", { replicas: 2 });
  rollout.run();
  rollout.broken.add("web:missing");
  rollout.set("web:missing");
  rollout.run();
  rollout.set("web:c");
  assert.deepEqual(rollout.run(), [
    "web:c new 0",
    "web:missing 1→0",
    "web:c 0→1",
    "web:a 2→1",
    "web:c 1→2",
    "web:a 1→0",
  ]);
});

for (const [maxSurge, maxUnavailable] of [
  ["25%", "25%"],
  [1, 0],
  [0, 1],
  ["100%", "50%"],
  [0, 0],
] as const) {
  test(`with surge ${maxSurge} and lack ${maxUnavailable} there are never too many pods nor too few`, () => {
    const replicas = 5;
    const rollingUpdate = { maxSurge, maxUnavailable };
    const rollout = new Rollout("web:a", { replicas, strategy: { type: "RollingUpdate", rollingUpdate } });
    const share = (value: number | string, round: (share: number) => number): number =>
      typeof value === "number" ? value : round((Number.parseInt(value, 10) * replicas) / 100);
    const lack = maxSurge === 0 && maxUnavailable === 0 ? 1 : share(maxUnavailable, Math.floor);
    rollout.run();
    rollout.set("web:b");
    for (let round = 0; round < 30; round += 1) {
      const isDone = rollout.step().length === 0;
      const wanted = rollout.sets.reduce((sum, set) => sum + sizeOf(set), 0);
      const available = rollout.sets.reduce(
        (sum, set) => sum + Math.min(sizeOf(set), numberOf(at(set, "status", "availableReplicas"))),
        0,
      );
      assert.ok(wanted <= replicas + share(maxSurge, Math.ceil), `${wanted} pods`);
      assert.ok(available >= replicas - lack, `${available} available`);
      if (isDone) rollout.settle();
    }
    assert.deepEqual(
      rollout.sets.map((set) => [imageOf(set), sizeOf(set)]),
      [
        ["web:a", 0],
        ["web:b", 5],
      ],
    );
  });
}

test("the template of before is its ReplicaSet of before, under the next number", () => {
  const rollout = new Rollout("web:a");
  rollout.run();
  rollout.set("web:b");
  rollout.run();
  rollout.set("web:a");
  const told = rollout.run();
  assert.equal(told[0], "web:a is 3");
  assert.deepEqual(
    rollout.sets.map((set) => [imageOf(set), revisionOf(set), sizeOf(set)]),
    [
      ["web:a", "3", 2],
      ["web:b", "2", 0],
    ],
  );
  assert.equal(annotationsOf(rollout.sets[0] ?? {})["deployment.kubernetes.io/revision-history"], "1");
});

test("Recreate waits until the old pods are gone", () => {
  const rollout = new Rollout("web:a", { strategy: { type: "Recreate" } });
  rollout.run();
  rollout.set("web:b");
  assert.deepEqual(rollout.step(2), ["web:a 2→0"]);
  assert.deepEqual(rollout.step(2), []);
  assert.deepEqual(rollout.step(0), ["web:b new 2"]);
});

test("a paused rollout does not go on, but is scaled", () => {
  const rollout = new Rollout("web:a");
  rollout.run();
  childOf(rollout.deployment, "spec")["paused"] = true;
  rollout.set("web:b");
  assert.deepEqual(rollout.run(), []);
  childOf(rollout.deployment, "spec")["replicas"] = 5;
  assert.deepEqual(rollout.run(), ["web:a 2→5"]);
});

test("scaling to nothing and back needs no new revision", () => {
  const rollout = new Rollout("web:a");
  rollout.run();
  for (const [replicas, told] of [
    [0, "web:a 2→0"],
    [3, "web:a 0→3"],
  ] as const) {
    childOf(rollout.deployment, "spec")["replicas"] = replicas;
    assert.deepEqual([rollout.run(), rollout.plan().revision], [[told], "1"]);
  }
});

test("no more old ReplicaSets are kept than the limit says, the oldest go first", () => {
  const rollout = new Rollout("web:a", { revisionHistoryLimit: 1 });
  rollout.run();
  for (const image of ["web:b", "web:c", "web:d"]) {
    rollout.set(image);
    rollout.run();
  }
  assert.deepEqual(rollout.sets.map(imageOf), ["web:c", "web:d"]);
});

test("equal templates have equal hashes, whatever the order of their keys", () => {
  assert.equal(templateHash({ a: 1, b: { c: 2, d: 3 } }), templateHash({ b: { d: 3, c: 2 }, a: 1 }));
  assert.notEqual(templateHash({ a: 1 }), templateHash({ a: 2 }));
  assert.match(templateHash({ a: 1 }), /^[bcdfghjklmnpqrstvwxz2456789]{10}$/u);
});
