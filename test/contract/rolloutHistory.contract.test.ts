import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Answer } from "./apiClient.ts";
import { eventually } from "./eventually.ts";
import { at, fieldsOf, listAt, textAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";
import { useKubectl } from "./useKubectl.ts";

const PREFIX = "deployment.kubernetes.io";
const REVISION = `${PREFIX}/revision`;
const HISTORY = `${PREFIX}/revision-history`;
const SIZES = [`${PREFIX}/desired-replicas`, `${PREFIX}/max-replicas`];
const CAUSE = "kubernetes.io/change-cause";
const APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

describe("The history of a Deployment", { concurrency: 6 }, () => {
  const on = useCluster("history");
  const kubectl = useKubectl(on);
  const ann = () => on.as("ann");
  const deployments = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;

  const create = async (name: string, annotations: object = {}, spec: object = {}): Promise<void> => {
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "web:a1" }] },
    };
    const { status, body } = await ann().post(deployments(), {
      metadata: { name, annotations },
      spec: { selector: { matchLabels: { app: name } }, template, ...spec },
    });
    assert.equal(status, 201, JSON.stringify(body));
    await eventually(() => deployed(name), ["1", "web:a1"]);
  };
  const change = (name: string, annotations: object, spec: object = {}): Promise<Answer> =>
    ann().patch("merge", `${deployments()}/${name}`, { metadata: { annotations }, spec });
  const setImage = (name: string, image: string, annotations: object = {}): Promise<Answer> =>
    ann().patch("strategic", `${deployments()}/${name}`, {
      metadata: { annotations },
      spec: { template: { spec: { containers: [{ name: "web", image }] } } },
    });
  const read = async (name: string): Promise<unknown> => (await ann().get(`${deployments()}/${name}`)).body;

  /** The revision and the image of a Deployment whose rollout is over; undefined while it is not. */
  const deployed = async (name: string): Promise<unknown> => {
    const body = await read(name);
    const isOver = listAt(body, "status", "conditions").some(
      (one) => at(one, "reason") === "NewReplicaSetAvailable",
    );
    const isObserved = at(body, "status", "observedGeneration") === at(body, "metadata", "generation");
    if (!isOver || !isObserved || at(body, "status", "unavailableReplicas") !== undefined) return undefined;
    return [
      at(body, "metadata", "annotations", REVISION),
      at(body, "spec", "template", "spec", "containers", 0, "image"),
    ];
  };

  const sets = async (name: string): Promise<readonly unknown[]> => {
    const path = `/apis/apps/v1/namespaces/${on.namespace}/replicasets?labelSelector=app%3D${name}`;
    const found = listAt((await ann().get(path)).body, "items");
    const number = (set: unknown): number => Number(at(set, "metadata", "annotations", REVISION));
    return [...found].sort((left, right) => number(left) - number(right));
  };
  /** The annotations of each ReplicaSet, in the order of their revisions, without those about its size. */
  const records = async (name: string): Promise<unknown> =>
    (await sets(name)).map((set) =>
      Object.fromEntries(
        Object.entries(fieldsOf(at(set, "metadata", "annotations"))).filter(([key]) => !SIZES.includes(key)),
      ),
    );

  test("a ReplicaSet has the annotations of its Deployment, its number and its sizes, and no applied manifest", async () => {
    await create("first", { [CAUSE]: "why", "team/ticket": "7", [APPLIED]: "{}" }, { replicas: 4 });
    const [set] = await sets("first");
    assert.deepEqual(at(set, "metadata", "annotations"), {
      [CAUSE]: "why",
      "team/ticket": "7",
      [REVISION]: "1",
      [`${PREFIX}/desired-replicas`]: "4",
      [`${PREFIX}/max-replicas`]: "5",
    });
  });

  test("what is annotated later is told of the newest revision alone, and what is taken away stays told", async () => {
    await create("later", { [CAUSE]: "one", "team/ticket": "7" });
    await setImage("later", "web:b2", { [CAUSE]: "two" });
    await eventually(() => deployed("later"), ["2", "web:b2"]);
    await change("later", { [CAUSE]: "two, corrected", "team/ticket": null });
    await eventually(
      () => records("later"),
      [
        { [CAUSE]: "one", "team/ticket": "7", [REVISION]: "1" },
        { [CAUSE]: "two, corrected", "team/ticket": "7", [REVISION]: "2" },
      ],
    );
  });

  test("a template that is wanted again is the newest revision, and remembers which it was", async () => {
    await create("again");
    for (const [revision, image] of [
      ["2", "web:b2"],
      ["3", "web:a1"],
      ["4", "web:b2"],
      ["5", "web:a1"],
    ] as const) {
      await setImage("again", image);
      await eventually(() => deployed("again"), [revision, image]);
    }
    await eventually(
      () => records("again"),
      [
        { [REVISION]: "4", [HISTORY]: "2" },
        { [REVISION]: "5", [HISTORY]: "1,3" },
      ],
    );
  });

  test("what is not of the template makes no revision", async () => {
    await create("sized");
    await change("sized", { "team/ticket": "8" }, { replicas: 2, minReadySeconds: 1 });
    await eventually(() => deployed("sized"), ["1", "web:a1"]);
    await eventually(
      async () =>
        (await sets("sized")).map((set) => [
          at(set, "spec", "minReadySeconds"),
          at(set, "metadata", "annotations", SIZES[0] ?? ""),
        ]),
      [[1, "2"]],
    );
  });

  for (const [limit, left] of [
    [2, ["1", "2", "3"]],
    [1, ["2", "3"]],
    [0, ["3"]],
  ] as const) {
    test(`a limit of ${limit} keeps as many revisions beside the newest`, async () => {
      const name = `limit-${limit}`;
      await create(name, {}, { revisionHistoryLimit: limit });
      for (const [revision, image] of [
        ["2", "web:b2"],
        ["3", "web:c3"],
      ] as const) {
        await setImage(name, image);
        await eventually(() => deployed(name), [revision, image]);
      }
      await eventually(
        async () => (await sets(name)).map((set) => at(set, "metadata", "annotations", REVISION)),
        left,
      );
    });
  }

  test("a revision that still runs is not forgotten, whatever the limit", async () => {
    await create("running", {}, { revisionHistoryLimit: 0 });
    await setImage("running", "web:missing");
    await eventually(async () => (await sets("running")).map((set) => at(set, "spec", "replicas")), [1, 1]);
    await eventually(async () => at(await read("running"), "status", "unavailableReplicas"), 1);
    assert.equal((await sets("running")).length, 2);
  });

  test("while it is paused a template of before gets its number, and a new one none", async () => {
    await create("paused");
    await setImage("paused", "web:b2");
    await eventually(() => deployed("paused"), ["2", "web:b2"]);
    await change("paused", {}, { paused: true });
    await setImage("paused", "web:a1", { [CAUSE]: "back" });
    await eventually(
      () => records("paused"),
      [{ [REVISION]: "2" }, { [REVISION]: "3", [HISTORY]: "1", [CAUSE]: "back" }],
    );
    await setImage("paused", "web:c3");
    await eventually(async () => {
      const body = await read("paused");
      return at(body, "status", "observedGeneration") === at(body, "metadata", "generation");
    }, true);
    assert.deepEqual(
      [(await sets("paused")).length, (await sets("paused")).map((set) => at(set, "spec", "replicas"))],
      [2, [1, 0]],
    );
    const { code, stderr } = await kubectl.run("rollout", "undo", "deployment/paused");
    assert.deepEqual(
      [code, stderr.trim()],
      [
        1,
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
      ],
    );
    await kubectl.say("rollout", "resume", "deployment/paused");
    await eventually(() => deployed("paused"), ["4", "web:c3"]);
  });

  test("a ReplicaSet with the same labels that somebody else owns is no revision", async () => {
    await create("foreign");
    const [own] = await sets("foreign");
    const body = {
      metadata: {
        name: "foreign-other",
        labels: fieldsOf(at(own, "spec", "template", "metadata", "labels")),
        annotations: { [REVISION]: "9" },
        ownerReferences: [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            name: "x",
            uid: textAt(own, "metadata", "uid"),
            controller: true,
          },
        ],
      },
      spec: { ...fieldsOf(at(own, "spec")), replicas: 0 },
    };
    await ann().post(`/apis/apps/v1/namespaces/${on.namespace}/replicasets`, body);
    await setImage("foreign", "web:b2");
    await eventually(() => deployed("foreign"), ["2", "web:b2"]);
  });

  test("kubectl takes the template and the annotations of a revision back, and only those", async () => {
    await create("undone", { [CAUSE]: "one", mine: "a" });
    await setImage("undone", "web:b2", { [CAUSE]: "two", later: "b" });
    await eventually(() => deployed("undone"), ["2", "web:b2"]);
    await change("undone", { latest: "c" }, { replicas: 2 });
    await eventually(() => deployed("undone"), ["2", "web:b2"]);
    const listed = await kubectl.say("rollout", "history", "deployment/undone");
    const undone = await kubectl.say("rollout", "undo", "deployment/undone", "--to-revision", "1");
    await eventually(() => deployed("undone"), ["3", "web:a1"]);
    const skipped = await kubectl.say("rollout", "undo", "deployment/undone", "--to-revision", "3");
    const none = await kubectl.run("rollout", "undo", "deployment/undone", "--to-revision", "1");
    const body = await read("undone");
    assert.deepEqual(
      {
        ...{ undone, skipped, none: none.stderr.trim(), replicas: at(body, "spec", "replicas") },
        listed: listed.trim().split("\n"),
        annotations: at(body, "metadata", "annotations"),
        records: await records("undone"),
      },
      {
        undone: "deployment.apps/undone rolled back\n",
        skipped: "deployment.apps/undone skipped rollback (current template already matches revision 3)\n",
        none: "error: unable to find specified revision 1 in history",
        replicas: 2,
        listed: ["deployment.apps/undone ", "REVISION  CHANGE-CAUSE", "1         one", "2         two"],
        annotations: { [CAUSE]: "one", mine: "a", [REVISION]: "3" },
        records: [
          { [CAUSE]: "two", mine: "a", later: "b", latest: "c", [REVISION]: "2" },
          { [CAUSE]: "one", mine: "a", [REVISION]: "3", [HISTORY]: "1" },
        ],
      },
    );
  });

  test("a rollout that has no time left says so, and goes on when it can", async () => {
    await create("late", {}, { progressDeadlineSeconds: 2 });
    await setImage("late", "web:missing");
    const progressing = async (): Promise<unknown> => {
      const found = listAt(await read("late"), "status", "conditions").find(
        (one) => at(one, "type") === "Progressing",
      );
      return [
        at(found, "status"),
        at(found, "reason"),
        String(at(found, "message")).replace(/"[^"]+"/u, "…"),
      ];
    };
    await eventually(progressing, [
      "False",
      "ProgressDeadlineExceeded",
      "ReplicaSet … has timed out progressing.",
    ]);
    const { code, stderr } = await kubectl.run("rollout", "status", "deployment/late", "--timeout", "20s");
    assert.deepEqual([code, stderr.trim()], [1, 'error: deployment "late" exceeded its progress deadline']);
    await setImage("late", "web:b2");
    await eventually(() => deployed("late"), ["3", "web:b2"]);
  });
});
