import { l10n } from "vscode";
import type { DeployPhase } from "../../app/deployOutcome.ts";
import type { DevdeployQuestion } from "../../app/ports.ts";
import { shortCommit, type BranchName, type CommitHash } from "../../domain/branch.ts";
import { warningSentence } from "./refusal.ts";
import { detail, shown } from "./text.ts";

/** What a running devdeploy is called. */
export function progressTitle(branch: BranchName | undefined, commit: CommitHash | undefined): string {
  return branch === undefined || commit === undefined
    ? l10n.t("Devdeploy")
    : l10n.t("Devdeploy {branch} {commit}", { branch: shown(branch), commit: shortCommit(commit) });
}

/** Where a running devdeploy is. */
export function phaseSentence(phase: DeployPhase): string {
  switch (phase.kind) {
    case "checking":
      return l10n.t("checking the branch, its remote and the locks…");
    case "claiming":
      return phase.machine === undefined
        ? l10n.t("claiming a machine of {pool}…", { pool: shown(phase.pool) })
        : l10n.t("claiming {machine}…", { machine: shown(phase.machine) });
    case "deploying":
      return l10n.t(
        "helm is at work on {machine}. If you close this window, helm goes on by itself, but the proof will be missing.",
        { machine: shown(phase.machine) },
      );
    case "proving":
      return provingSentence(phase);
    case "steady":
      return l10n.t("all pods on {machine} are ready; watching that they stay so for {seconds} s more…", {
        machine: shown(phase.machine),
        seconds: phase.secondsLeft,
      });
  }
}

function provingSentence(phase: DeployPhase & { readonly kind: "proving" }): string {
  const facts = { machine: shown(phase.machine), ready: phase.ready, wanted: phase.wanted };
  return phase.diagnosis === undefined
    ? l10n.t("{ready} of {wanted} new pods ready on {machine}…", facts)
    : l10n.t("{ready} of {wanted} new pods ready on {machine}; it looks wrong: {diagnosis}", {
        ...facts,
        diagnosis: detail(phase.diagnosis),
      });
}

/** The question before a devdeploy that has warnings. */
export interface ConfirmText {
  readonly question: string;
  readonly detail: string;
  readonly yes: string;
}

export function confirmText({ plan, pool, machine }: DevdeployQuestion): ConfirmText {
  return {
    question: l10n.t("Devdeploy {branch} {commit} to {where}?", {
      branch: shown(plan.branch),
      commit: shortCommit(plan.commit),
      where: shown(machine ?? pool),
    }),
    detail: plan.warnings.map(warningSentence).join("\n"),
    yes: l10n.t("Devdeploy Anyway"),
  };
}
