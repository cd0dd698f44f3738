import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "../contract/apiClient.ts";

const ROLE = "devdeploy-developer";
const DEVELOPERS = ["ann", "ben"] as const;
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const LIMIT_MS = 10_000;

/** Everything, wherever it is bound; it is bound in namespaces only. */
export async function defineDeveloperRole(admin: ApiClient): Promise<void> {
  await admin.post(`${RBAC}/clusterroles`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: ROLE },
    rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  });
}

/** Lets ann and ben do everything in a namespace, and waits until the API server has noticed. */
export async function admitDevelopers(admin: ApiClient, namespace: string): Promise<void> {
  const created = await admin.post(`${RBAC}/namespaces/${namespace}/rolebindings`, {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: ROLE },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: ROLE },
    subjects: DEVELOPERS.map((name) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "User", name })),
  });
  if (created.status !== 201) throw new Error(`no rights in ${namespace}: ${JSON.stringify(created.body)}`);

  const deadline = performance.now() + LIMIT_MS;
  while (!(await isAdmitted(admin, namespace))) {
    if (performance.now() > deadline) throw new Error(`rights in ${namespace} did not take effect`);
    await delay(20);
  }
}

async function isAdmitted(admin: ApiClient, namespace: string): Promise<boolean> {
  const probes = DEVELOPERS.map((person) =>
    admin.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases?limit=1`, {
      headers: { "impersonate-user": person, "impersonate-group": "system:authenticated" },
    }),
  );
  return (await Promise.all(probes)).every(({ status }) => status === 200);
}
