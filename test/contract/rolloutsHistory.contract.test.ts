import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CHANGE_CAUSE } from "../../src/domain/undo.ts";
import { eventually } from "./eventually.ts";
import { at, listAt } from "./json.ts";
import { aWorkload, inShort, revisionOf, useRollouts, WORKLOAD_KINDS } from "./rolloutsStage.ts";

const signal = new AbortController().signal;

const objectIn = (value: unknown): object => (typeof value === "object" && value !== null ? value : {});

for (const kind of WORKLOAD_KINDS) {
  describe(`The history of a ${kind}`, () => {
    const stage = useRollouts("rollouts");

    test("has a revision for each template, with its cause, and says which is the present one", async () => {
      const of = stage.of(kind, "plain");
      await stage.create(of, { image: "web:a1", annotations: { [CHANGE_CAUSE]: "first" } });
      await stage.rollOut(of, "web:b2", { [CHANGE_CAUSE]: "second" });
      await stage.rollOut(of, "web:c3", { [CHANGE_CAUSE]: null });
      const reading = await stage.settled(of);
      // The controller takes no annotation away from a revision; it only does not copy what is not there.
      assert.deepEqual(inShort(reading), ["3 web:c3 now", "2 web:b2 second", "1 web:a1 first"]);
      const { body } = await stage.on.as("ann").get(stage.path(of));
      const [newest] = reading.revisions;
      assert.deepEqual(
        [reading.template, newest?.template, reading.version, reading.historyLimit, reading.isPaused],
        [
          reading.template,
          reading.template,
          { uid: at(body, "metadata", "uid"), resourceVersion: at(body, "metadata", "resourceVersion") },
          10,
          false,
        ],
      );
      assert.deepEqual(at(reading.template, "metadata"), { labels: { app: "plain" } });
      assert.deepEqual(
        [newest?.object.kind, newest?.pods],
        kind === "Deployment" ? ["ReplicaSet", { ready: 0, wanted: 0 }] : ["ControllerRevision", undefined],
      );
      assert.deepEqual(
        reading.revisions.filter(({ hash, createdAt }) => hash === "" || createdAt === 0),
        [],
      );
    });

    test("shows a template that was gone back to under its new number", async () => {
      const of = stage.of(kind, "renumbered");
      await stage.create(of, { image: "web:a1" });
      await stage.rollOut(of, "web:b2");
      const before = await stage.settled(of);
      await stage.rollOut(of, "web:a1");
      await stage.rollOut(of, "web:b2");
      await stage.rollOut(of, "web:a1");
      const after = await stage.settled(of);
      // Only ReplicaSets keep their older numbers.
      const was = (numbers: string): string => (kind === "Deployment" ? ` was ${numbers}` : "");
      assert.deepEqual(inShort(after), [`5${was("1,3")} web:a1 now`, `4${was("2")} web:b2`]);
      assert.deepEqual(revisionOf(after, "web:a1").object, revisionOf(before, "web:a1").object);
      assert.equal(revisionOf(after, "web:a1").hash, revisionOf(before, "web:a1").hash);
    });

    test("has the present template alone where nothing is kept", async () => {
      const of = stage.of(kind, "forgetful");
      await stage.create(of, { image: "web:a1", spec: { revisionHistoryLimit: 0 } });
      await stage.rollOut(of, "web:b2");
      await eventually(async () => inShort(await stage.reading(of)), ["2 web:b2 now"]);
      assert.equal((await stage.reading(of)).historyLimit, 0);
    });

    test("leaves out what has the same labels and another owner", async () => {
      const of = stage.of(kind, "mine");
      await stage.create(of, { image: "web:a1" });
      const mine = await stage.settled(of);
      const revisions = kind === "Deployment" ? "replicasets" : "controllerrevisions";
      const folder = `/apis/apps/v1/namespaces/${of.namespace}/${revisions}`;
      const { body } = await stage.on.as("ann").get(`${folder}/${mine.revisions[0]?.object.name ?? ""}`);
      const owner = at(body, "metadata", "ownerReferences", 0);
      const foreign = {
        apiVersion: "apps/v1",
        kind: at(body, "kind"),
        ...(kind === "Deployment" ? { spec: at(body, "spec") } : { data: at(body, "data"), revision: 7 }),
      };
      const labels = { ...objectIn(at(body, "metadata", "labels")), foreign: "yes" };
      // Controllers adopt what has no controller, and the garbage collector takes what has none that exists.
      const keeper = await stage.on.as("ann").post(`/api/v1/namespaces/${of.namespace}/configmaps`, {
        metadata: { name: `keeper-${kind.toLowerCase()}` },
      });
      const foreigner = {
        apiVersion: "v1",
        kind: "ConfigMap",
        name: at(keeper.body, "metadata", "name"),
        uid: at(keeper.body, "metadata", "uid"),
        controller: true,
      };
      // Who merely refers to the workload is not its either.
      const others = [[foreigner], [foreigner, { ...objectIn(owner), controller: false }]];
      for (const [index, ownerReferences] of others.entries()) {
        const metadata = { name: `foreign-${index}`, labels, ownerReferences };
        const made = await stage.on.as("ann").post(folder, { ...foreign, metadata });
        assert.equal(made.status, 201, JSON.stringify(made.body));
        const reading = await stage.reading(of);
        assert.deepEqual(
          reading.revisions.map(({ object }) => object.uid),
          [mine.revisions[0]?.object.uid],
        );
      }
    });

    test("is the one that kubectl tells", async () => {
      const of = stage.of(kind, "told");
      await stage.create(of, { image: "web:a1", annotations: { [CHANGE_CAUSE]: "first" } });
      await stage.rollOut(of, "web:b2", { [CHANGE_CAUSE]: "second" });
      await stage.rollOut(of, "web:a1", { [CHANGE_CAUSE]: "first" });
      const { revisions } = await stage.settled(of);
      const told = await stage.kubectl("rollout", "history", `${kind}/told`, "--namespace", of.namespace);
      const rows = told.split("\n").flatMap((line) => /^(\d+)\s+(\S+)/u.exec(line)?.slice(1).join(" ") ?? []);
      assert.deepEqual(
        rows.reverse(),
        revisions.map(({ revision, changeCause }) => `${revision} ${changeCause ?? "<none>"}`),
      );
    });

    test("of a workload that is not there is none, and who may not read it is told", async () => {
      const absent = stage.of(kind, "absent");
      assert.deepEqual(await stage.own.rollouts.read(absent, signal), { ok: true, value: undefined });
      const eve = await stage.as("eve");
      const refused = await eve.rollouts.read(absent, signal);
      assert.equal(!refused.ok && refused.error.reason, "forbidden");
    });

    test("and its undo need rights, and those that are missing are named", async () => {
      const of = stage.of(kind, "plain");
      const plural = `${kind.toLowerCase()}s`;
      const revisions = kind === "Deployment" ? "replicasets" : "controllerrevisions";
      const eve = await stage.as("eve");
      assert.deepEqual(await stage.own.rollouts.missingRights(of, signal), { ok: true, value: [] });
      assert.deepEqual(await eve.rollouts.missingRights(of, signal), {
        ok: true,
        value: [`get ${plural}`, `patch ${plural}`, `list ${revisions}`, "list pods"],
      });
    });
  });
}

