import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, fieldsOf, listAt, textAt } from "./json.ts";
import { statusOf } from "./status.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const GENERATION = "deprecated.daemonset.template.generation";

const aDaemonSet = (name: string, image: string, spec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: "agent", image }] } },
    ...spec,
  },
});

describe("DaemonSets", { concurrency: 6 }, () => {
  const on = useCluster("daemonsets");
  const kubectl = useKubectl(on);
  const ann = () => on.as("ann");
  const sets = (): string => `/apis/apps/v1/namespaces/${on.namespace}/daemonsets`;

  const create = async (name: string, image: string, spec: object = {}): Promise<Answer> => {
    const created = await ann().post(sets(), aDaemonSet(name, image, spec));
    assert.equal(created.status, 201, JSON.stringify(created.body));
    return created;
  };
  const setImage = (name: string, image: string): Promise<Answer> =>
    ann().patch("strategic", `${sets()}/${name}`, {
      spec: { template: { spec: { containers: [{ name: "agent", image }] } } },
    });

  const podsOf = async (name: string): Promise<readonly unknown[]> =>
    listAt(
      (await ann().get(`/api/v1/namespaces/${on.namespace}/pods?labelSelector=app%3D${name}`)).body,
      "items",
    );
  /** Image and readiness of each pod. */
  const seen = async (name: string): Promise<unknown> =>
    (await podsOf(name))
      .map((pod) => [
        at(pod, "spec", "containers", 0, "image"),
        at(pod, "status", "containerStatuses", 0, "ready"),
      ])
      .sort(([a], [b]) => String(a).localeCompare(String(b)));

  const status = async (name: string): Promise<unknown> => {
    const { body } = await ann().get(`${sets()}/${name}`);
    const { observedGeneration, ...counts } = fieldsOf(at(body, "status"));
    return { ...counts, isObserved: observedGeneration === at(body, "metadata", "generation") };
  };
  const WELL = {
    ...{ currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 1 },
    ...{ updatedNumberScheduled: 1, numberAvailable: 1, isObserved: true },
  };

  test("a created one is answered with its defaults, before anything runs", async () => {
    const { body } = await create("defaults", "agent:a1");
    const { template, ...spec } = fieldsOf(at(body, "spec"));
    assert.deepEqual(
      [at(body, "metadata", "annotations"), at(body, "status"), spec, at(template, "spec", "restartPolicy")],
      [
        { [GENERATION]: "1" },
        { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
        {
          selector: { matchLabels: { app: "defaults" } },
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
          revisionHistoryLimit: 10,
        },
        "Always",
      ],
    );
  });

  test("has one pod on the one node, which it names by an affinity", async () => {
    const created = await create("one", "agent:a1");
    await eventually(() => status("one"), WELL);
    const [pod, ...more] = await podsOf("one");
    const labels = fieldsOf(at(pod, "metadata", "labels"));
    const node = at(pod, "spec", "nodeName");
    const affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] }],
        },
      },
    };
    const { body: history } = await ann().get(
      `/apis/apps/v1/namespaces/${on.namespace}/controllerrevisions?labelSelector=app%3Done`,
    );
    assert.deepEqual(
      {
        ...{ affinity: at(pod, "spec", "affinity"), labels, others: more.length },
        tolerated: listAt(pod, "spec", "tolerations").map((one) => [at(one, "key"), at(one, "effect")]),
        owner: at(pod, "metadata", "ownerReferences", 0, "uid"),
      },
      {
        affinity,
        labels: {
          app: "one",
          "controller-revision-hash": at(
            history,
            "items",
            0,
            "metadata",
            "labels",
            "controller-revision-hash",
          ),
          "pod-template-generation": "1",
        },
        others: 0,
        tolerated: [
          ["node.kubernetes.io/not-ready", "NoExecute"],
          ["node.kubernetes.io/unreachable", "NoExecute"],
          ["node.kubernetes.io/disk-pressure", "NoSchedule"],
          ["node.kubernetes.io/memory-pressure", "NoSchedule"],
          ["node.kubernetes.io/pid-pressure", "NoSchedule"],
          ["node.kubernetes.io/unschedulable", "NoSchedule"],
        ],
        owner: textAt(created.body, "metadata", "uid"),
      },
    );
  });

  test("wants no pod where no node is as it asks", async () => {
    const template = {
      metadata: { labels: { app: "nowhere" } },
      spec: { nodeSelector: { disk: "ssd" }, containers: [{ name: "agent", image: "agent:a1" }] },
    };
    await create("nowhere", "agent:a1", { template });
    await eventually(() => status("nowhere"), {
      ...{ currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
      isObserved: true,
    });
    assert.deepEqual(await seen("nowhere"), []);
  });

  test("an update takes the pod away before it makes the new one, whether that comes up or not", async () => {
    await create("updated", "agent:a1");
    await eventually(() => status("updated"), WELL);
    await setImage("updated", "agent:b2");
    await eventually(() => seen("updated"), [["agent:b2", true]]);
    const changed = await setImage("updated", "agent:missing-c3");
    await eventually(() => seen("updated"), [["agent:missing-c3", false]]);
    await eventually(() => status("updated"), {
      ...{ currentNumberScheduled: 1, desiredNumberScheduled: 1, numberMisscheduled: 0, numberReady: 0 },
      ...{ updatedNumberScheduled: 1, numberUnavailable: 1, isObserved: true },
    });
    assert.equal(at(changed.body, "metadata", "annotations", GENERATION), "3");
  });

  test("an update with a surge keeps the old pod until the new one is there", async () => {
    const rollingUpdate = { maxSurge: 1, maxUnavailable: 0 };
    await create("surge", "agent:a1", { updateStrategy: { rollingUpdate } });
    await eventually(() => status("surge"), WELL);
    await setImage("surge", "agent:missing-b2");
    await eventually(
      () => seen("surge"),
      [
        ["agent:a1", true],
        ["agent:missing-b2", false],
      ],
    );
    await setImage("surge", "agent:c3");
    await eventually(() => seen("surge"), [["agent:c3", true]]);
    await eventually(() => status("surge"), WELL);
  });

  test("one that updates on delete leaves its pod alone until it is deleted", async () => {
    await create("ondelete", "agent:a1", { updateStrategy: { type: "OnDelete" } });
    await eventually(() => status("ondelete"), WELL);
    await setImage("ondelete", "agent:b2");
    const { updatedNumberScheduled, ...notUpdated } = WELL;
    assert.equal(updatedNumberScheduled, 1);
    await eventually(() => status("ondelete"), notUpdated);
    const [pod] = await podsOf("ondelete");
    assert.deepEqual(await seen("ondelete"), [["agent:a1", true]]);
    await ann().delete(`/api/v1/namespaces/${on.namespace}/pods/${textAt(pod, "metadata", "name")}`);
    await eventually(() => seen("ondelete"), [["agent:b2", true]]);
  });

  for (const [what, spec, why] of [
    [
      "pods that end",
      { template: { spec: { restartPolicy: "Never" } } },
      `spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"`,
    ],
    [
      "an update that may do nothing",
      { updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
      "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0",
    ],
    [
      "a strategy that there is not",
      { updateStrategy: { type: "Wild" } },
      `spec.updateStrategy: Unsupported value: {"Type":"Wild","RollingUpdate":{"MaxUnavailable":1,"MaxSurge":0}}: supported values: "RollingUpdate", "OnDelete"`,
    ],
  ] as const) {
    test(`is refused ${what}, in the server's words`, async () => {
      await ann().post(sets(), aDaemonSet("fixed", "agent:a1"));
      const { code, reason, message } = statusOf(await ann().patch("merge", `${sets()}/fixed`, { spec }));
      assert.deepEqual(
        [code, reason, message],
        [422, "Invalid", `DaemonSet.apps "fixed" is invalid: ${why}`],
      );
    });
  }

  test("its selector cannot be changed", async () => {
    await create("selecting", "agent:a1");
    const spec = { selector: { matchLabels: { app: "x" } } };
    const { message } = statusOf(await ann().patch("merge", `${sets()}/selecting`, { spec }));
    assert.match(String(message), /spec\.selector: Invalid value: \{.*\}: field is immutable/u);
  });

  test("kubectl follows its rollout, and goes back to a revision", async () => {
    await create("kubectl", "agent:a1");
    await eventually(() => status("kubectl"), WELL);
    await kubectl.say("set", "image", "daemonset/kubectl", "agent=agent:b2");
    const waited = await kubectl.say("rollout", "status", "daemonset/kubectl", "--timeout", "20s");
    const undone = await kubectl.say("rollout", "undo", "daemonset/kubectl", "--to-revision", "1");
    await kubectl.say("rollout", "status", "daemonset/kubectl", "--timeout", "20s");
    const again = await kubectl.say("rollout", "undo", "daemonset/kubectl", "--to-revision", "3");
    const history = await kubectl.say("rollout", "history", "daemonset/kubectl");
    assert.deepEqual(
      [waited.trimEnd().split("\n").at(-1), undone, again, history.match(/^\d+/gmu), await seen("kubectl")],
      [
        'daemon set "kubectl" successfully rolled out',
        "daemonset.apps/kubectl rolled back\n",
        "daemonset.apps/kubectl skipped rollback (current template already matches revision 3)\n",
        ["2", "3"],
        [["agent:a1", true]],
      ],
    );
  });
});
