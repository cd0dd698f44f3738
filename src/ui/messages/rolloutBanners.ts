import { l10n } from "vscode";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutStatus } from "../../app/rolloutSnapshot.ts";
import { redacted } from "../../domain/redact.ts";
import type { Manager } from "../../domain/rollouts.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Piece } from "../../protocol/panel.ts";
import { code, pieces, plain, strong } from "./pieces.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { localAndUtc } from "./time.ts";

/** There is no such workload. */
export const absentBanner = (workload: WorkloadAddress): readonly Piece[] =>
  pieces(l10n.t("There is no {workload} in {namespace} now. It was removed, or not deployed there yet."), {
    workload: code(workloadWords(workload)),
    namespace: code(workload.namespace),
  });

export const noHistoryBanner = (workload: WorkloadAddress): readonly Piece[] =>
  pieces(
    l10n.t(
      "{workload} keeps no history: there is nothing to go back to (its {field} is 0). Deploy the commit that you want instead, and set {field} to more than 0 in its manifest.",
    ),
    { workload: code(workloadWords(workload)), field: code("revisionHistoryLimit") },
  );

export const pausedBanner = (workload: WorkloadAddress): readonly Piece[] =>
  pieces(
    l10n.t(
      "The rollout of {workload} is paused: changes of it are recorded but not rolled out, and it cannot be undone. Resume it first.",
    ),
    { workload: code(workloadWords(workload)) },
  );

/** How the rollout of the newest template stands, where that has to be known. */
export function statusBanner(status: RolloutStatus, now: EpochMs): readonly Piece[] | undefined {
  switch (status.kind) {
    case "reading":
    case "complete":
    case "paused":
      return undefined;
    case "progressing":
      return [
        l10n.t(
          "A rollout is under way: {updated} of {wanted} pods are of the newest template, {available} are available.",
          { updated: status.updated, available: status.available, wanted: status.wanted },
        ),
      ];
    case "not-observed":
      return [
        status.since === undefined
          ? l10n.t("The controller has not taken note of the newest change yet, so nothing is known of it.")
          : l10n.t(
              "The controller has not taken note of the newest change since {time}: it may be down. Ask whoever runs the cluster if that goes on.",
              { time: localAndUtc(status.since, now) },
            ),
      ];
    case "deadline-exceeded":
      return pieces(
        l10n.t(
          "The rollout of the newest template {failed}: its pods made no progress within the deadline. The controller goes on trying and undoes nothing by itself.",
        ),
        { failed: strong(l10n.t("took too long")) },
      );
    case "replica-failure":
      return pieces(l10n.t("No pod of the newest template comes to be: {message}"), {
        message: plain(redacted(status.message)),
      });
    case "scaled-to-zero":
      return [l10n.t("No pod is wanted (it is scaled to zero), so nothing of it runs.")];
    case "no-node-matches":
      return [
        l10n.t(
          "No node is to have a pod of it, so nothing of it runs. Compare its nodeSelector, affinity and tolerations with the nodes.",
        ),
      ];
  }
}

/** Somebody else keeps the workload as it is: what happens to an undo there, and where to go instead. */
export function managedBanner(by: Manager, workload: WorkloadAddress): readonly Piece[] {
  const name = code(workloadWords(workload));
  switch (by.kind) {
    case "helm":
      return pieces(
        l10n.t(
          "helm manages {workload}, as release {release}. An undo here makes helm's record untrue, and the next deploy takes it back in part. Roll back the release instead.",
        ),
        { workload: name, release: code(by.release) },
      );
    case "argo-cd":
      return pieces(
        l10n.t(
          "Argo CD keeps {workload} as the application {application} says. An undo here is put back within seconds where self-heal is on, and shows as OutOfSync where it is not. Go back in Argo CD instead.",
        ),
        { workload: name, application: code(by.application) },
      );
    case "flux":
      return pieces(
        l10n.t(
          "Flux keeps {workload} as the {what} {name} says. An undo here is put back at its next reconciliation. Revert the commit in git, or suspend Flux first.",
        ),
        { workload: name, what: by.what, name: code(by.name) },
      );
  }
}

export const openRelease = (release: string): string =>
  l10n.t("Open the History of {release}", { release: plain(release) });
export const copyCommand = (command: string): string =>
  l10n.t("Copy “{command}”", { command: plain(command) });

export const missingBanner = (count: number): readonly Piece[] => [
  count === 1
    ? l10n.t("1 commit of these revisions is not in your clone, so nothing more is known of it.")
    : l10n.t("{count} commits of these revisions are not in your clone, so nothing more is known of them.", {
        count,
      }),
];
