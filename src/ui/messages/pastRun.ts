import { l10n } from "vscode";
import type { PastRun } from "../../app/ports.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Notice } from "./notice.ts";
import { shown } from "./text.ts";
import { localAndUtc } from "./time.ts";

/** What became of devdeploys whose window was closed before they ended. */
export function pastRunsNotice(runs: readonly PastRun[], now: EpochMs): Notice {
  const isWell = runs.every(({ state }) => state.kind === "finished" && state.exitCode === 0);
  return {
    severity: isWell ? "info" : "warning",
    text: [
      l10n.t("While the window was closed:"),
      ...runs.map((run) => pastRunSentence(run, now)),
      l10n.t("None of it is proven; devdeploy again to see it proven."),
    ].join(" "),
    buttons: [{ kind: "devdeploy-again" }, { kind: "show-log" }],
  };
}

function pastRunSentence(run: PastRun, now: EpochMs): string {
  const branch = run.mark.branch === undefined ? "" : `${shown(run.mark.branch)} `;
  const facts = { what: `${branch}${shortCommit(run.mark.commit)}`, where: shown(run.subject) };
  switch (run.state.kind) {
    case "running":
      return l10n.t("helm is still deploying {what} to {where}.", facts);
    case "finished":
      return run.state.exitCode === 0
        ? l10n.t("helm deployed {what} to {where} at {time}.", {
            ...facts,
            time: localAndUtc(run.state.endedAt, now),
          })
        : l10n.t("helm failed to deploy {what} to {where} at {time}.", {
            ...facts,
            time: localAndUtc(run.state.endedAt, now),
          });
    case "lost":
      return l10n.t(
        "helm was ended while it deployed {what} to {where}; its own record says how far it came.",
        facts,
      );
  }
}
