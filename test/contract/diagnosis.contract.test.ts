import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { causeOf } from "../../src/adapters/helm/cause.ts";
import { ApiEvidenceReader } from "../../src/adapters/kubernetes/evidence.ts";
import { diagnose, diagnoseWorkload } from "../../src/app/diagnose.ts";
import type { ReleaseRef } from "../../src/app/ports.ts";
import type { Diagnosis, DiagnosisCause } from "../../src/domain/diagnosis.ts";
import type { Revision } from "../../src/domain/release.ts";
import type { WorkloadKind } from "../../src/domain/rollouts.ts";
import { aRevision } from "../builders/deploy.ts";
import { useClient } from "./clusterAdapters.ts";
import { eventually } from "./eventually.ts";
import { at, listAt, textAt } from "./json.ts";

const never = new AbortController().signal;
const image = (tag: string): string => `registry.example.com/shop/web:${tag}`;

/** A Deployment as YAML that JSON is, too: what is applied is what the revision's manifest says. */
const deployment = (name: string, tag: string, more: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: "app",
            image: image(tag),
            resources: { limits: { memory: "64Mi" } },
            readinessProbe: { httpGet: { path: "/healthz", port: 8080 } },
          },
        ],
        ...more,
      },
    },
  },
});

const job = (name: string, tag: string): object => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name },
  spec: {
    backoffLimit: 0,
    template: { spec: { restartPolicy: "Never", containers: [{ name: "migrate", image: image(tag) }] } },
  },
});

