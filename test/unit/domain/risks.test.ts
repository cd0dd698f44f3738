import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReleaseHook, Revision } from "../../../src/domain/release.ts";
import type { Risk } from "../../../src/domain/rollback.ts";
import {
  migrationRisks,
  prunedRevisions,
  pruningRisks,
  recordRisks,
  riskLevel,
} from "../../../src/domain/risks.ts";
import { aCommit, aLabel, anImage, aRevision } from "../../builders/deploy.ts";
import { aDeployment, entriesOf } from "../../builders/manifest.ts";

interface Sides {
  readonly from?: string;
  readonly to?: string;
  readonly fromRevision?: Partial<Revision>;
  readonly toRevision?: Partial<Revision>;
  readonly container?: string;
}

async function risksOf(sides: Sides): Promise<readonly Risk[]> {
  const { from = "", to = "", fromRevision = { images: [] }, toRevision = { images: [] }, container } = sides;
  const fromEntries = await entriesOf(from);
  return recordRisks({
    from: aRevision({ revision: 2, ...fromRevision }),
    to: aRevision({ revision: 1, ...toRevision }),
    fromEntries,
    newestEntries: fromEntries,
    toEntries: await entriesOf(to),
    container,
  });
}

const immutable = async (from: string, to: string): Promise<readonly string[]> =>
  (await risksOf({ from, to })).flatMap((risk) => (risk.kind === "immutable" ? [risk.path] : []));

const a = (apiVersion: string, kind: string, rest: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: web }\n${rest}`;

for (const [what, from, to, paths] of [
  [
    "a Deployment's selector",
    a("apps/v1", "Deployment", "spec: { selector: { matchLabels: { app: a } }, replicas: 1 }"),
    a("apps/v1", "Deployment", "spec: { selector: { matchLabels: { app: b } }, replicas: 2 }"),
    ["spec.selector"],
  ],
  [
    "all of a StatefulSet but what may change",
    a("apps/v1", "StatefulSet", "spec: { serviceName: a, replicas: 1, minReadySeconds: 1, template: {} }"),
    a("apps/v1", "StatefulSet", "spec: { serviceName: b, replicas: 2, volumeClaimTemplates: [{}] }"),
    ["spec.serviceName", "spec.volumeClaimTemplates"],
  ],
  [
    "a Job's template",
    a("batch/v1", "Job", "spec: { template: { spec: { containers: [{ name: a, image: a:1 }] } } }"),
    a("batch/v1", "Job", "spec: { template: { spec: { containers: [{ name: a, image: a:2 }] } } }"),
    ["spec.template"],
  ],
  [
    "a Service's address",
    a("v1", "Service", "spec: { ports: [] }"),
    a("v1", "Service", "spec: { clusterIP: None }"),
    ["spec.clusterIP"],
  ],
  [
    "no address of a Service that the cluster chose",
    a("v1", "Service", "spec: { clusterIP: 10.0.0.1 }"),
    a("v1", "Service", "spec: {}"),
    [],
  ],
  [
    "a claim that shrinks",
    a("v1", "PersistentVolumeClaim", "spec: { resources: { requests: { storage: 1.5Gi } } }"),
    a("v1", "PersistentVolumeClaim", "spec: { resources: { requests: { storage: 1024Mi } } }"),
    ["spec.resources.requests.storage"],
  ],
  [
    "no claim that grows",
    a("v1", "PersistentVolumeClaim", "spec: { resources: { requests: { storage: 900M } } }"),
    a("v1", "PersistentVolumeClaim", "spec: { resources: { requests: { storage: 1Gi } } }"),
    [],
  ],
  [
    "a claim's class",
    a("v1", "PersistentVolumeClaim", "spec: { storageClassName: fast }"),
    a("v1", "PersistentVolumeClaim", "spec: { storageClassName: slow }"),
    ["spec.storageClassName"],
  ],
  [
    "whom a RoleBinding binds to",
    a("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: { name: a }\nsubjects: [{ name: a }]"),
    a("rbac.authorization.k8s.io/v1", "RoleBinding", "roleRef: { name: b }\nsubjects: [{ name: b }]"),
    ["roleRef"],
  ],
  [
    "a sealed ConfigMap",
    a("v1", "ConfigMap", "immutable: true\ndata: { a: b }"),
    a("v1", "ConfigMap", "immutable: true\ndata: { a: c }"),
    ["data"],
  ],
  ["no open ConfigMap", a("v1", "ConfigMap", "data: { a: b }"), a("v1", "ConfigMap", "data: { a: c }"), []],
  ["a Secret's type", a("v1", "Secret", "type: Opaque"), a("v1", "Secret", "type: tls"), ["type"]],
] as const) {
  test(`the API server will not change ${what}`, async () => {
    assert.deepEqual(await immutable(from, to), paths);
  });
}

test("the same images on both sides are a risk, and it is told whether pods restart all the same", async () => {
  const image = anImage({ workload: "Deployment/web", image: "app:latest" });
  const same: Risk = { kind: "same-images", images: ["app:latest"] };
  const revisions = { fromRevision: { images: [image] }, toRevision: { images: [image] } };
  assert.deepEqual(await risksOf({ from: aDeployment(), to: aDeployment(), ...revisions }), [same]);
  const env = "\n          env: [{ name: A, value: a }]";
  assert.deepEqual(await risksOf({ from: aDeployment(), to: aDeployment({ env }), ...revisions }), [
    { ...same, podsRestart: true },
  ]);
});

test("only the application's container counts where the team named it", async () => {
  const images = (tag: string): { readonly images: Revision["images"] } => ({
    images: [anImage({ image: "app:1" }), anImage({ container: "proxy", image: `proxy:${tag}` })],
  });
  const sides = { fromRevision: images("1"), toRevision: images("2") };
  assert.deepEqual(await risksOf(sides), []);
  assert.deepEqual(await risksOf({ ...sides, container: "app" }), [
    { kind: "same-images", images: ["app:1"] },
  ]);
});

test("what will be deleted is told, and a deleted claim is told as lost data", async () => {
  const claim = a("v1", "PersistentVolumeClaim", "spec: {}");
  const risks = await risksOf({ from: claim });
  assert.deepEqual(risks, [
    {
      kind: "deleted",
      objects: [{ apiVersion: "v1", kind: "PersistentVolumeClaim", name: "web", namespace: "" }],
    },
    { kind: "volumes", claims: ["web"], deleted: ["web"] },
  ]);
  assert.deepEqual(risks.map(riskLevel), ["danger", "danger"]);
});

test("claims are found where they are made and used", async () => {
  const set = a("apps/v1", "StatefulSet", "spec: { volumeClaimTemplates: [{ metadata: { name: data } }] }");
  const user = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: u }\nspec: { template: { spec: { volumes: [{ persistentVolumeClaim: { claimName: shared } }, { emptyDir: {} }] } } }`;
  const manifest = `${set}\n---\n${user}`;
  assert.deepEqual(await risksOf({ from: manifest, to: manifest }), [
    { kind: "volumes", claims: ["data-web-*", "shared"], deleted: [] },
  ]);
});

