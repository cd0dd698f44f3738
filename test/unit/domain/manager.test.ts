import assert from "node:assert/strict";
import { test } from "node:test";
import { managerOf } from "../../../src/domain/manager.ts";
import type { Manager } from "../../../src/domain/rollouts.ts";

const HELM_LABEL = { "app.kubernetes.io/managed-by": "Helm" };
const HELM = { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "prod" };

const who = (
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): Manager | undefined => managerOf({ namespace: "web", labels, annotations });

test("helm keeps what carries its label and the release's name", () => {
  assert.deepEqual(
    [
      who(HELM_LABEL, HELM),
      who(HELM_LABEL, { "meta.helm.sh/release-name": "shop" }),
      // `helm template | kubectl apply`.
      who(HELM_LABEL),
      who({ "app.kubernetes.io/managed-by": "kustomize" }, HELM),
      who({}, HELM),
    ],
    [
      { kind: "helm", release: "shop", namespace: "prod" },
      { kind: "helm", release: "shop", namespace: "web" },
      undefined,
      undefined,
      undefined,
    ],
  );
});

test("Argo CD keeps what carries its tracking id, or its own annotations beside the label that it tracks with", () => {
  const instance = { "app.kubernetes.io/instance": "shop" };
  const argo = { kind: "argo-cd", application: "shop" };
  assert.deepEqual(
    [
      who({}, { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:web/web" }),
      who(instance, { "argocd.argoproj.io/sync-wave": "1" }),
      who({ "argocd.argoproj.io/instance": "shop" }),
      // What `helm create` writes, without Argo CD.
      who(instance),
      who({}, { "argocd.argoproj.io/tracking-id": "" }),
    ],
    [argo, argo, argo, undefined, undefined],
  );
});

test("Flux keeps what carries its labels", () => {
  assert.deepEqual(
    [
      who({ "kustomize.toolkit.fluxcd.io/name": "apps" }),
      who({ "helm.toolkit.fluxcd.io/name": "shop", "helm.toolkit.fluxcd.io/namespace": "infra" }),
    ],
    [
      { kind: "flux", what: "Kustomization", name: "apps" },
      { kind: "flux", what: "HelmRelease", name: "shop", namespace: "infra" },
    ],
  );
});

test("who deploys with helm's charts comes before helm", () => {
  const labels = { ...HELM_LABEL, "helm.toolkit.fluxcd.io/name": "shop" };
  assert.equal(who(labels, HELM)?.kind, "flux");
  const tracked = { ...HELM, "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:web/web" };
  assert.equal(who(HELM_LABEL, tracked)?.kind, "argo-cd");
});

test("nobody keeps what says nothing", () => {
  assert.equal(who({ app: "web" }, { team: "blue" }), undefined);
});
