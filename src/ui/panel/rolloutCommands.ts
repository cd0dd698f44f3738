import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { commandLine } from "../../domain/plainText.ts";
import type { Manager } from "../../domain/rollouts.ts";

/** Commands that are copied and never run by us, with context and namespace named. */

export const resumeCommand = ({ context, namespace, kind, name }: WorkloadAddress): string =>
  commandLine([
    ...["kubectl", "rollout", "resume", `${kind.toLowerCase()}/${name}`],
    ...[`--namespace=${namespace}`, `--context=${context}`],
  ]);

/** Leads to where a workload is gone back with that somebody else keeps as it is. */
export function managerCommand(by: Manager, { context }: WorkloadAddress): string {
  switch (by.kind) {
    case "helm":
      return commandLine([
        "helm",
        "history",
        by.release,
        `--namespace=${by.namespace}`,
        `--kube-context=${context}`,
      ]);
    case "argo-cd":
      return commandLine(["argocd", "app", "rollback", by.application]);
    case "flux":
      return commandLine([
        ...["flux", "suspend", by.what.toLowerCase(), by.name],
        ...(by.namespace === undefined ? [] : [`--namespace=${by.namespace}`]),
        `--context=${context}`,
      ]);
  }
}