test("definitions that differ are told, and those that helm never touches again", async () => {
  const definition = (name: string, scope: string): string =>
    `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${name} }\nspec: { scope: ${scope} }`;
  const risks = await risksOf({
    from: `${definition("same", "A")}\n---\n${definition("other", "A")}`,
    to: `${definition("same", "A")}\n---\n${definition("other", "B")}`,
    toRevision: { images: [], chartCrds: ["crds/queue.yaml"] },
  });
  assert.deepEqual(risks, [{ kind: "crds", names: ["other", "crds/queue.yaml"] }]);
});

test("only those hooks of the target are told that a rollback runs", async () => {
  const hook = (name: string, events: readonly string[]): ReleaseHook => ({
    kind: "Job",
    name,
    events,
    manifest: "",
  });
  const hooks = [hook("up", ["pre-upgrade"]), hook("back", ["pre-upgrade", "pre-rollback"])];
  assert.deepEqual(await risksOf({ toRevision: { images: [], hooks } }), [
    { kind: "hooks", hooks: [{ kind: "Job", name: "back", events: ["pre-upgrade", "pre-rollback"] }] },
  ]);
});

test("migrations are counted by commits, among those that are undone", () => {
  const commit = (start: string, migrations: readonly string[]): object => ({
    commit: aCommit(start),
    subject: "",
    author: "",
    committedAt: 0,
    migrations,
  });
  const undone = [commit("1", ["m/1.sql", "m/2.sql"]), commit("2", ["m/2.sql"]), commit("3", [])] as never;
  assert.deepEqual(migrationRisks({ kind: "known", undone, returning: undone, isCut: false }), [
    { kind: "migrations", commits: 2, files: ["m/1.sql", "m/2.sql"] },
  ]);
});

const history = (...statuses: readonly Revision["status"][]): Parameters<typeof prunedRevisions>[0] =>
  statuses.map((status, index) => aLabel({ revision: index + 1, status }));

test("helm makes room before it begins: down to one less than it keeps, the oldest first", () => {
  assert.deepEqual(prunedRevisions(history("superseded", "superseded", "deployed"), 3), [1]);
  assert.deepEqual(prunedRevisions(history("superseded", "superseded", "deployed"), 2), [1, 2]);
  assert.deepEqual(prunedRevisions(history("superseded", "deployed"), 3), []);
  assert.deepEqual(prunedRevisions(history("superseded", "deployed"), 0), []);
});

test("the newest that is deployed is never dropped, an older one that is called so is", () => {
  assert.deepEqual(prunedRevisions(history("deployed", "failed", "failed", "failed"), 3), [2, 3]);
  assert.deepEqual(prunedRevisions(history("deployed", "deployed", "failed"), 2), [1, 3]);
  assert.deepEqual(pruningRisks(history("superseded", "superseded", "deployed"), { historyMax: 3, to: 1 }), [
    { kind: "pruned", revisions: [1], target: true },
  ]);
});

for (const [level, risk] of [
  ["fine", { kind: "images", answers: [{ kind: "exists", image: "a" }] }],
  ["note", { kind: "images", answers: [{ kind: "denied", image: "a" }] }],
  [
    "danger",
    {
      kind: "images",
      answers: [
        { kind: "exists", image: "a" },
        { kind: "missing", image: "b" },
      ],
    },
  ],
  ["fine", { kind: "rights", missing: [] }],
  ["note", { kind: "rights", missing: [], notAsked: { reason: "aborted" } }],
  ["danger", { kind: "rights", missing: ["update deployments"] }],
  ["warning", { kind: "pruned", revisions: [1], target: true }],
  ["note", { kind: "pruned", revisions: [1], target: false }],
  ["fine", { kind: "nobody-at-work" }],
  ["warning", { kind: "at-work", by: "Ben", what: "devdeploy" }],
] as const satisfies readonly (readonly [string, Risk])[]) {
  test(`${JSON.stringify(risk)} is ${level}`, () => {
    assert.equal(riskLevel(risk), level);
  });
}
