import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, fieldsOf, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const aStatefulSet = (name: string, image: string, spec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name },
  spec: {
    replicas: 2,
    serviceName: "db",
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "db", image }] } },
    ...spec,
  },
});

const FORBIDDEN =
  "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', " +
  "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

describe("StatefulSets", { concurrency: 6 }, () => {
  const on = useCluster("statefulsets");
  const kubectl = useKubectl(on);
  const ann = () => on.as("ann");
  const sets = (): string => `/apis/apps/v1/namespaces/${on.namespace}/statefulsets`;
  const pods = (): string => `/api/v1/namespaces/${on.namespace}/pods`;

  const create = async (name: string, image: string, spec: object = {}): Promise<Answer> => {
    const created = await ann().post(sets(), aStatefulSet(name, image, spec));
    assert.equal(created.status, 201, JSON.stringify(created.body));
    return created;
  };
  const setImage = (name: string, image: string): Promise<Answer> =>
    ann().patch("strategic", `${sets()}/${name}`, {
      spec: { template: { spec: { containers: [{ name: "db", image }] } } },
    });
  const change = (name: string, spec: object): Promise<Answer> =>
    ann().patch("merge", `${sets()}/${name}`, { spec });

  /** Name, image and readiness of each pod. */
  const seen = async (name: string): Promise<unknown> => {
    const { body } = await ann().get(`${pods()}?labelSelector=app%3D${name}`);
    return listAt(body, "items").map((pod) => [
      textAt(pod, "metadata", "name"),
      at(pod, "spec", "containers", 0, "image"),
      at(pod, "status", "containerStatuses", 0, "ready"),
    ]);
  };

  /** The status with the names of the revisions replaced by whether they are one. */
  const status = async (name: string): Promise<unknown> => {
    const { body } = await ann().get(`${sets()}/${name}`);
    const { currentRevision, updateRevision, observedGeneration, ...counts } = fieldsOf(at(body, "status"));
    return {
      ...counts,
      isObserved: observedGeneration === at(body, "metadata", "generation"),
      isOneRevision: currentRevision === updateRevision,
    };
  };
  const complete = (count: number): object => ({
    ...{ replicas: count, readyReplicas: count, availableReplicas: count, collisionCount: 0 },
    ...{ currentReplicas: count, updatedReplicas: count, isObserved: true, isOneRevision: true },
  });

  test("a created one is answered with its defaults, before anything runs", async () => {
    const { body } = await create("defaults", "db:a1", { replicas: undefined });
    const { template, selector, ...spec } = fieldsOf(at(body, "spec"));
    assert.deepEqual(
      [
        at(body, "metadata", "generation"),
        at(body, "status"),
        spec,
        selector,
        at(template, "spec", "dnsPolicy"),
      ],
      [
        1,
        { replicas: 0, availableReplicas: 0 },
        {
          replicas: 1,
          serviceName: "db",
          podManagementPolicy: "OrderedReady",
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
          revisionHistoryLimit: 10,
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        },
        { matchLabels: { app: "defaults" } },
        "ClusterFirst",
      ],
    );
  });

  test("its pods are numbered, named, and know to whom they belong", async () => {
    const created = await create("named", "db:a1");
    await eventually(() => status("named"), complete(2));
    const { body } = await ann().get(`${pods()}/named-1`);
    const { body: set } = await ann().get(`${sets()}/named`);
    assert.deepEqual(
      {
        pods: await seen("named"),
        generateName: at(body, "metadata", "generateName"),
        labels: at(body, "metadata", "labels"),
        owners: at(body, "metadata", "ownerReferences"),
        hostname: at(body, "spec", "hostname"),
        subdomain: at(body, "spec", "subdomain"),
      },
      {
        pods: [
          ["named-0", "db:a1", true],
          ["named-1", "db:a1", true],
        ],
        generateName: "named-",
        labels: {
          app: "named",
          "apps.kubernetes.io/pod-index": "1",
          "controller-revision-hash": textAt(set, "status", "updateRevision"),
          "statefulset.kubernetes.io/pod-name": "named-1",
        },
        owners: [
          {
            apiVersion: "apps/v1",
            kind: "StatefulSet",
            name: "named",
            uid: textAt(created.body, "metadata", "uid"),
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
        hostname: "named-1",
        subdomain: "db",
      },
    );
  });

  test("tells of the pods that it makes and takes away", async () => {
    await create("telling", "db:a1", { replicas: 1 });
    await eventually(() => status("telling"), complete(1));
    await change("telling", { replicas: 0 });
    const told = async (): Promise<unknown> => {
      const query = "fieldSelector=involvedObject.name%3Dtelling%2CinvolvedObject.kind%3DStatefulSet";
      const { body } = await ann().get(`/api/v1/namespaces/${on.namespace}/events?${query}`);
      return listAt(body, "items")
        .map((event) => `${textAt(event, "reason")}: ${textAt(event, "message")}`)
        .sort();
    };
    await eventually(told, [
      "SuccessfulCreate: Create Pod telling-0 in StatefulSet telling successful",
      "SuccessfulDelete: Delete Pod telling-0 in StatefulSet telling successful",
    ]);
  });

  test("a pod that is not ready keeps the next from being made", async () => {
    await create("ordered", "db:notready");
    await eventually(() => seen("ordered"), [["ordered-0", "db:notready", false]]);
    await eventually(
      async () => at(await ann().get(`${pods()}/ordered-0`), "body", "status", "phase"),
      "Running",
    );
    assert.deepEqual(await seen("ordered"), [["ordered-0", "db:notready", false]]);
    await eventually(() => status("ordered"), {
      ...{ replicas: 1, availableReplicas: 0, currentReplicas: 1, updatedReplicas: 1, collisionCount: 0 },
      ...{ isObserved: true, isOneRevision: true },
    });
  });

  test("a parallel one makes all at once", async () => {
    await create("parallel", "db:notready", { podManagementPolicy: "Parallel" });
    await eventually(
      () => seen("parallel"),
      [
        ["parallel-0", "db:notready", false],
        ["parallel-1", "db:notready", false],
      ],
    );
  });

  test("an update begins with the highest number, and waits there for a pod that does not come up", async () => {
    await create("updated", "db:a1", { replicas: 3 });
    await eventually(() => status("updated"), complete(3));
    await setImage("updated", "db:missing-b2");
    await eventually(
      () => seen("updated"),
      [
        ["updated-0", "db:a1", true],
        ["updated-1", "db:a1", true],
        ["updated-2", "db:missing-b2", false],
      ],
    );
    await eventually(() => status("updated"), {
      ...{ replicas: 3, readyReplicas: 2, availableReplicas: 2, currentReplicas: 2, updatedReplicas: 1 },
      ...{ collisionCount: 0, isObserved: true, isOneRevision: false },
    });
  });

  test("the template of before does not replace a broken pod, which has to be deleted by hand", async () => {
    await create("stuck", "db:a1");
    await eventually(() => status("stuck"), complete(2));
    await setImage("stuck", "db:missing-b2");
    await eventually(
      () => seen("stuck"),
      [
        ["stuck-0", "db:a1", true],
        ["stuck-1", "db:missing-b2", false],
      ],
    );
    await setImage("stuck", "db:a1");
    await eventually(async () => at(await status("stuck"), "isObserved"), true);
    assert.deepEqual(at(await seen("stuck"), 1), ["stuck-1", "db:missing-b2", false]);
    await ann().delete(`${pods()}/stuck-1`);
    await eventually(
      () => seen("stuck"),
      [
        ["stuck-0", "db:a1", true],
        ["stuck-1", "db:a1", true],
      ],
    );
    await eventually(() => status("stuck"), complete(2));
  });

  test("pods below the partition stay as they were, also when they are made again", async () => {
    await create("canary", "db:a1");
    await eventually(() => status("canary"), complete(2));
    await change("canary", { updateStrategy: { rollingUpdate: { partition: 1 } } });
    await setImage("canary", "db:b2");
    const halves = [
      ["canary-0", "db:a1", true],
      ["canary-1", "db:b2", true],
    ];
    await eventually(() => seen("canary"), halves);
    const uid = async (): Promise<unknown> =>
      at(await ann().get(`${pods()}/canary-0`), "body", "metadata", "uid");
    const before = await uid();
    await ann().delete(`${pods()}/canary-0`);
    await eventually(async () => [(await uid()) === before, await seen("canary")], [false, halves]);
    await change("canary", { updateStrategy: { rollingUpdate: { partition: 0 } } });
    await eventually(() => status("canary"), complete(2));
  });

  test("one that updates on delete leaves its pods alone until they are deleted", async () => {
    await create("ondelete", "db:a1", { replicas: 1, updateStrategy: { type: "OnDelete" } });
    await eventually(async () => at(await status("ondelete"), "availableReplicas"), 1);
    await setImage("ondelete", "db:b2");
    await eventually(async () => at(await status("ondelete"), "isObserved"), true);
    await eventually(() => seen("ondelete"), [["ondelete-0", "db:a1", true]]);
    await ann().delete(`${pods()}/ondelete-0`);
    await eventually(() => seen("ondelete"), [["ondelete-0", "db:b2", true]]);
  });

  test("is scaled down from the highest number, and up again, by its subresource", async () => {
    await create("scaled", "db:a1");
    await eventually(() => status("scaled"), complete(2));
    const scale = (replicas: number): Promise<Answer> =>
      ann().patch("merge", `${sets()}/scaled/scale`, { spec: { replicas } });
    const answer = await scale(1);
    assert.deepEqual(
      [at(answer.body, "kind"), at(answer.body, "spec"), at(answer.body, "status", "selector")],
      ["Scale", { replicas: 1 }, "app=scaled"],
    );
    await eventually(() => seen("scaled"), [["scaled-0", "db:a1", true]]);
    await scale(2);
    await eventually(() => status("scaled"), complete(2));
  });

  for (const [what, spec, why] of [
    ["another service", { serviceName: "other" }, FORBIDDEN],
    ["another order", { podManagementPolicy: "Parallel" }, FORBIDDEN],
    [
      "an order that there is not",
      { podManagementPolicy: "Wild" },
      `[spec.podManagementPolicy: Invalid value: "Wild": must be 'OrderedReady' or 'Parallel', ${FORBIDDEN}]`,
    ],
    [
      "a strategy and a parameter that do not go together",
      { updateStrategy: { type: "OnDelete" } },
      `spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":0,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
    [
      "a strategy that there is not",
      { updateStrategy: { type: "Wild", rollingUpdate: null } },
      `spec.updateStrategy: Invalid value: {"Type":"Wild","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`,
    ],
    [
      "other pods",
      { selector: { matchLabels: { app: "x" } } },
      `[spec.template.metadata.labels: Invalid value: {"app":"fixed"}: \`selector\` does not match template \`labels\`, ${FORBIDDEN}]`,
    ],
    [
      "pods that end",
      { template: { spec: { restartPolicy: "Never" } } },
      `spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
    ],
    [
      "less than nothing",
      { replicas: -1 },
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ],
  ] as const) {
    test(`is refused ${what}, in the server's words`, async () => {
      await ann().post(sets(), aStatefulSet("fixed", "db:a1", { replicas: 0 }));
      const { code, reason, message } = statusOf(await change("fixed", spec));
      assert.deepEqual(
        [code, reason, message],
        [422, "Invalid", `StatefulSet.apps "fixed" is invalid: ${why}`],
      );
    });
  }

  test("deleting it takes its pods and its history with it", async () => {
    await create("deleted", "db:a1", { replicas: 1 });
    await eventually(() => status("deleted"), complete(1));
    await ann().delete(`${sets()}/deleted`);
    const left = async (path: string): Promise<number> =>
      listAt((await ann().get(`${path}?labelSelector=app%3Ddeleted`)).body, "items").length;
    await eventually(
      async () => [
        await left(pods()),
        await left(`/apis/apps/v1/namespaces/${on.namespace}/controllerrevisions`),
      ],
      [0, 0],
    );
  });

  test("kubectl follows its rollout, and goes back to a revision", async () => {
    await create("kubectl", "db:a1");
    await eventually(() => status("kubectl"), complete(2));
    await kubectl.say("set", "image", "statefulset/kubectl", "db=db:b2");
    const waited = await kubectl.say("rollout", "status", "statefulset/kubectl", "--timeout", "20s");
    const undone = await kubectl.say("rollout", "undo", "statefulset/kubectl", "--to-revision", "1");
    await kubectl.say("rollout", "status", "statefulset/kubectl", "--timeout", "20s");
    const again = await kubectl.say("rollout", "undo", "statefulset/kubectl", "--to-revision", "3");
    const history = await kubectl.say("rollout", "history", "statefulset/kubectl");
    assert.deepEqual(
      [waited.trimEnd().split("\n").at(-1), undone, again, history.match(/^\d+/gmu), await seen("kubectl")],
      [
        `partitioned roll out complete: 2 new pods have been updated...`,
        "statefulset.apps/kubectl rolled back\n",
        "statefulset.apps/kubectl skipped rollback (current template already matches revision 3)\n",
        ["2", "3"],
        [
          ["kubectl-0", "db:a1", true],
          ["kubectl-1", "db:a1", true],
        ],
      ],
    );
  });

  test("kubectl restarts it", async () => {
    await create("restarted", "db:a1", { replicas: 1 });
    await eventually(() => status("restarted"), complete(1));
    const said = await kubectl.say("rollout", "restart", "statefulset/restarted");
    await kubectl.say("rollout", "status", "statefulset/restarted", "--timeout", "20s");
    const { body } = await ann().get(`${pods()}/restarted-0`);
    assert.deepEqual(
      [said, typeof at(body, "metadata", "annotations", "kubectl.kubernetes.io/restartedAt")],
      ["statefulset.apps/restarted restarted\n", "string"],
    );
  });
});