describe("a diagnosis of what really happens in a cluster", { concurrency: 8 }, () => {
  const suite = useClient("diagnosis");
  const { on } = suite;

  const make = async (path: string, object: object): Promise<void> => {
    const { status, body } = await on.as("admin").post(path, object);
    assert.ok(status === 201 || status === 200, JSON.stringify(body));
  };
  const apps = (): string => `/apis/apps/v1/namespaces/${on.namespace}/deployments`;
  const jobs = (): string => `/apis/batch/v1/namespaces/${on.namespace}/jobs`;
  const release = (person: string): ReleaseRef => ({
    context: person,
    namespace: on.namespace,
    release: "web",
  });
  const asked = (
    revision: Partial<Revision>,
    helm?: { readonly output: string },
    person = "ann",
  ): Promise<Diagnosis> =>
    diagnose(
      { evidence: new ApiEvidenceReader(suite.client(person)) },
      {
        release: release(person),
        revision: aRevision({ status: "failed", ...revision }),
        ...(helm === undefined ? {} : { helm: { output: helm.output, cause: causeOf(helm.output) } }),
      },
      never,
    );

  /** The cause with the pod's random name taken out, and how each kind of evidence looks. */
  const seen = async (
    revision: Partial<Revision>,
    kinds: readonly string[] = [],
  ): Promise<readonly unknown[]> => {
    const { cause, evidence } = await asked(revision);
    const plain = "pod" in cause ? { ...cause, pod: cause.pod.split("-")[0] } : cause;
    const found = kinds.filter((kind) => evidence.some((one) => one.kind === kind));
    return [plain, found];
  };

  const fates: readonly (readonly [string, DiagnosisCause, readonly string[]])[] = [
    [
      "missing",
      { kind: "image", why: "missing", image: image("missing"), pod: "missing", container: "app" },
      ["status", "event"],
    ],
    [
      "denied",
      { kind: "image", why: "denied", image: image("denied"), pod: "denied", container: "app" },
      ["status", "event"],
    ],
    [
      "wrongarch",
      { kind: "image", why: "platform", image: image("wrongarch"), pod: "wrongarch", container: "app" },
      ["status"],
    ],
    [
      "crash",
      { kind: "crash-loop", exitCode: 1, restarts: 1, pod: "crash", container: "app" },
      ["status", "event", "log"],
    ],
    ["oom", { kind: "out-of-memory", limit: "64Mi", pod: "oom", container: "app" }, ["status", "log"]],
    [
      "notready",
      {
        kind: "not-ready",
        probe: "Readiness probe failed: HTTP probe failed with statuscode: 503 (HTTP GET :8080/healthz)",
        pod: "notready",
        container: "app",
      },
      ["status", "event", "log"],
    ],
    ["noconfig", { kind: "missing-config", resource: "Secret", name: "db", pod: "noconfig" }, ["event"]],
  ];
  for (const [tag, cause, kinds] of fates) {
    test(`${tag} is told as ${cause.kind}`, async () => {
      const object = deployment(tag, tag);
      await make(apps(), object);
      await eventually(() => seen({ manifest: JSON.stringify(object) }, kinds), [cause, kinds]);
    });
  }

  test("a pod that no node takes is told with the scheduler's words", async () => {
    const object = deployment("unschedulable", "unschedulable");
    await make(apps(), object);
    const told = async (): Promise<unknown> => {
      const { cause } = await asked({ manifest: JSON.stringify(object) });
      return cause.kind === "unschedulable" ? cause.message.slice(0, 49) : cause.kind;
    };
    await eventually(told, "0/3 nodes are available: 3 Insufficient memory. p");
  });

  test("an init container that fails is named", async () => {
    const more = { initContainers: [{ name: "migrate", image: image("a1") }] };
    const object = deployment("initfail", "initfail", more);
    await make(apps(), object);
    const cause = { kind: "init-failed", exitCode: 1, restarts: 1, pod: "initfail", container: "migrate" };
    await eventually(() => seen({ manifest: JSON.stringify(object) }, ["log"]), [cause, ["log"]]);
  });

  test("the last log lines of a crash are shown without their secret", async () => {
    const object = deployment("telling", "crash-4f1c0de");
    await make(apps(), object);
    const log = async (): Promise<unknown> => {
      const { evidence } = await asked({ manifest: JSON.stringify(object) });
      return evidence.find(({ kind }) => kind === "log")?.text.split("\n");
    };
    await eventually(log, [
      "app: starting",
      "app: connecting to postgres at db:5432 with user=app password=[redacted]",
      'app: fatal: relation "orders" does not exist',
    ]);
  });

  test("only the newest pods count: an old one that crashes says nothing about a new one that is ready", async () => {
    const old = deployment("renewed", "crash");
    await make(apps(), old);
    await eventually(async () => (await asked({ manifest: JSON.stringify(old) })).cause.kind, "crash-loop");
    const path = `${apps()}/renewed`;
    const { status } = await on.as("admin").patch("merge", path, {
      spec: {
        // The old pod stays until the new one is available, and longer: the new one is available only after minutes.
        strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        minReadySeconds: 300,
        template: { spec: { containers: [{ name: "app", image: image("a2") }] } },
      },
    });
    assert.equal(status, 200);
    const manifest = JSON.stringify(deployment("renewed", "a2"));
    await eventually(async () => {
      const { cause } = await asked({ manifest });
      return cause.kind === "not-yet-available" ? [cause.workload, cause.minReadySeconds] : cause;
    }, ["Deployment/renewed", 300]);
  });

  test("who may read nothing has helm's words", async () => {
    const output = "Error: context deadline exceeded";
    const manifest = JSON.stringify(deployment("crash", "crash"));
    assert.deepEqual(await asked({ manifest }, { output }, "eve"), {
      cause: { kind: "waited-too-long" },
      evidence: [{ kind: "helm", about: "", text: output }],
    });
  });

  test("a workload that is gone is told to be gone", async () => {
    const manifest = JSON.stringify(deployment("gone", "a1"));
    assert.deepEqual(await asked({ manifest }), {
      cause: { kind: "workload-gone", workload: "Deployment/gone" },
      evidence: [],
    });
  });

  const plain = (name: string, kind: WorkloadKind = "Deployment"): Promise<Diagnosis> =>
    diagnoseWorkload(
      { evidence: new ApiEvidenceReader(suite.client("ann")) },
      { context: "ann", namespace: on.namespace, kind, name },
      never,
    );
  const change = async (name: string, spec: object): Promise<void> => {
    const { status } = await on.as("admin").patch("merge", `${apps()}/${name}`, { spec });
    assert.equal(status, 200);
  };
  const ready = async (name: string): Promise<void> => {
    await eventually(async () => {
      const { body } = await on.as("admin").get(`${apps()}/${name}`);
      return at(body, "status", "readyReplicas");
    }, 1);
  };
  const template = (tag: string): object => ({ spec: { containers: [{ name: "app", image: image(tag) }] } });

  test("a workload that is deleted while it is rolled out is told to be gone", async () => {
    await make(apps(), deployment("deleted", "crash"));
    await eventually(async () => (await plain("deleted")).cause.kind, "crash-loop");
    await on.as("admin").delete(`${apps()}/deleted`);
    await eventually(async () => (await plain("deleted")).cause, {
      ...{ kind: "workload-gone", workload: "Deployment/deleted" },
    });
  });

  test("a paused workload says so, and what its old pods do is not its new template's fault", async () => {
    await make(apps(), deployment("paused", "crash"));
    await eventually(async () => (await plain("paused")).cause.kind, "crash-loop");
    await change("paused", { paused: true, template: template("a2") });
    await eventually(async () => (await plain("paused")).cause, {
      ...{ kind: "paused", workload: "Deployment/paused" },
    });
  });

  test("a workload that is scaled to zero says so", async () => {
    const object = deployment("zero", "a1");
    await make(apps(), object);
    await change("zero", { replicas: 0 });
    await eventually(async () => (await plain("zero")).cause, {
      ...{ kind: "scaled-to-zero", workload: "Deployment/zero" },
    });
  });

  test("an old pod that a finalizer keeps is in the way of one that is replaced as a whole", async () => {
    await make(apps(), deployment("recreated", "a1"));
    await change("recreated", { strategy: { type: "Recreate", rollingUpdate: null } });
    await ready("recreated");
    const pods = `/api/v1/namespaces/${on.namespace}/pods`;
    const { body } = await on.as("admin").get(`${pods}?labelSelector=app%3Drecreated`);
    const [old] = listAt(body, "items").map((pod) => textAt(pod, "metadata", "name"));
    const finalizers = ["example.com/drain"];
    await on.as("admin").patch("merge", `${pods}/${old ?? ""}`, { metadata: { finalizers } });
    await change("recreated", { template: template("a2") });
    await eventually(async () => (await plain("recreated")).cause, {
      ...{
        kind: "old-pod-stays",
        workload: "Deployment/recreated",
        pod: old,
        why: "terminating",
        finalizers,
      },
    });
    await on.as("admin").patch("merge", `${pods}/${old ?? ""}`, { metadata: { finalizers: null } });
  });

  test("a hook's Job is told with its log", async () => {
    await make(jobs(), job("web-migrate", "fail"));
    const hooks = [{ kind: "Job", name: "web-migrate", events: ["pre-rollback"], manifest: "" }];
    const output = "Error: 1 error occurred:\n\t* job web-migrate failed: BackoffLimitExceeded";
    const told = async (): Promise<unknown> => {
      const { cause, evidence } = await asked({ hooks }, { output });
      return [cause, evidence.map(({ kind, text }) => [kind, text.split("\n").at(-1)])];
    };
    await eventually(told, [
      { kind: "hook-failed", hook: "web-migrate", event: "pre-rollback" },
      [
        ["condition", "Failed=True BackoffLimitExceeded: Job has reached the specified backoff limit"],
        ["status", "migrate: Error, exit code 1"],
        ["log", 'migrate: fatal: migration 0042_orders failed: column "total" exists'],
        ["helm", "\t* job web-migrate failed: BackoffLimitExceeded"],
      ],
    ]);
  });
});

