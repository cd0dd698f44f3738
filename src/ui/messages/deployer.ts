import { l10n } from "vscode";
import type { DeployerError } from "../../app/ports.ts";
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
      return error.exitCode === undefined
        ? l10n.t("helm was ended before it was done: {line}. The log has all of its words.", {
            line: detail(lastLine(error.output)),
          })
        : l10n.t("helm failed (exit code {code}): {line}. The log has all of its words.", {
            code: error.exitCode,
            line: detail(lastLine(error.output)),
          });
    case "cancelled":
      return l10n.t("helm was asked to stop. What it had already sent to the cluster stays there.");
  }
}