describe("The workloads of a namespace", () => {
  const stage = useRollouts("listed");

  test("are listed by name, each with its images and who keeps it as it is", async () => {
    const helm = { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "prod" };
    await stage.create(stage.of("Deployment", "web"), { image: "web:a1" });
    await stage.create(stage.of("Deployment", "api"), {
      image: "api:a1",
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: helm,
    });
    const plural = { StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;
    for (const kind of ["StatefulSet", "DaemonSet"] as const) {
      const path = `/apis/apps/v1/namespaces/${stage.on.namespace}/${plural[kind]}`;
      const made = await stage.on.as("ann").post(path, aWorkload("db", { kind, image: "db:a1" }));
      assert.equal(made.status, 201, JSON.stringify(made.body));
    }
    const place = { context: "staging", namespace: stage.on.namespace };
    const found = await stage.own.rollouts.list(place, signal);
    assert.deepEqual(found, {
      ok: true,
      value: [
        {
          address: stage.of("Deployment", "api"),
          images: ["api:a1"],
          manager: { kind: "helm", release: "shop", namespace: "prod" },
        },
        { address: stage.of("DaemonSet", "db"), images: ["db:a1"] },
        { address: stage.of("StatefulSet", "db"), images: ["db:a1"] },
        { address: stage.of("Deployment", "web"), images: ["web:a1"] },
      ],
    });
    const eve = await stage.as("eve");
    const refused = await eve.rollouts.list(place, signal);
    assert.equal(!refused.ok && refused.error.reason, "forbidden");
    assert.equal(listAt(found, "value").length, 4);
  });
});
