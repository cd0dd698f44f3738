import type { Manager } from "./rollouts.ts";

/** What of an object says who keeps it as it is. */
export interface Marked {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const ARGO = "argocd.argoproj.io/";

/**
 * Who keeps an object as it is; undefined where nobody says so. Flux and Argo CD come before helm: where they deploy
 * a chart, helm's own marks are there too, and it is they who put back what is undone.
 */
export function managerOf(object: Marked): Manager | undefined {
  return fluxOf(object) ?? argoOf(object) ?? helmOf(object);
}

/** https://fluxcd.io/flux/components/kustomize/kustomizations/ and …/helm/helmreleases/: labels of everything applied. */
function fluxOf({ labels }: Marked): Manager | undefined {
  const of = (what: "HelmRelease" | "Kustomization", prefix: string): Manager | undefined => {
    const [name, namespace] = [labels[`${prefix}/name`], labels[`${prefix}/namespace`]];
    if (!isNamed(name)) return undefined;
    return { kind: "flux", what, name, ...(isNamed(namespace) ? { namespace } : {}) };
  };
  return of("HelmRelease", "helm.toolkit.fluxcd.io") ?? of("Kustomization", "kustomize.toolkit.fluxcd.io");
}

/**
 * By the tracking id, `<application>:<group>/<kind>:<namespace>/<name>`, or by the label that Argo CD tracks with
 * where it is set up so. That label is everybody's (`helm create` writes it), so that it counts only beside an
 * annotation of Argo CD's own.
 */
function argoOf({ labels, annotations }: Marked): Manager | undefined {
  const tracking = annotations[`${ARGO}tracking-id`]?.split(":", 1)[0];
  if (isNamed(tracking)) return { kind: "argo-cd", application: tracking };
  const own = labels[`${ARGO}instance`];
  if (isNamed(own)) return { kind: "argo-cd", application: own };
  const instance = labels["app.kubernetes.io/instance"];
  const isArgos = Object.keys(annotations).some((key) => key.startsWith(ARGO));
  return isArgos && isNamed(instance) ? { kind: "argo-cd", application: instance } : undefined;
}

/** As helm itself decides whether an object is a release's: `helm template | kubectl apply` leaves the label alone. */
function helmOf({ namespace, labels, annotations }: Marked): Manager | undefined {
  const release = annotations["meta.helm.sh/release-name"];
  if (labels["app.kubernetes.io/managed-by"] !== "Helm" || !isNamed(release)) return undefined;
  const home = annotations["meta.helm.sh/release-namespace"];
  return { kind: "helm", release, namespace: isNamed(home) ? home : namespace };
}

const isNamed = (name: string | undefined): name is string => name !== undefined && name !== "";
