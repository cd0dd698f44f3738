import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manifestYaml } from "../../src/adapters/helm/manifestYaml.ts";
import { immutableFields } from "../../src/domain/immutable.ts";
import { manifestEntries, type ManifestEntry } from "../../src/domain/manifest.ts";
import { useCluster } from "./useCluster.ts";

/** The sandbox lets every field change: what the real API server refuses is its own validation. */
const isReal = process.env["DEVDEPLOY_CONTRACT_TARGET"] === "controlplane";

const POD = "{ metadata: { labels: { app: a } }, spec: { containers: [{ name: app, image: IMAGE }] } }";
const pod = (image = "app:1"): string => POD.replace("IMAGE", `"${image}"`);
const JOB_POD = (image: string): string =>
  `{ spec: { restartPolicy: Never, containers: [{ name: app, image: "${image}" }] } }`;
const SELECTOR = "selector: { matchLabels: { app: a } }";
const APPS = "apis/apps/v1";
const RBAC = "apis/rbac.authorization.k8s.io/v1";
const claim = (rest: string): string =>
  `spec: { accessModes: [ReadWriteOnce], storageClassName: slow, ${rest} }`;
const size = (storage: string): string => `resources: { requests: { storage: ${storage} } }`;
const role = (name: string): string =>
  `roleRef: { apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${name} }\nsubjects: []`;

/** What it is about, where it lives, its kind, and the rest of it before and after. */
const CASES: readonly (readonly [string, string, string, string, string])[] = [
  [
    "a Deployment's selector",
    `${APPS}|deployments`,
    "Deployment",
    `spec: { ${SELECTOR}, template: ${pod()} }`,
    `spec: { selector: { matchLabels: { app: b } }, template: ${pod().replace("app: a", "app: b")} }`,
  ],
  [
    "a Deployment's image",
    `${APPS}|deployments`,
    "Deployment",
    `spec: { ${SELECTOR}, template: ${pod()} }`,
    `spec: { ${SELECTOR}, template: ${pod("app:2")} }`,
  ],
  [
    "a StatefulSet's service",
    `${APPS}|statefulsets`,
    "StatefulSet",
    `spec: { serviceName: one, ${SELECTOR}, template: ${pod()} }`,
    `spec: { serviceName: two, ${SELECTOR}, template: ${pod()} }`,
  ],
  [
    "a StatefulSet's image and replicas",
    `${APPS}|statefulsets`,
    "StatefulSet",
    `spec: { serviceName: one, replicas: 0, ${SELECTOR}, template: ${pod()} }`,
    `spec: { serviceName: one, replicas: 1, revisionHistoryLimit: 3, ${SELECTOR}, template: ${pod("app:2")} }`,
  ],
  [
    "a DaemonSet's selector",
    `${APPS}|daemonsets`,
    "DaemonSet",
    `spec: { ${SELECTOR}, template: ${pod()} }`,
    `spec: { selector: { matchLabels: { app: b } }, template: ${pod().replace("app: a", "app: b")} }`,
  ],
  [
    "a Job's image",
    "apis/batch/v1|jobs",
    "Job",
    `spec: { template: ${JOB_POD("app:1")} }`,
    `spec: { template: ${JOB_POD("app:2")} }`,
  ],
  [
    "a Job's parallelism",
    "apis/batch/v1|jobs",
    "Job",
    `spec: { parallelism: 1, template: ${JOB_POD("app:1")} }`,
    `spec: { parallelism: 2, template: ${JOB_POD("app:1")} }`,
  ],
  [
    "a Service that is to have no address",
    "api/v1|services",
    "Service",
    "spec: { ports: [{ port: 80 }] }",
    "spec: { clusterIP: None, ports: [{ port: 80 }] }",
  ],
  [
    "a claim's class",
    "api/v1|persistentvolumeclaims",
    "PersistentVolumeClaim",
    claim(size("1Gi")),
    claim(size("1Gi")).replace("slow", "fast"),
  ],
  ["whom a RoleBinding binds to", `${RBAC}|rolebindings`, "RoleBinding", role("one"), role("two")],
  [
    "a sealed ConfigMap",
    "api/v1|configmaps",
    "ConfigMap",
    "immutable: true\ndata: { a: b }",
    "immutable: true\ndata: { a: c }",
  ],
  ["an open ConfigMap", "api/v1|configmaps", "ConfigMap", "data: { a: b }", "data: { a: c }"],
  ["a Secret's type", "api/v1|secrets", "Secret", "type: one/one", "type: two/two"],
];

if (isReal) {
  describe("what a review says that Kubernetes will not change", () => {
    const on = useCluster("immutable");

    for (const [index, [what, place, kind, before, after]] of CASES.entries()) {
      test(`is what the API server refuses, or lets change: ${what}`, async () => {
        const [group = "", plural = ""] = place.split("|");
        const name = `case-${index}`;
        const version = group.replace(/^apis?\//u, "");
        const entry = async (rest: string): Promise<ManifestEntry> => {
          const text = `apiVersion: ${version}\nkind: ${kind}\nmetadata: { name: ${name} }\n${rest}`;
          const [found] = manifestEntries(await manifestYaml.read(text), on.namespace);
          return found ?? assert.fail(text);
        };
        const [from, to] = [await entry(before), await entry(after)];
        const folder = `/${group}/namespaces/${on.namespace}/${plural}`;
        const made = await on.as("admin").post(folder, from.content);
        assert.equal(made.status, 201, JSON.stringify(made.body));
        const changed = await on.as("admin").patch("merge", `${folder}/${name}`, to.content);
        const isRefused = changed.status === 422;
        assert.ok(isRefused || changed.status === 200, JSON.stringify(changed.body));
        assert.equal(immutableFields([from], [to]).length > 0, isRefused, JSON.stringify(changed.body));
      });
    }
  });
}
