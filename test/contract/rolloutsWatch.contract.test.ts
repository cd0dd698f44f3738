import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import type { Watch } from "../../src/app/ports.ts";
import type { WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { WorkloadSight } from "../../src/domain/rollouts.ts";
import { until } from "../builders/waiting.ts";
import { eventually } from "./eventually.ts";
import { aWorkload, inShort, useRollouts, WORKLOAD_KINDS } from "./rolloutsStage.ts";

for (const kind of WORKLOAD_KINDS) {
  describe(`The live sight of a ${kind}`, () => {
    const stage = useRollouts("sight");
    const opened: Watch<WorkloadSight>[] = [];
    after(() => {
      for (const watch of opened) watch.dispose();
    });

    const watching = async (of: WorkloadAddress): Promise<Watch<WorkloadSight>> => {
      const watch = stage.own.watches.workload(of);
      opened.push(watch);
      await until("the watch", () => watch.current.liveness.kind === "live");
      return watch;
    };
    /** With pods: one of a StatefulSet or Deployment, one a node of a DaemonSet. */
    const running = async (name: string, image: string): Promise<WorkloadAddress> => {
      const of = stage.of(kind, name);
      const template = {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "web", image }] },
      };
      const spec = { ...(kind === "DaemonSet" ? {} : { replicas: 1 }), template };
      await stage.create(of, { image, spec });
      return of;
    };
    const seen = (watch: Watch<WorkloadSight>): unknown =>
      [...watch.current.items].map(([name, { rollout, now, pods }]) => [
        name,
        inShort(rollout),
        now.pods.map(({ ready }) => ready),
        pods.map(({ containers, phase }) => [containers, phase]),
      ]);
    const one = { ready: 1, all: 1, names: ["web"] };
    const none = { ready: 0, all: 1, names: ["web"] };

    test("shows its revisions and the pods of the newest one, and follows what is rolled out", async () => {
      const of = await running("web", "web:a1");
      const watch = await watching(of);
      await eventually(
        () => Promise.resolve(seen(watch)),
        [["web", ["1 web:a1 now"], [true], [[one, "Running"]]]],
      );
      const told: (readonly string[])[] = [];
      watch.onChange(({ items }) => {
        const sight = items.get("web");
        const image = sight?.rollout.template;
        const isNew = JSON.stringify(image).includes("web:crash");
        if (sight !== undefined && isNew)
          told.push(sight.now.pods.filter(({ ready }) => ready).map(({ name }) => name));
      });
      await stage.rollOut(of, "web:crash");
      await eventually(() => {
        const sight = watch.current.items.get("web");
        return Promise.resolve([
          sight && inShort(sight.rollout),
          sight?.now.pods.map(({ waiting }) => waiting?.reason),
          sight?.pods.map(({ containers, waiting }) => [containers, waiting?.reason]),
        ]);
      }, [["2 web:crash now", "1 web:a1"], ["CrashLoopBackOff"], [[none, "CrashLoopBackOff"]]]);
      // The pod of the template before stays ready meanwhile, or goes; it never speaks for this one.
      assert.deepEqual(
        told.filter((names) => names.length > 0),
        [],
      );
    });

    test("says of a pod that no node can take what the scheduler says", async () => {
      const watch = await watching(await running("full", "web:unschedulable"));
      await eventually(
        () =>
          Promise.resolve(
            watch.current.items
              .get("full")
              ?.pods.map(({ phase, noNode }) => [phase, noNode?.reason, noNode?.message.slice(0, 23)]),
          ),
        [["Pending", "Unschedulable", "0/3 nodes are available"]],
      );
    });

    test("has nothing, live, where there is no such workload, until there is", async () => {
      const of = stage.of(kind, "later");
      const watch = await watching(of);
      assert.deepEqual(seen(watch), []);
      await running("later", "web:a1");
      await eventually(
        () => Promise.resolve([watch.current.liveness.kind, seen(watch)]),
        ["live", [["later", ["1 web:a1 now"], [true], [[one, "Running"]]]]],
      );
    });

    test("follows one that is made anew, by its new labels", async () => {
      const of = await running("anew", "web:a1");
      const watch = await watching(of);
      await stage.on.as("ann").delete(stage.path(of));
      await eventually(() => Promise.resolve([watch.current.liveness.kind, seen(watch)]), ["live", []]);
      await eventually(async () => (await stage.on.as("ann").get(stage.path(of))).status, 404);
      const labels = { app: "another" };
      const template = { metadata: { labels }, spec: { containers: [{ name: "web", image: "web:z9" }] } };
      const spec = {
        ...(kind === "DaemonSet" ? {} : { replicas: 1 }),
        selector: { matchLabels: labels },
        template,
      };
      const folder = stage.path(of).replace(/\/[^/]+$/u, "");
      const made = await stage.on.as("ann").post(folder, aWorkload("anew", { kind, image: "web:z9", spec }));
      assert.equal(made.status, 201, JSON.stringify(made.body));
      await eventually(
        () => Promise.resolve([watch.current.liveness.kind, seen(watch)]),
        ["live", [["anew", ["1 web:z9 now"], [true], [[one, "Running"]]]]],
      );
    });

    test("is shared by all who ask, and ended with the last of them", async () => {
      const of = stage.of(kind, "shared");
      const first = await watching(of);
      const second = await watching(of);
      first.dispose();
      await stage.create(of, { image: "web:a1" });
      await until("the workload", () => second.current.items.has("shared"));
      assert.deepEqual(second.current.liveness.kind, "live");
    });
  });
}
