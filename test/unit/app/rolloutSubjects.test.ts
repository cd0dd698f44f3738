import assert from "node:assert/strict";
import { test } from "node:test";
import {
  operationOf,
  rolloutPlaces,
  rolloutSubjectOf,
  rolloutSubjects,
} from "../../../src/app/rolloutSubjects.ts";
import type { Environment, KubernetesDriver } from "../../../src/domain/config.ts";
import { aConfig, aHelmDriver, aMachine, aPool } from "../../builders/deploy.ts";
import { anAddress } from "../../builders/rollouts.ts";

const locks = { context: "staging", namespace: "devdeploy" };

const aDriver = (driver: Partial<KubernetesDriver> = {}): KubernetesDriver => ({
  kind: "kubernetes",
  context: "staging",
  namespace: "web",
  deployment: "${machine}",
  container: "app",
  image: "app:${commit}",
  ...driver,
});

const anEnvironment = (environment: Partial<Environment> = {}): Environment => ({
  name: "production",
  tier: "production",
  targets: [],
  locks,
  ...environment,
});

const inProduction = aDriver({
  context: "production",
  namespace: "buffer",
  deployment: "${environment}-web",
});
const config = aConfig({
  environments: [
    anEnvironment({
      targets: [
        { name: "app", driver: inProduction },
        { name: "cron", driver: aHelmDriver({ context: "production", namespace: "jobs" }) },
        { name: "by-branch", driver: { ...inProduction, deployment: "${branch}" } },
      ],
    }),
    anEnvironment({ name: "demo", tier: "staging", targets: [{ name: "demo", driver: inProduction }] }),
  ],
  pools: [aPool([aMachine("dev1"), aMachine("dev2", { target: { name: "dev2", driver: aDriver() } })])],
});

test("each target and machine that is deployed without helm has a history", () => {
  assert.deepEqual(rolloutSubjects(config), [
    {
      workload: { context: "production", namespace: "buffer", kind: "Deployment", name: "production-web" },
      tier: "production",
      place: { name: "production", target: "app", kind: "environment", locks },
      container: "app",
    },
    {
      workload: { context: "production", namespace: "buffer", kind: "Deployment", name: "demo-web" },
      // It lies beside production: what is undone there is production's all the same.
      tier: "production",
      place: { name: "demo", target: "demo", kind: "environment", locks },
      container: "app",
    },
    {
      workload: { context: "staging", namespace: "web", kind: "Deployment", name: "dev2" },
      tier: "staging",
      place: { name: "dev2", target: "dev2", kind: "machine", locks },
      container: "app",
    },
  ]);
});

test("any other workload is a subject without a place, of production where anything of production's lies", () => {
  const subject = (namespace: string, kind: "Deployment" | "StatefulSet" = "StatefulSet") =>
    rolloutSubjectOf(config, anAddress({ namespace, kind, name: "production-web" }));
  assert.equal(subject("buffer", "Deployment").place?.name, "production");
  assert.deepEqual(subject("buffer"), {
    workload: anAddress({ kind: "StatefulSet", name: "production-web" }),
    tier: "production",
  });
  assert.equal(subject("jobs").tier, "production");
  assert.equal(subject("other").tier, "staging");
  assert.deepEqual(rolloutSubjectOf(undefined, anAddress()), { workload: anAddress(), tier: "staging" });
});

test("its operation Lease lies in the workload's own cluster, and only places have one", () => {
  const [production] = rolloutSubjects(config);
  assert.deepEqual(production && operationOf(production), {
    context: "production",
    namespace: "devdeploy",
    name: "production-operation",
  });
  assert.equal(operationOf(rolloutSubjectOf(config, anAddress())), undefined);
});

test("the namespaces that are deployed to are each told once, in order", () => {
  assert.deepEqual(rolloutPlaces(config), [
    { context: "production", namespace: "buffer" },
    { context: "production", namespace: "jobs" },
    { context: "staging", namespace: "web" },
  ]);
});
