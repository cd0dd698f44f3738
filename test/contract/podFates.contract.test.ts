import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";
import { useCluster } from "./useCluster.ts";

/** What `kubectl get pod` and `kubectl describe pod` would tell of a pod. */
interface Seen {
  readonly phase: unknown;
  readonly ready: unknown;
  /** Why a container waits or how it ended, and how it ended before. */
  readonly state: readonly unknown[];
  readonly before: readonly unknown[];
  readonly restarts: unknown;
}

describe("The fate of a pod follows from the tag of its image", { concurrency: 8 }, () => {
  const on = useCluster("fates");
  const ann = () => on.as("ann");
  const pods = (): string => `/api/v1/namespaces/${on.namespace}/pods`;
  const container = (image: string): object => ({ name: "web", image });

  const create = async (name: string, spec: object): Promise<void> => {
    const created = await ann().post(pods(), { metadata: { name }, spec });
    assert.equal(created.status, 201, JSON.stringify(created.body));
  };

  const seen = async (name: string, list = "containerStatuses"): Promise<Seen> => {
    const { body } = await ann().get(`${pods()}/${name}`);
    const status = at(body, "status", list, 0);
    const reasons = (field: string): readonly unknown[] => [
      at(status, field, "waiting", "reason") ?? at(status, field, "terminated", "reason"),
      at(status, field, "terminated", "exitCode"),
    ];
    const ready = listAt(body, "status", "conditions").find((one) => at(one, "type") === "Ready");
    return {
      phase: at(body, "status", "phase"),
      ready: at(ready, "status"),
      state: reasons("state"),
      before: reasons("lastState"),
      restarts: at(status, "restartCount"),
    };
  };

  const NOTHING: readonly unknown[] = [undefined, undefined];

  const events = async (name: string): Promise<readonly string[]> => {
    const { body: pod } = await ann().get(`${pods()}/${name}`);
    const query = `fieldSelector=involvedObject.uid%3D${textAt(pod, "metadata", "uid")}`;
    const { body } = await ann().get(`/api/v1/namespaces/${on.namespace}/events?${query}`);
    return listAt(body, "items")
      .filter((event) => at(event, "type") === "Warning")
      .map((event) => `${textAt(event, "reason")}: ${textAt(event, "message")}`);
  };

  const log = async (name: string, query = ""): Promise<readonly [number, string]> => {
    const { status, body } = await ann().get(`${pods()}/${name}/log?container=web${query}`);
    return [status, typeof body === "string" ? body : textAt(body, "message")];
  };

  const waitingMessage = async (name: string): Promise<string> => {
    const { body } = await ann().get(`${pods()}/${name}`);
    return String(at(body, "status", "containerStatuses", 0, "state", "waiting", "message"));
  };

  for (const [tag, words] of [
    ["missing-4f1c0de", /not found$/u],
    ["denied", /401 Unauthorized/u],
    ["wrongarch", /no match for platform in manifest/u],
  ] as const) {
    test(`${tag}: the image cannot be pulled`, async () => {
      const image = `registry.example.com/web:${tag}`;
      await create(`pull-${tag}`, { containers: [container(image)] });
      await eventually(() => seen(`pull-${tag}`), {
        ...{ phase: "Pending", ready: "False", before: NOTHING, restarts: 0 },
        state: ["ImagePullBackOff", undefined],
      });
      assert.match(await waitingMessage(`pull-${tag}`), words);
      const told = await events(`pull-${tag}`);
      assert.ok(told.some((line) => line.startsWith(`Failed: Failed to pull image "${image}": rpc error:`)));
      const [status, said] = await log(`pull-${tag}`);
      assert.deepEqual(
        [status, said],
        [400, `container "web" in pod "pull-${tag}" is waiting to start: trying and failing to pull image`],
      );
    });
  }

  for (const [tag, exitCode, reason] of [
    ["crash", 1, "Error"],
    ["oom", 137, "OOMKilled"],
  ] as const) {
    test(`${tag}: it ends again and again with exit code ${exitCode}, and was never ready`, async () => {
      await create(tag, { containers: [container(`web:${tag}-4f1c0de`)] });
      await eventually(() => seen(tag), {
        ...{ phase: "Running", ready: "False", restarts: 1 },
        state: ["CrashLoopBackOff", undefined],
        before: [reason, exitCode],
      });
      assert.match(await waitingMessage(tag), /^back-off 10s restarting failed container=web pod=/u);
      await eventually(
        async () => (await events(tag)).map((line) => line.split(" in pod ")[0]),
        ["BackOff: Back-off restarting failed container web"],
      );
    });
  }

  test("crash: the log of the run before tells why, and holds a secret", async () => {
    await create("telling", { containers: [container("web:crash")] });
    await eventually(async () => (await seen("telling")).before, ["Error", 1]);
    const [status, text] = await log("telling", "&previous=true&tailLines=2");
    assert.equal(status, 200);
    assert.equal(text.trimEnd().split("\n").length, 2);
    assert.match(text, /password=hunter2/u);
  });

  test("a log of a run before is refused where there was none", async () => {
    await create("once", { containers: [container("web:a1")] });
    await eventually(async () => (await seen("once")).ready, "True");
    const [status, text] = await log("once", "&previous=true");
    assert.deepEqual([status, text], [400, 'previous terminated container "web" in pod "once" not found']);
  });

  test("notready: it runs, and its probe fails", async () => {
    await create("notready", { containers: [container("web:notready")] });
    await eventually(() => seen("notready"), {
      ...{ phase: "Running", ready: "False", state: NOTHING, before: NOTHING, restarts: 0 },
    });
    await eventually(
      () => events("notready"),
      ["Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503"],
    );
  });

  test("noconfig: a Secret that it needs is not there", async () => {
    await create("noconfig", { containers: [container("web:noconfig")] });
    await eventually(async () => (await seen("noconfig")).state, ["CreateContainerConfigError", undefined]);
    assert.equal(await waitingMessage("noconfig"), 'secret "db" not found');
    await eventually(() => events("noconfig"), ['Failed: Error: secret "db" not found']);
  });

  test("unschedulable: no node has room for it", async () => {
    await create("unschedulable", { containers: [container("web:unschedulable")] });
    const scheduled = async (): Promise<unknown> => {
      const { body } = await ann().get(`${pods()}/unschedulable`);
      const found = listAt(body, "status", "conditions").find((one) => at(one, "type") === "PodScheduled");
      return [at(body, "spec", "nodeName"), at(found, "status"), at(found, "reason")];
    };
    await eventually(scheduled, [undefined, "False", "Unschedulable"]);
    await eventually(
      async () => (await events("unschedulable")).map((line) => line.split(":")[0]),
      ["FailedScheduling"],
    );
  });

  test("initfail: its first init container ends again and again, and it never begins", async () => {
    await create("initfail", {
      initContainers: [{ name: "migrate", image: "migrate:1.0" }],
      containers: [container("web:initfail-4f1c0de")],
    });
    await eventually(() => seen("initfail", "initContainerStatuses"), {
      ...{ phase: "Pending", ready: "False", restarts: 1 },
      state: ["CrashLoopBackOff", undefined],
      before: ["Error", 1],
    });
    assert.deepEqual((await seen("initfail")).state, ["PodInitializing", undefined]);
  });

  test("init containers come before the others and end well", async () => {
    await create("init", {
      initContainers: [{ name: "migrate", image: "migrate:1.0" }],
      containers: [container("web:a1")],
    });
    await eventually(async () => (await seen("init")).ready, "True");
    assert.deepEqual((await seen("init", "initContainerStatuses")).state, ["Completed", 0]);
  });

  test("shaky: it is ready, and restarts once some seconds later", async () => {
    await create("shaky", { containers: [container("web:shaky")] });
    await eventually(async () => [(await seen("shaky")).ready, (await seen("shaky")).restarts], ["True", 0]);
    await eventually(() => seen("shaky"), {
      ...{ phase: "Running", ready: "True", state: NOTHING, before: ["Error", 1], restarts: 1 },
    });
  });

  for (const [tag, exitCode, condition, phase] of [
    ["a1", 0, "Complete", "Succeeded"],
    ["fail-4f1c0de", 1, "Failed", "Failed"],
  ] as const) {
    test(`the pod of a Job with the tag ${tag} ends with ${exitCode}`, async () => {
      const name = `job-${tag}`;
      const jobs = `/apis/batch/v1/namespaces/${on.namespace}/jobs`;
      const created = await ann().post(jobs, {
        metadata: { name },
        spec: {
          backoffLimit: 0,
          template: { spec: { restartPolicy: "Never", containers: [container(`web:${tag}`)] } },
        },
      });
      assert.equal(created.status, 201, JSON.stringify(created.body));
      const ended = async (): Promise<boolean> => {
        const { body } = await ann().get(`${jobs}/${name}`);
        return listAt(body, "status", "conditions").some(
          (one) => at(one, "type") === condition && at(one, "status") === "True",
        );
      };
      await eventually(ended, true);
      const { body } = await ann().get(`${pods()}?labelSelector=job-name%3D${name}`);
      const [pod, ...more] = listAt(body, "items");
      assert.deepEqual(
        [
          at(pod, "status", "phase"),
          at(pod, "status", "containerStatuses", 0, "state", "terminated", "exitCode"),
          more.length,
        ],
        [phase, exitCode, 0],
      );
      const [status, text] = await log(textAt(pod, "metadata", "name"));
      assert.equal(status, 200);
      assert.match(text, exitCode === 0 ? /done/u : /fatal/u);
    });
  }
});
