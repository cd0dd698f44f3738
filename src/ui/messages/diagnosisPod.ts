import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { detail, shown } from "./text.ts";

type Of<Kind extends DiagnosisCause["kind"]> = DiagnosisCause & { readonly kind: Kind };

/** What is wrong with a pod as a whole. */
export function podSentence(
  cause: Of<
    "unschedulable" | "readiness-gate" | "missing-config" | "stuck-creating" | "evicted" | "node-lost"
  >,
): string {
  const pod = shown(cause.pod);
  switch (cause.kind) {
    case "unschedulable":
      return l10n.t("No node takes {pod}: {message}.", { pod, message: detail(cause.message) });
    case "readiness-gate":
      return l10n.t("The containers of {pod} are ready, but its readiness gate {gate} is not open.", {
        pod,
        gate: shown(cause.gate),
      });
    case "missing-config":
      return missingSentence(cause);
    case "stuck-creating":
      return l10n.t("The containers of {pod} cannot even be made: {message}.", {
        pod,
        message: detail(cause.message),
      });
    case "evicted":
      return l10n.t("{pod} was ended by its node ({reason}): trouble of the cluster, not of this revision.", {
        pod,
        reason: shown(cause.reason),
      });
    case "node-lost":
      return cause.node === ""
        ? l10n.t("The node of {pod} does not answer: trouble of the cluster, not of this revision.", { pod })
        : l10n.t(
            "{node}, the node of {pod}, does not answer: trouble of the cluster, not of this revision.",
            {
              pod,
              node: shown(cause.node),
            },
          );
  }
}

function missingSentence({ resource, name, pod }: Of<"missing-config">): string {
  const words = { name: shown(name), pod: shown(pod) };
  switch (resource) {
    case "Secret":
      return l10n.t("{pod} needs the Secret {name}, and there is none.", words);
    case "ConfigMap":
      return l10n.t("{pod} needs the ConfigMap {name}, and there is none.", words);
    case "ServiceAccount":
      return l10n.t("{pod} needs the ServiceAccount {name}, and there is none.", words);
    case "key":
      return l10n.t("{pod} needs the key {name}, which its Secret or ConfigMap has not got.", words);
    case "volume":
      return l10n.t("{pod} waits for the volume {name}, which cannot be mounted.", words);
  }
}
