import { l10n } from "vscode";
import type { ClusterError } from "../../domain/cluster.ts";
import { clusterSentence } from "./cluster.ts";
import type { Notice } from "./notice.ts";

export const askingTheCluster = (): string => l10n.t("Devdeploy asks the cluster whose the machines are…");

/** Nothing is said of machines that are not known: not that they are locked, and not that they are free. */
export const locksUnknown = (error: ClusterError | undefined): Notice => ({
  severity: "warning",
  text:
    error === undefined
      ? l10n.t(
          "Whose the machines are is not known yet: the cluster has not answered so far. Try again in a moment.",
        )
      : l10n.t("Whose the machines are is not known, so nothing was done. {cause}", {
          cause: clusterSentence(error),
        }),
  buttons: [{ kind: "show-environments" }, { kind: "show-log" }],
});

/** The cluster has not said who asks, or git has not. */
export const youUnknown = (): Notice => ({
  severity: "warning",
  text: l10n.t(
    "Who you are is not known, so nothing was done: the log says whether git or the cluster did not tell it.",
  ),
  buttons: [{ kind: "show-log" }],
});
