import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiCall, KubernetesApi } from "../../../../src/adapters/kubernetes/api.ts";
import { textAt } from "../../../../src/adapters/kubernetes/json.ts";
import { ApiLiveObjects } from "../../../../src/adapters/kubernetes/liveObjects.ts";
import { fail, ok } from "../../../../src/domain/result.ts";

const { signal } = new AbortController();
const ref = { context: "staging", namespace: "web", release: "web" };
const never = (): never => {
  throw new Error("nothing was to be asked");
};

const api = (answer: (call: ApiCall) => unknown): KubernetesApi => ({
  request: (_context, call) => {
    const body = answer(call);
    return Promise.resolve(
      body === undefined
        ? fail({ reason: "not-found", what: call.path })
        : ok({ body, serverTime: undefined }),
    );
  },
});

const deployment = (name: string, more = ""): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n${more}`;
const liveDeployment = (image: string): object => ({
  metadata: { name: "web" },
  spec: { template: { spec: { containers: [{ name: "app", image }] } } },
});

test("each workload is asked for once, in its own namespace, and Lists are looked into", async () => {
  const paths: string[] = [];
  const live = new ApiLiveObjects(
    api(({ path }) => {
      paths.push(path);
      return path.endsWith("/web") ? liveDeployment("shop/web:1") : undefined;
    }),
  );
  const manifest = [
    deployment("web"),
    deployment("web"),
    deployment("other", "  namespace: far\n"),
    JSON.stringify({
      kind: "List",
      items: [{ apiVersion: "apps/v1", kind: "DaemonSet", metadata: { name: "log" } }],
    }),
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n",
    "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  name: old\n",
    "kind: Deployment\nmetadata: {{{",
    "a: &a [*a, *a]\nkind: Deployment",
  ].join("\n---\n");
  assert.deepEqual(await live.images(ref, manifest, signal), {
    ok: true,
    value: [{ workload: "Deployment/web", container: "app", image: "shop/web:1" }],
  });
  assert.deepEqual(paths.sort(), [
    "/apis/apps/v1/namespaces/far/deployments/other",
    "/apis/apps/v1/namespaces/web/daemonsets/log",
    "/apis/apps/v1/namespaces/web/deployments/web",
  ]);
});

test("a manifest without workloads asks for nothing", async () => {
  const live = new ApiLiveObjects(api(never));
  for (const manifest of ["", "\n---\n---\n", "# nothing", "kind: ConfigMap", "\u0000\u0001"]) {
    assert.deepEqual(await live.images(ref, manifest, signal), { ok: true, value: [] });
  }
});

test("what the cluster refuses is its error", async () => {
  const error = { reason: "forbidden", detail: "get deployments/web in web" } as const;
  const live = new ApiLiveObjects({ request: () => Promise.resolve(fail(error)) });
  assert.deepEqual(await live.images(ref, deployment("web"), signal), { ok: false, error });
  const wish = { manifest: deployment("web"), deletes: [], driver: "secret" } as const;
  assert.deepEqual(await live.missingRights(ref, wish, signal), { ok: false, error });
});

const DISCOVERY: Readonly<Record<string, unknown>> = {
  "/apis/apps/v1": {
    resources: [
      { name: "deployments/scale", kind: "Scale", namespaced: true },
      { name: "deployments", kind: "Deployment", namespaced: true },
    ],
  },
  "/apis/rbac.authorization.k8s.io/v1": {
    resources: [{ name: "clusterroles", kind: "ClusterRole", namespaced: false }],
  },
};

/** Everything may be done but what is named here, as `verb group/resource@namespace`. */
const without = (...refused: readonly string[]): ApiLiveObjects =>
  new ApiLiveObjects(
    api(({ path, body }) => {
      if (body === undefined) return DISCOVERY[path];
      const [verb, group, resource, namespace] = ["verb", "group", "resource", "namespace"].map((name) =>
        textAt(body, "spec", "resourceAttributes", name),
      );
      const asked = `${verb ?? ""} ${group ?? ""}/${resource ?? ""}@${namespace ?? ""}`;
      return { status: { allowed: verb !== "*" && !refused.includes(asked) } };
    }),
  );

test("missing rights are named by verb and resource, and by namespace where it is another one", async () => {
  const manifest = [
    deployment("web"),
    deployment("other", "  namespace: far\n"),
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: all\n",
    "apiVersion: gone.example.com/v1\nkind: Gone\nmetadata:\n  name: gone\n",
  ].join("\n---\n");
  const live = without(
    "delete /configmaps@web",
    "patch apps/deployments@web",
    "create apps/deployments@far",
    "get rbac.authorization.k8s.io/clusterroles@",
    "patch apps/deployments@nowhere",
  );
  assert.deepEqual(await live.missingRights(ref, { manifest, deletes: [], driver: "configmap" }, signal), {
    ok: true,
    value: ["delete configmaps", "patch deployments", "create deployments in far", "get clusterroles"],
  });
});

test("what helm deletes has to be allowed to be deleted, and need not be changed", async () => {
  const live = without(
    "delete apps/deployments@web",
    "delete apps/deployments@far",
    "create apps/deployments@web",
    "delete rbac.authorization.k8s.io/clusterroles@",
  );
  const deployments = { apiVersion: "apps/v1", kind: "Deployment" };
  const deletes = [
    { ...deployments, namespace: "" },
    { ...deployments, namespace: "far" },
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", namespace: "" },
    { apiVersion: "", kind: "", namespace: "" },
  ];
  assert.deepEqual(await live.missingRights(ref, { manifest: "", deletes, driver: "secret" }, signal), {
    ok: true,
    value: ["delete deployments", "delete deployments in far", "delete clusterroles"],
  });
});
