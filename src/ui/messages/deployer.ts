import { l10n } from "vscode";
import type { DeployerError, HelmCause } from "../../app/ports.ts";
import { shortCommit } from "../../domain/branch.ts";
import { detail, shown } from "./text.ts";

const lastLine = (output: string): string =>
  output
    .split("\n")
    .map((line) => line.trim())
    .findLast((line) => line !== "") ?? "";

/** Why helm did not deploy, and what to do about it. */
export function deployerSentence(error: DeployerError): string {
  switch (error.reason) {
    case "helm-absent":
      return l10n.t(
        "helm was not found; looked at {tried}. Install helm 3.14 or newer, or name it in the setting devdeploy.helmPath.",
        { tried: error.tried.map(shown).join(", ") },
      );
    case "helm-refused":
      return l10n.t("{path} is not used as helm: {detail}. Correct the setting devdeploy.helmPath.", {
        path: shown(error.path),
        detail: detail(error.detail),
      });
    case "helm-too-old":
      return l10n.t("{path} is helm {version}; Devdeploy needs {needed} or newer. Update it.", {
        path: shown(error.path),
        version: shown(error.version),
        needed: shown(error.needed),
      });
    case "chart-absent":
      return l10n.t(
        "Commit {commit} has no chart at {chart}: {detail}. Add the chart, or correct devdeploy.json.",
        {
          commit: shortCommit(error.commit),
          chart: shown(error.chart),
          detail: detail(error.detail),
        },
      );
    case "temporary-files":
      return l10n.t(
        "The chart could not be laid out in a temporary folder: {detail}. Nothing was deployed; check the free space.",
        { detail: detail(error.detail) },
      );
    case "helm-failed":
      return helmFailedSentence(error);
    case "run-lost":
      return l10n.t(
        "The process that watches over helm has gone without a word; helm may still be at work. Look at its record before you devdeploy again.",
      );
    case "cancelled":
      return l10n.t("helm was asked to stop. What it had already sent to the cluster stays there.");
  }
}

type HelmFailed = DeployerError & { readonly reason: "helm-failed" };

function helmFailedSentence({ cause, exitCode, output }: HelmFailed): string {
  const line = detail(lastLine(output));
  const known = causeSentence(cause);
  if (known !== undefined)
    return line === "" ? known : l10n.t("{cause} helm says: {line}.", { cause: known, line });
  if (exitCode === undefined && line === "") return l10n.t("helm was ended before it was done.");
  return exitCode === undefined
    ? l10n.t("helm was ended before it was done: {line}. The log has all of its words.", { line })
    : l10n.t("helm failed (exit code {code}): {line}. The log has all of its words.", {
        code: exitCode,
        line,
      });
}

/** A known cause with what to do about it; undefined where helm's own words have to do. */
function causeSentence(cause: HelmCause): string | undefined {
  switch (cause) {
    case "another-operation":
      return l10n.t(
        "Another helm is at work on this release, or was killed at it. Try again in some minutes.",
      );
    case "waited-too-long":
      return l10n.t(
        "The new pods were not ready in time. Look at their events, then deploy a commit that mends it.",
      );
    case "cluster-unreachable":
      return l10n.t("helm could not reach the cluster. Check the network or the VPN.");
    case "forbidden":
      return l10n.t("helm is not allowed to do this in the cluster. Ask an admin for the permission.");
    case "unauthorized":
      return l10n.t("The cluster does not accept your sign-in. Sign in again.");
    case "context-unknown":
      return l10n.t("helm's kubeconfig does not have this context. Check the setting devdeploy.kubeconfig.");
    case "bad-chart":
      return l10n.t("The chart of this commit is not right. Correct it, push, and devdeploy again.");
    case "bad-release-name":
      return l10n.t("helm does not allow this release name. Correct it in devdeploy.json.");
    case "not-ours":
      return l10n.t(
        "An object of the chart already exists and belongs to something else. Rename it, or have it removed.",
      );
    case "field-conflict":
      return l10n.t("Somebody else manages a field that the chart sets. Agree on who does, then try again.");
    case "immutable-field":
      return l10n.t(
        "The chart changes a field that Kubernetes does not let change. The object has to be made anew.",
      );
    case "unknown-kind":
      return l10n.t(
        "The cluster does not know a kind of object in the chart. Install its definition, or update the chart.",
      );
    case "record-too-large":
      return l10n.t("The chart is too large for helm's record (1 MiB). Move big files out of the chart.");
    case "hook-failed":
      return l10n.t("A hook of the chart failed. Look at its Job's log.");
    case "other":
      return undefined;
  }
}
