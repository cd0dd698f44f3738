import { l10n } from "vscode";
import type { DeployPhase } from "../../app/deployOutcome.ts";
import type { DevdeployQuestion } from "../../app/ports.ts";
import type { Diagnosis } from "../../domain/diagnosis.ts";
import { shortCommit, type BranchName, type CommitHash } from "../../domain/branch.ts";
import { earlySentence } from "./diagnosis.ts";
import { warningSentence } from "./refusal.ts";
import { detail, shown } from "./text.ts";
import type { Modal } from "./unlock.ts";

/** What a running devdeploy is called. */
export function progressTitle(branch: BranchName | undefined, commit: CommitHash | undefined): string {
  if (branch === undefined) return l10n.t("Devdeploy");
  return commit === undefined
    ? l10n.t("Devdeploy {branch}", { branch: shown(branch) })
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
    case "full":
      return l10n.t("no machine of {pool} is free; what do you want to do?", { pool: shown(phase.pool) });
    case "deploying":
      return deployingSentence(phase);
    case "proving":
      return podsSentence(phase);
    case "steady":
      return l10n.t("all pods on {machine} are ready; watching that they stay so for {seconds} s more…", {
        machine: shown(phase.machine),
        seconds: phase.secondsLeft,
      });
  }
}

function deployingSentence(phase: DeployPhase & { readonly kind: "deploying" }): string {
  const { machine, ready, wanted, diagnosis } = phase;
  const closing = l10n.t("You may close this window: helm goes on, and the next window tells how it ended.");
  if (ready === undefined || wanted === undefined) {
    return `${l10n.t("helm is at work on {machine}.", { machine: shown(machine) })} ${closing}`;
  }
  const pods = podsSentence({ machine, ready, wanted, ...(diagnosis === undefined ? {} : { diagnosis }) });
  return diagnosis === undefined ? `${pods} ${closing}` : pods;
}

interface Pods {
  readonly machine: string;
  readonly ready: number;
  readonly wanted: number;
  readonly diagnosis?: Diagnosis;
}

function podsSentence(pods: Pods): string {
  const figures = { machine: shown(pods.machine), ready: pods.ready, wanted: pods.wanted };
  return pods.diagnosis === undefined
    ? l10n.t("{ready} of {wanted} new pods ready on {machine}.", figures)
    : l10n.t("{ready} of {wanted} new pods ready on {machine}; it looks wrong: {diagnosis}", {
        ...figures,
        diagnosis: detail(earlySentence(pods.diagnosis)),
      });
}

/** The question before a devdeploy that has warnings. */
export function confirmText({ plan, pool, machine }: DevdeployQuestion): Modal {
  return {
    question: l10n.t("Devdeploy {branch} {commit} to {where}?", {
      branch: shown(plan.branch),
      commit: shortCommit(plan.commit),
      where: shown(machine ?? pool),
    }),
    detail: plan.warnings.map(warningSentence).join("\n\n"),
    yes: l10n.t("Devdeploy Anyway"),
  };
}
