import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, listAt, normalise, textAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";

const REVISION = "deployment.kubernetes.io/revision";

interface Progress {
  readonly isObserved: boolean;
  readonly revision: unknown;
  readonly replicas: unknown;
  readonly updated: unknown;
  readonly ready: unknown;
  readonly available: unknown;
  readonly unavailable: unknown;
  readonly conditions: unknown;
}

const aDeployment = (name: string, image: string, replicas: number): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image }] },
    },
  },
});

describe("Rollouts", () => {
  const on = useCluster("rollouts");
  const ann = () => on.as("ann");
  const deployments = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;

  const owned = async (plural: "replicasets" | "pods", app: string): Promise<readonly unknown[]> => {
    const group = plural === "pods" ? "/api/v1" : "/apis/apps/v1";
    const path = `${group}/namespaces/${on.namespace}/${plural}?labelSelector=app%3D${app}`;
    return listAt((await ann().get(path)).body, "items");
  };

  const create = (name: string, image: string, replicas: number): Promise<Answer> =>
    ann().post(deployments(), aDeployment(name, image, replicas));

  const setImage = (name: string, image: string): Promise<Answer> =>
    ann().patch("strategic", `${deployments()}/${name}`, {
      spec: { template: { spec: { containers: [{ name: "web", image }] } } },
    });

  /** What a person would call the state of a rollout. */
  const progress = async (name: string): Promise<Progress> => {
    const { body } = await ann().get(`${deployments()}/${name}`);
    const status = at(body, "status");
    return {
      isObserved: at(status, "observedGeneration") === at(body, "metadata", "generation"),
      revision: at(body, "metadata", "annotations", REVISION),
      replicas: at(status, "replicas") ?? 0,
      updated: at(status, "updatedReplicas") ?? 0,
      ready: at(status, "readyReplicas") ?? 0,
      available: at(status, "availableReplicas") ?? 0,
      unavailable: at(status, "unavailableReplicas") ?? 0,
      conditions: Object.fromEntries(
        listAt(status, "conditions").map((condition) => [
          textAt(condition, "type"),
          `${textAt(condition, "status")} ${textAt(condition, "reason")}`,
        ]),
      ),
    };
  };

  const done = (revision: string, replicas: number): Progress => ({
    isObserved: true,
    revision,
    replicas,
    updated: replicas,
    ready: replicas,
    available: replicas,
    unavailable: 0,
    conditions: { Available: "True MinimumReplicasAvailable", Progressing: "True NewReplicaSetAvailable" },
  });

  /** Revision, image and size of each ReplicaSet, the oldest first. */
  const replicaSets = async (app: string): Promise<unknown> =>
    (await owned("replicasets", app))
      .map((set) => [
        Number(at(set, "metadata", "annotations", REVISION)),
        at(set, "spec", "template", "spec", "containers", 0, "image"),
        at(set, "spec", "replicas"),
        at(set, "status", "readyReplicas") ?? 0,
      ])
      .sort(([a], [b]) => Number(a) - Number(b));

  /** Image, readiness and what is waited for of each pod. */
  const pods = async (app: string): Promise<unknown> =>
    (await owned("pods", app))
      .map((pod) => {
        const container = at(pod, "status", "containerStatuses", 0);
        return [
          at(pod, "spec", "containers", 0, "image"),
          at(pod, "status", "phase"),
          at(container, "ready"),
          at(container, "state", "waiting", "reason"),
        ];
      })
      .sort(([a], [b]) => String(a).localeCompare(String(b)));

  test("a created deployment is answered with its defaults, before anything runs", async () => {
    const { status, body } = await create("defaults", "web:a1", 0);
    const spec = at(body, "spec");
    assert.deepEqual(
      [status, at(body, "metadata", "generation"), at(body, "status"), at(spec, "revisionHistoryLimit")],
      [201, 1, {}, 10],
    );
    assert.deepEqual(
      [
        at(spec, "strategy"),
        at(spec, "progressDeadlineSeconds"),
        at(spec, "template", "spec", "restartPolicy"),
      ],
      [{ type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } }, 600, "Always"],
    );
  });

  test("a deployment makes a ReplicaSet, that makes pods, and they become ready", async () => {
    const created = await create("first", "web:a1", 2);
    await eventually(() => progress("first"), done("1", 2));
    const [set] = await owned("replicasets", "first");
    const hash = textAt(set, "metadata", "labels", "pod-template-hash");
    const owner = (kind: string, of: unknown): object => ({
      apiVersion: "apps/v1",
      kind,
      name: textAt(of, "metadata", "name"),
      uid: textAt(of, "metadata", "uid"),
      controller: true,
      blockOwnerDeletion: true,
    });
    const made = await owned("pods", "first");
    assert.deepEqual(
      {
        setName: at(set, "metadata", "name"),
        setOwners: at(set, "metadata", "ownerReferences"),
        setSelector: at(set, "spec", "selector"),
        podLabels: made.map((pod) => at(pod, "metadata", "labels")),
        podOwners: made.map((pod) => at(pod, "metadata", "ownerReferences")),
        podNames: made.every((pod) => textAt(pod, "metadata", "name").startsWith(`first-${hash}-`)),
      },
      {
        setName: `first-${hash}`,
        setOwners: [owner("Deployment", created.body)],
        setSelector: { matchLabels: { app: "first", "pod-template-hash": hash } },
        podLabels: [1, 2].map(() => ({ app: "first", "pod-template-hash": hash })),
        podOwners: [1, 2].map(() => [owner("ReplicaSet", set)]),
        podNames: true,
      },
    );
  });

  test("a running pod says which image it runs, on which node, and since when", async () => {
    await create("running", "shop/web:a1", 1);
    await eventually(() => progress("running"), done("1", 1));
    const [pod] = await owned("pods", "running");
    const conditions = listAt(pod, "status", "conditions").map((condition) => [
      at(condition, "type"),
      at(condition, "status"),
    ]);
    assert.deepEqual(Object.fromEntries(conditions.map(([type, status]) => [String(type), status])), {
      PodReadyToStartContainers: "True",
      Initialized: "True",
      Ready: "True",
      ContainersReady: "True",
      PodScheduled: "True",
    });
    const container = at(pod, "status", "containerStatuses", 0);
    assert.deepEqual(
      ["name", "image", "ready", "started", "restartCount", "state"].map((key) =>
        normalise(at(container, key)),
      ),
      ["web", "shop/web:a1", true, true, 0, { running: { startedAt: "<time>" } }],
    );
    assert.match(textAt(container, "imageID"), /@sha256:[0-9a-f]{64}$/);
    assert.equal(typeof at(pod, "spec", "nodeName"), "string");
  });

  test("another image is another revision, and what ran before is scaled to nothing", async () => {
    await create("second", "web:a1", 1);
    await eventually(() => progress("second"), done("1", 1));
    await setImage("second", "web:b2");
    await eventually(() => progress("second"), done("2", 1));
    await eventually(
      () => replicaSets("second"),
      [
        [1, "web:a1", 0, 0],
        [2, "web:b2", 1, 1],
      ],
    );
    await eventually(() => pods("second"), [["web:b2", "Running", true, undefined]]);
  });

  test("the image of before is the ReplicaSet of before under a new number", async () => {
    await create("again", "web:a1", 1);
    await eventually(() => progress("again"), done("1", 1));
    await setImage("again", "web:b2");
    await eventually(() => progress("again"), done("2", 1));
    await setImage("again", "web:a1");
    await eventually(() => progress("again"), done("3", 1));
    await eventually(
      () => replicaSets("again"),
      [
        [2, "web:b2", 0, 0],
        [3, "web:a1", 1, 1],
      ],
    );
    const [set] = (await owned("replicasets", "again")).filter((each) => at(each, "spec", "replicas") === 1);
    assert.equal(at(set, "metadata", "annotations", "deployment.kubernetes.io/revision-history"), "1");
  });

  test("an image that cannot be pulled leaves the old pods serving, and says what it waits for", async () => {
    await create("missing", "web:a1", 1);
    await eventually(() => progress("missing"), done("1", 1));
    await setImage("missing", "web:missing-b2");
    await eventually(
      () => pods("missing"),
      [
        ["web:a1", "Running", true, undefined],
        ["web:missing-b2", "Pending", false, "ImagePullBackOff"],
      ],
    );
    const [broken] = (await owned("pods", "missing")).filter(
      (pod) => at(pod, "status", "phase") === "Pending",
    );
    const message = textAt(broken, "status", "containerStatuses", 0, "state", "waiting", "message");
    assert.match(message, /^Back-off pulling image "web:missing-b2": .*not found$/);
    // Why it is progressing depends on which of two updates the controller makes last, so only whether counts.
    await eventually(
      async () => {
        const seen = await progress("missing");
        return { ...seen, conditions: textAt(seen.conditions, "Progressing").startsWith("True ") };
      },
      { ...done("2", 1), replicas: 2, unavailable: 1, conditions: true },
    );
  });

  test("a rollout that makes no progress in the time it has says so", async () => {
    await create("late", "web:missing", 1);
    await ann().patch("merge", `${deployments()}/late`, { spec: { progressDeadlineSeconds: 1 } });
    await eventually(() => progress("late"), {
      isObserved: true,
      revision: "1",
      replicas: 1,
      updated: 1,
      ready: 0,
      available: 0,
      unavailable: 1,
      conditions: {
        Available: "False MinimumReplicasUnavailable",
        Progressing: "False ProgressDeadlineExceeded",
      },
    });
  });

  test("a deployment is scaled up and to nothing without a new revision", async () => {
    await create("scaled", "web:a1", 1);
    await eventually(() => progress("scaled"), done("1", 1));
    await ann().patch("merge", `${deployments()}/scaled`, { spec: { replicas: 3 } });
    await eventually(() => progress("scaled"), done("1", 3));
    await ann().patch("merge", `${deployments()}/scaled`, { spec: { replicas: 0 } });
    await eventually(() => progress("scaled"), done("1", 0));
    await eventually(() => pods("scaled"), []);
  });

  test("the generation counts changes of the spec, not of labels or status", async () => {
    await create("counted", "web:a1", 0);
    const labelled = await ann().patch("merge", `${deployments()}/counted`, {
      metadata: { labels: { x: "y" } },
    });
    const scaled = await ann().patch("merge", `${deployments()}/counted`, { spec: { paused: true } });
    assert.deepEqual(
      [at(labelled.body, "metadata", "generation"), at(scaled.body, "metadata", "generation")],
      [1, 2],
    );
  });

  test("a paused deployment waits with its new image until it goes on", async () => {
    await create("paused", "web:a1", 1);
    await eventually(() => progress("paused"), done("1", 1));
    await ann().patch("merge", `${deployments()}/paused`, { spec: { paused: true } });
    await setImage("paused", "web:b2");
    await eventually(async () => (await progress("paused")).conditions, {
      Available: "True MinimumReplicasAvailable",
      Progressing: "Unknown DeploymentPaused",
    });
    assert.deepEqual(await pods("paused"), [["web:a1", "Running", true, undefined]]);
    await ann().patch("merge", `${deployments()}/paused`, { spec: { paused: false } });
    await eventually(() => progress("paused"), done("2", 1));
  });

  test("a pod that is deleted is made anew", async () => {
    await create("replaced", "web:a1", 1);
    await eventually(() => progress("replaced"), done("1", 1));
    const [pod] = await owned("pods", "replaced");
    await ann().delete(`/api/v1/namespaces/${on.namespace}/pods/${textAt(pod, "metadata", "name")}`);
    await eventually(async () => {
      const [now, ...others] = await owned("pods", "replaced");
      const isAnother = at(now, "metadata", "uid") !== at(pod, "metadata", "uid");
      return [isAnother, at(now, "status", "phase"), others.length];
    }, [true, "Running", 0]);
  });

  test("deleting a deployment takes its ReplicaSets and pods with it", async () => {
    await create("deleted", "web:a1", 1);
    await eventually(() => progress("deleted"), done("1", 1));
    const removed = await ann().delete(`${deployments()}/deleted`);
    await eventually(
      async () => [(await owned("replicasets", "deleted")).length, (await owned("pods", "deleted")).length],
      [0, 0],
    );
    assert.equal(removed.status, 200);
  });

  test("deleting a deployment may leave what it made", async () => {
    await create("orphaned", "web:a1", 1);
    await eventually(() => progress("orphaned"), done("1", 1));
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Orphan" };
    await ann().delete(`${deployments()}/orphaned`, body);
    await eventually(async () => {
      const { status } = await ann().get(`${deployments()}/orphaned`);
      const sets = await owned("replicasets", "orphaned");
      return [
        status,
        sets.map((set) => at(set, "metadata", "ownerReferences")),
        (await owned("pods", "orphaned")).length,
      ];
    }, [404, [undefined], 1]);
  });

  test("a deployment in a deleted namespace goes with it", async () => {
    const namespace = await on.cluster.namespace("doomed");
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
    await ann().post(path, aDeployment("web", "web:a1", 1));
    await on.as("admin").delete(`/api/v1/namespaces/${namespace}`);
    await eventually(
      async () => [
        (await on.as("admin").get(`/api/v1/namespaces/${namespace}`)).status,
        (await on.as("admin").get(`${path}/web`)).status,
      ],
      [404, 404],
    );
  });
});
