import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Objects } from "../../../src/sandbox/api/objects.ts";
import { startControllers } from "../../../src/sandbox/controllers/start.ts";
import { at, objectsOf, textOf, type JsonObject } from "../../../src/sandbox/json.ts";
import { DEPLOYMENT, JOB, POD, RESOURCE_QUOTA } from "../../../src/sandbox/kinds.ts";
import { podLog } from "../../../src/sandbox/podLog.ts";
import { aCluster, aDeployment, done, refused, WRITE } from "./objects.ts";

let stop = (): void => undefined;
afterEach(() => {
  stop();
});

/** Waits until something is so; the controllers need a few hundred milliseconds of real time. */
async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const deadline = performance.now() + 5000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await delay(5);
  }
}

const aJob = (tag: string, spec: JsonObject = {}, restartPolicy = "Never"): JsonObject => ({
  kind: "Job",
  apiVersion: "batch/v1",
  metadata: { name: "migrate", namespace: "web" },
  spec: {
    backoffLimit: 0,
    template: { spec: { restartPolicy, containers: [{ name: "migrate", image: `migrate:${tag}` }] } },
    ...spec,
  },
});

function makeJob(job: JsonObject): Objects {
  const { objects } = aCluster();
  stop = startControllers(objects);
  done(objects.create(JOB, "web", job, WRITE));
  return objects;
}

/** How the Job ended: its last condition, and its counts. */
const ending = (objects: Objects) => (): unknown => {
  const status = at(objects.store.get(JOB, "web", "migrate"), "status");
  const last = objectsOf(at(status, "conditions")).at(-1);
  if (last === undefined) return undefined;
  return [last["type"], last["reason"], at(status, "succeeded") ?? 0, at(status, "failed") ?? 0];
};

test("a Job is complete once its pod has ended well", async () => {
  const objects = makeJob(aJob("a1"));
  assert.deepEqual(await until("an end", ending(objects)), ["Complete", "CompletionsReached", 1, 0]);
});

test("a Job gives up when its pod fails and it may not try again", async () => {
  const objects = makeJob(aJob("fail-a1"));
  assert.deepEqual(await until("an end", ending(objects)), ["Failed", "BackoffLimitExceeded", 0, 1]);
  assert.equal(objects.store.list(POD, "web").length, 1);
});

test("where containers are started again in their pod, their restarts count, and the pod goes", async () => {
  const objects = makeJob(aJob("fail", { backoffLimit: 1 }, "OnFailure"));
  assert.deepEqual(await until("an end", ending(objects)), ["Failed", "BackoffLimitExceeded", 0, 1]);
  await until("no pod", () => (objects.store.list(POD, "web").length === 0 ? true : undefined));
});

test("a Job that may try again waits before it does", async () => {
  const objects = makeJob(aJob("fail", { backoffLimit: 2 }));
  const failed = (): unknown => at(objects.store.get(JOB, "web", "migrate"), "status", "failed");
  await until("a failure", failed);
  await delay(100);
  assert.deepEqual([ending(objects)(), objects.store.list(POD, "web").length], [undefined, 1]);
});

test("a Job's template does not change, and its pods end", () => {
  const { objects } = aCluster();
  done(objects.create(JOB, "web", aJob("a1"), WRITE));
  const place = { kind: JOB, namespace: "web", name: "migrate" };
  const changed = objects.change(
    place,
    (live) => {
      const [container] = objectsOf(at(live, "spec", "template", "spec", "containers"));
      if (container !== undefined) container["image"] = "migrate:b2";
      return live;
    },
    WRITE,
  );
  const [code, reason, message] = refused(changed);
  assert.deepEqual([code, reason], [422, "Invalid"]);
  assert.match(message, /^Job\.batch "migrate" is invalid: spec\.template: .*field is immutable$/u);
  const [, , why] = refused(objects.create(JOB, "web", aJob("a1", {}, "Always"), WRITE));
  assert.match(why, /restartPolicy: Required value: valid values: "OnFailure", "Never"$/u);
});

test("a quota of pods is kept to, and the Deployment says so until it is lifted", async () => {
  const { objects } = aCluster();
  stop = startControllers(objects);
  const quota = {
    kind: "ResourceQuota",
    apiVersion: "v1",
    metadata: { name: "small" },
    spec: { hard: { pods: "1" } },
  };
  done(objects.create(RESOURCE_QUOTA, "web", quota, WRITE));
  done(objects.create(DEPLOYMENT, "web", aDeployment("web", "web:a"), WRITE));
  const failure = await until("a condition", () =>
    objectsOf(at(objects.store.get(DEPLOYMENT, "web", "web"), "status", "conditions")).find(
      ({ type }) => type === "ReplicaFailure",
    ),
  );
  assert.equal(failure["reason"], "FailedCreate");
  assert.match(
    textOf(failure["message"]),
    /^pods "web-\S+" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1$/u,
  );
  assert.equal(objects.store.list(POD, "web").length, 1);
});

test("a log is asked for by container, and may be cut", () => {
  const { objects } = aCluster();
  const two = [
    { name: "one", image: "one:a1" },
    { name: "two", image: "two:a1" },
  ];
  const pod = done(
    objects.create(
      POD,
      "web",
      { kind: "Pod", apiVersion: "v1", metadata: { name: "p" }, spec: { containers: two } },
      WRITE,
    ),
  );
  const answer = (query: string, status: JsonObject = {}): unknown => {
    const found = podLog({ ...pod, status }, new URLSearchParams(query));
    return typeof found === "string" ? found : refused(found)[2];
  };
  const status = { containerStatuses: [{ name: "one", state: { running: {} } }] };
  assert.deepEqual(
    [
      answer(""),
      answer("container=three"),
      answer("container=one"),
      answer("container=one", status),
      answer("container=one&limitBytes=4", status),
      answer("container=one&tailLines=0", status),
    ],
    [
      "a container name must be specified for pod p, choose one of: [one two]",
      "container three is not valid for pod p",
      'container "one" in pod "p" is not available',
      "one: listening on :8080\n",
      "one:",
      "",
    ],
  );
});
