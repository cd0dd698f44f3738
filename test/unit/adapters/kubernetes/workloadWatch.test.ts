import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { KubernetesClient } from "../../../../src/adapters/kubernetes/client.ts";
import { SharedWatches } from "../../../../src/adapters/kubernetes/watches.ts";
import type { Watch } from "../../../../src/app/ports.ts";
import type { WorkloadSight } from "../../../../src/domain/rollouts.ts";
import { anAddress, aTemplate } from "../../../builders/rollouts.ts";
import { clientOf, json, refusing, ScriptedServer, until, type Answer } from "../../../fakes/apiServer.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

type Plural = "deployments" | "replicasets" | "pods";

const aDeployment = (image: string, change: object = {}): object => ({
  metadata: { name: "web", namespace: "buffer", uid: "d1", resourceVersion: "5", generation: 1, ...change },
  spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: aTemplate(image) },
  status: { observedGeneration: 1 },
});
const aReplicaSet = (revision: number, image: string): object => ({
  metadata: {
    name: `web-${revision}`,
    uid: `rs${revision}`,
    resourceVersion: "5",
    labels: { app: "web", "pod-template-hash": `h${revision}` },
    annotations: { "deployment.kubernetes.io/revision": String(revision) },
    ownerReferences: [{ controller: true, uid: "d1" }],
  },
  spec: { replicas: 1, template: aTemplate(image) },
});
const aPod = (name: string, owner: string, isReady: boolean, change: object = {}): object => ({
  metadata: {
    name,
    namespace: "buffer",
    uid: `uid-${name}`,
    resourceVersion: "5",
    creationTimestamp: "2026-11-23T08:00:00Z",
    labels: { app: "web" },
    ownerReferences: [{ controller: true, uid: owner }],
    ...change,
  },
  spec: {
    initContainers: [{ name: "migrate" }, { name: "proxy", restartPolicy: "Always" }],
    containers: [{ name: "app" }],
  },
  status: {
    phase: "Running",
    conditions: [{ type: "Ready", status: isReady ? "True" : "False" }],
    initContainerStatuses: [
      { name: "migrate", ready: true },
      { name: "proxy", ready: true },
    ],
    containerStatuses: [{ name: "app", ready: isReady, restartCount: 2 }],
  },
});

