import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiDocumentReader } from "../../src/adapters/kubernetes/documents.ts";
import type { DocumentOf, SeenDocument } from "../../src/app/rolloutPorts.ts";
import { useClient } from "./clusterAdapters.ts";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";

const never = new AbortController().signal;

describe("what is opened to be read", { concurrency: 4 }, () => {
  const suite = useClient("documents");
  const { on } = suite;

  const pods = (): string => `/api/v1/namespaces/${on.namespace}/pods`;
  const make = async (path: string, object: object): Promise<void> => {
    const { status, body } = await on.as("admin").post(path, object);
    assert.equal(status, 201, JSON.stringify(body));
  };
  const pod = (name: string, tag: string): Promise<void> =>
    make(pods(), {
      metadata: { name, annotations: { "example.com/token": "s3cret-annotation" } },
      spec: {
        containers: [
          { name: "app", image: `web:${tag}`, env: [{ name: "DB_PASSWORD", value: "s3cret-Value" }] },
        ],
      },
    });
  const read = (of: DocumentOf, person = "ann") =>
    new ApiDocumentReader(suite.client(person)).read({ context: person, namespace: on.namespace }, of, never);
  const seen = async (of: DocumentOf): Promise<SeenDocument> => {
    const answer = await read(of);
    assert.ok(answer.ok, JSON.stringify(answer));
    return answer.value;
  };
  const log = (name: string, previous = false): DocumentOf => ({
    kind: "log",
    pod: name,
    container: "app",
    previous,
  });
  const restarts = async (name: string): Promise<unknown> => {
    const { body } = await on.as("admin").get(`${pods()}/${name}`);
    return at(body, "status", "containerStatuses", 0, "restartCount");
  };

  test("the log of a run before is told without the password in it", async () => {
    await pod("crashing", "crash");
    await eventually(() => restarts("crashing"), 1);
    const before = await seen(log("crashing", true));
    const text = before.kind === "log" ? before.text : "";
    assert.deepEqual(
      [text.includes("hunter2"), text.includes("password=[redacted]"), before.isCut],
      [false, true, false],
    );
  });

  test("a container that has not begun, or has not run before, has no log", async () => {
    await pod("waiting", "missing");
    await pod("running", "a1");
    await eventually(async () => (await read(log("running"))).ok, true);
    const [begun, before] = [await read(log("waiting")), await read(log("running", true))];
    assert.deepEqual(
      [begun, before].map((answer) => (answer.ok ? "read" : answer.error.reason)),
      ["no-log", "no-log"],
    );
  });

  test("YAML has neither managed fields nor secrets, and its status is there", async () => {
    await pod("shown", "a1");
    const document = await seen({ kind: "yaml", object: "Pod", name: "shown" });
    const text = document.kind === "yaml" ? document.text : "";
    assert.deepEqual(
      [
        /managedFields|s3cret/u.test(text),
        text.startsWith("apiVersion: v1\nkind: Pod\n"),
        text.includes("\nstatus:\n"),
        document.isCut,
      ],
      [false, true, true, false],
    );
  });

  test("a workload's document holds what its pods and its ReplicaSet were told", async () => {
    const labels = { app: "web" };
    await make(`/apis/apps/v1/namespaces/${on.namespace}/deployments`, {
      metadata: { name: "web" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "web:missing" }] } },
      },
    });
    const of: DocumentOf = { kind: "events", object: "Deployment", name: "web" };
    const heard = async (): Promise<readonly boolean[]> => {
      const answer = await read(of);
      const events = answer.ok && answer.value.kind === "events" ? answer.value.events : [];
      const has = (kind: string, reason: string): boolean =>
        events.some((event) => event.about.startsWith(`${kind}/web`) && event.reason === reason);
      return [
        has("Deployment", "ScalingReplicaSet"),
        has("ReplicaSet", "SuccessfulCreate"),
        has("Pod", "BackOff"),
      ];
    };
    await eventually(heard, [true, true, true]);
    const { body } = await on.as("admin").get(`${pods()}?labelSelector=app%3Dweb`);
    const name = textAt(listAt(body, "items")[0], "metadata", "name");
    const ofPod = await seen({ kind: "events", object: "Pod", name });
    assert.ok(ofPod.kind === "events" && ofPod.events.every(({ about }) => about === `Pod/${name}`));
    assert.ok(ofPod.events.some(({ isWarning }) => isWarning));
    const yaml = await seen({ kind: "yaml", object: "Deployment", name: "web" });
    assert.ok(yaml.kind === "yaml" && yaml.text.includes("kind: Deployment\n"));
  });

  test("what is gone, and what may not be read, is told as that", async () => {
    const all: readonly DocumentOf[] = [
      log("gone"),
      { kind: "yaml", object: "Pod", name: "gone" },
      { kind: "events", object: "Deployment", name: "gone" },
    ];
    const reasons = async (person: string): Promise<readonly unknown[]> =>
      Promise.all(
        all.map(async (of) => {
          const answer = await read(of, person);
          return answer.ok ? "read" : answer.error.reason;
        }),
      );
    assert.deepEqual(
      [await reasons("ann"), await reasons("eve")],
      [Array(3).fill("not-found"), Array(3).fill("forbidden")],
    );
  });
});