describe("a quota that lets no pod come to exist", () => {
  const suite = useClient("quota");
  const { on } = suite;

  test("is told, although there is no pod at all", async () => {
    const quotas = `/api/v1/namespaces/${on.namespace}/resourcequotas`;
    const quota = { metadata: { name: "small" }, spec: { hard: { pods: "0" } } };
    assert.equal((await on.as("admin").post(quotas, quota)).status, 201);
    const object = deployment("web", "a1");
    // A new quota is enforced once its controller has counted, where there is one.
    await eventually(async () => {
      const { status } = await on.as("admin").post(`/api/v1/namespaces/${on.namespace}/pods?dryRun=All`, {
        metadata: { name: "probe" },
        spec: { containers: [{ name: "app", image: image("a1") }] },
      });
      return status;
    }, 403);
    const { status } = await on
      .as("ann")
      .post(`/apis/apps/v1/namespaces/${on.namespace}/deployments`, object);
    assert.equal(status, 201);
    const services = { evidence: new ApiEvidenceReader(suite.client("ann")) };
    const what = {
      release: { context: "ann", namespace: on.namespace, release: "web" },
      revision: aRevision({ manifest: JSON.stringify(object) }),
    };
    await eventually(async () => (await diagnose(services, what, never)).cause, {
      kind: "quota",
      workload: "Deployment/web",
      message: "exceeded quota: small, requested: pods=1, used: pods=0, limited: pods=0",
    });
  });
});