describe("the watch of a workload", () => {
  let server: ScriptedServer;
  let client: KubernetesClient;
  let watches: SharedWatches;
  let watch: Watch<WorkloadSight>;
  const listed: Record<Plural, Answer> = { deployments: list([]), replicasets: list([]), pods: list([]) };
  const streams: Partial<Record<Plural, ServerResponse>> = {};

  function list(items: readonly object[]): Answer {
    return (_request, response) => {
      json(response, 200, { metadata: { resourceVersion: "10" }, items });
    };
  }
  const sight = (): WorkloadSight | undefined => watch.current.items.get("web");
  const tell = (plural: Plural, type: string, object: object): void => {
    streams[plural]?.write(`${JSON.stringify({ type, object })}\n`);
  };
  const open = (): Promise<void> => {
    watch = watches.workload(anAddress({ context: "staging" }));
    return until("an answer", () => watch.current.liveness.kind !== "connecting");
  };

  beforeEach(async () => {
    server = new ScriptedServer();
    server.always = (request, response) => {
      const plural = (["deployments", "replicasets", "pods"] as const).find((one) =>
        request.url?.includes(`/${one}?`),
      );
      if (plural === undefined) throw new Error(`Nobody expected ${request.url ?? ""}`);
      if (request.url?.includes("watch=true") !== true) {
        listed[plural](request, response);
        return;
      }
      streams[plural] = response;
      response.writeHead(200, { "Content-Type": "application/json" });
      response.flushHeaders();
    };
    listed.deployments = list([aDeployment("app:2")]);
    listed.replicasets = list([aReplicaSet(1, "app:1"), aReplicaSet(2, "app:2")]);
    listed.pods = list([aPod("old", "rs1", true), aPod("new", "rs2", false)]);
    const clock = new ManualClock();
    client = clientOf(await server.start(), clock);
    watches = new SharedWatches({ client, clock, random: () => 1, log: new FakeLog() });
  });
  afterEach(async () => {
    watches.dispose();
    client.dispose();
    await server.stop();
  });

  test("shows the pods of the newest template alone, sidecars among their containers", async () => {
    await open();
    assert.deepEqual(
      [sight()?.rollout.current, sight()?.now.pods, sight()?.pods],
      [
        { uid: "rs2", revision: 2 },
        [{ name: "new", ready: false, restarts: 2 }],
        [
          {
            name: "new",
            namespace: "buffer",
            uid: "uid-new",
            phase: "Running",
            ready: false,
            restarts: 2,
            containers: { ready: 1, all: 2, names: ["migrate", "proxy", "app"] },
            createdAt: Date.parse("2026-11-23T08:00:00Z"),
            isBeingDeleted: false,
          },
        ],
      ],
    );
  });

  test("says of a pod without a node what the scheduler says, and who holds it back", async () => {
    const unscheduled = (name: string, condition: object, spec: object = {}): object => ({
      ...aPod(name, "rs2", false),
      spec: { containers: [{ name: "app" }], ...spec },
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False", ...condition }] },
    });
    const gates = { schedulingGates: [{ name: "example.com/quota" }, { name: "example.com/late" }] };
    listed.pods = list([
      unscheduled("full", {
        reason: "Unschedulable",
        message: "0/3 nodes are available:\n3 Insufficient cpu.",
      }),
      unscheduled("gated", { reason: "SchedulingGated", message: "Scheduling is blocked" }, gates),
      unscheduled("mute", {}),
      aPod("placed", "rs2", true),
    ]);
    await open();
    assert.deepEqual(
      sight()?.pods.map(({ name, noNode }) => [name, noNode]),
      [
        [
          "full",
          { reason: "Unschedulable", message: "0/3 nodes are available: 3 Insufficient cpu.", gates: [] },
        ],
        [
          "gated",
          {
            reason: "SchedulingGated",
            message: "Scheduling is blocked",
            gates: ["example.com/quota", "example.com/late"],
          },
        ],
        ["mute", undefined],
        ["placed", undefined],
      ],
    );
  });

  test("asks for nothing more when anything changes", async () => {
    await open();
    const asked = server.requests.length;
    tell("pods", "MODIFIED", aPod("new", "rs2", true));
    await until("the pod", () => sight()?.now.pods[0]?.ready === true);
    tell("replicasets", "DELETED", aReplicaSet(1, "app:1"));
    await until("the revision", () => sight()?.rollout.revisions.length === 1);
    assert.deepEqual([asked, server.requests.length], [6, 6]);
  });

  test("shows no pod of a template whose revision is not made yet", async () => {
    await open();
    tell("deployments", "MODIFIED", aDeployment("app:3", { generation: 2, resourceVersion: "11" }));
    await until("the template", () => sight()?.rollout.generation === 2);
    assert.deepEqual([sight()?.rollout.current, sight()?.pods, sight()?.now.pods], [undefined, [], []]);
    tell("replicasets", "ADDED", aReplicaSet(3, "app:3"));
    tell("pods", "ADDED", aPod("newest", "rs3", true));
    await until("the pod", () => sight()?.pods.length === 1);
    assert.deepEqual(
      sight()?.pods.map(({ name }) => name),
      ["newest"],
    );
  });

  test("counts a pod that is being deleted no longer, and still shows it", async () => {
    listed.pods = list([aPod("new", "rs2", true, { deletionTimestamp: "2026-11-23T08:01:00Z" })]);
    await open();
    assert.deepEqual(
      [sight()?.now.pods, sight()?.pods.map(({ isBeingDeleted }) => isBeingDeleted)],
      [[], [true]],
    );
  });

  test("is live with nothing where there is no such workload, and asks for nothing else", async () => {
    listed.deployments = list([]);
    await open();
    assert.deepEqual(
      [watch.current.liveness.kind, watch.current.items.size, server.requests.length],
      ["live", 0, 2],
    );
  });

  test("is as old as the oldest of the three: who may not list pods sees the rest, and that it is not live", async () => {
    listed.pods = refusing(403, "Forbidden", "no pods");
    await open();
    await until("the revisions", () => sight() !== undefined);
    const { liveness } = watch.current;
    assert.deepEqual(
      [liveness.kind, liveness.kind === "stale" && liveness.error.reason, sight()?.rollout.revisions.length],
      ["stale", "forbidden", 2],
    );
  });

  test("forgets what belonged to a workload that is gone, and begins anew with the next", async () => {
    await open();
    tell("deployments", "DELETED", aDeployment("app:2", { resourceVersion: "11" }));
    await until("the end", () => watch.current.items.size === 0);
    assert.equal(watch.current.liveness.kind, "live");
    listed.replicasets = list([]);
    listed.pods = list([]);
    tell("deployments", "ADDED", aDeployment("app:9", { uid: "d2", resourceVersion: "12" }));
    await until("the next", () => sight() !== undefined);
    assert.deepEqual(
      [watch.current.liveness.kind, sight()?.rollout.version.uid, sight()?.rollout.revisions, sight()?.pods],
      ["live", "d2", [], []],
    );
  });
});
