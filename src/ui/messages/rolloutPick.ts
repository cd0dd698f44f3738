import { l10n } from "vscode";
import type { ListedWorkload } from "../../app/rolloutPorts.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import type { Manager } from "../../domain/rollouts.ts";
import { clusterSentence } from "./cluster.ts";
import { shortImage } from "./rolloutRow.ts";
import { shown } from "./text.ts";

export const rolloutsTitle = (): string => l10n.t("Rollout History");
export const chooseWorkload = (): string =>
  l10n.t("The rollouts of which Deployment, StatefulSet or DaemonSet?");

/** Where the workloads below it lie. */
export const placeHeading = ({
  context,
  namespace,
}: {
  readonly context: string;
  readonly namespace: string;
}): string =>
  l10n.t("namespace {namespace} · context {context}", {
    namespace: shown(namespace),
    context: shown(context),
  });

/** Its images, and who manages it: `web:51d0c3e… · managed by helm release web`. */
export function workloadDescription({ images, manager }: Pick<ListedWorkload, "images" | "manager">): string {
  const names = images.map((image) => shortImage({ image })).join(", ");
  return [names, ...(manager === undefined ? [] : [managedBy(manager)])]
    .filter((part) => part !== "")
    .join(" · ");
}

function managedBy(by: Manager): string {
  switch (by.kind) {
    case "helm":
      return l10n.t("managed by helm release {release}", { release: shown(by.release) });
    case "argo-cd":
      return l10n.t("managed by Argo CD application {application}", { application: shown(by.application) });
    case "flux":
      return l10n.t("managed by Flux {what} {name}", { what: by.what, name: shown(by.name) });
  }
}

export const noWorkloads = (): string => l10n.t("$(info) No workload in this namespace");
export const listFailed = (): string => l10n.t("$(warning) Could not be listed");
export const listFailedDetail = (error: ClusterError): string => clusterSentence(error);
