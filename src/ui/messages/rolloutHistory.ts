import { l10n } from "vscode";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutRecommendation } from "../../app/rolloutSnapshot.ts";
import type { RolloutSubject } from "../../app/undoOutcome.ts";
import type { Piece, TableView } from "../../protocol/panel.ts";
import { absentWords } from "./absentHistory.ts";
import { code, pieces, plain } from "./pieces.ts";

const SKIPPED_SHOWN = 4;

/** `Deployment/web`. */
export const workloadWords = ({ kind, name }: Pick<WorkloadAddress, "kind" | "name">): string =>
  `${kind}/${plain(name)}`;

/** What the panel's tab is called. */
export const rolloutTitle = (workload: Pick<WorkloadAddress, "kind" | "name">): string =>
  l10n.t("{workload}: Rollouts", { workload: workloadWords(workload) });

/** Where the workload lies: `production · environment web · namespace buffer · context prod`. */
export function rolloutPlace({ workload, tier, place }: RolloutSubject): readonly Piece[] {
  return pieces(placeSentence(tier, place?.kind), {
    name: place === undefined ? "" : [plain(place.name)],
    namespace: code(workload.namespace),
    context: code(workload.context),
  });
}

function placeSentence(
  tier: RolloutSubject["tier"],
  kind: NonNullable<RolloutSubject["place"]>["kind"] | undefined,
): string {
  if (kind === "machine") return l10n.t("machine {name} · namespace {namespace} · context {context}");
  if (kind === "environment") {
    return tier === "production"
      ? l10n.t("production · environment {name} · namespace {namespace} · context {context}")
      : l10n.t("staging · environment {name} · namespace {namespace} · context {context}");
  }
  return tier === "production"
    ? l10n.t("production · namespace {namespace} · context {context}")
    : l10n.t("staging · namespace {namespace} · context {context}");
}

export const rolloutColumns = (): TableView["columns"] => ({
  revision: l10n.t("Revision"),
  commit: l10n.t("Commit"),
  deployed: l10n.t("Rolled out"),
  chart: l10n.t("Change cause"),
  state: l10n.t("Pods"),
});

/** `6 revisions · 10 earlier ones are kept`. */
export function rolloutCaption(count: number, keeps: number): string {
  const all = count === 1 ? l10n.t("1 revision") : l10n.t("{count} revisions", { count });
  if (keeps === 0) return l10n.t("{all} · no earlier one is kept", { all });
  return keeps === 1
    ? l10n.t("{all} · 1 earlier one is kept", { all })
    : l10n.t("{all} · {keeps} earlier ones are kept", { all, keeps });
}

export const readingRollouts = (): string => l10n.t("Reading the workload and its revisions…");

export const noWorkload = (workload: WorkloadAddress): string =>
  l10n.t(
    "There is no {kind} {name} in the namespace {namespace}: it was not deployed there yet, or it was removed. Its first revision appears here by itself.",
    { kind: workload.kind, name: plain(workload.name), namespace: plain(workload.namespace) },
  );

export const noRevision = (): string =>
  l10n.t("The cluster's controller has made no revision of it yet. The first appears here by itself.");

type Recommended = Extract<RolloutRecommendation, { readonly kind: "revision" }>;
type Skipped = Recommended["skipped"][number];

/** Why a newer revision was passed over. */
function skippedWords({ revision, why }: Skipped): string {
  switch (why) {
    case "same-commit":
      return l10n.t("{revision} is of the same commit", { revision });
    case "undone-from":
      return l10n.t("{revision} was already undone from", { revision });
    case "commit-unknown":
      return l10n.t("the commit of {revision} is not sure", { revision });
    case "not-ready":
      return l10n.t("{revision} has pods of which none is ready", { revision });
    case "unfinished":
      return l10n.t("the rollout of {revision} never came to its end", { revision });
    case "brief":
      return l10n.t("{revision} was replaced within seconds", { revision });
  }
}

function skippedList(skipped: readonly Skipped[]): string {
  const shown = skipped.slice(0, SKIPPED_SHOWN).map(skippedWords);
  const rest = skipped.length - shown.length;
  return (rest > 0 ? [...shown, l10n.t("{count} more", { count: rest })] : shown).join("; ");
}

/** The recommendation with its reason. */
export function undoRecommendation(recommendation: RolloutRecommendation): string {
  switch (recommendation.kind) {
    case "reading":
      return l10n.t("The revisions are still being read.");
    case "none":
      return noneWords(recommendation.why);
    case "revision": {
      const { skipped, readiness } = recommendation;
      return [
        l10n.t("Recommended: the newest earlier revision that is of another commit."),
        readinessWords(readiness),
        ...(skipped.length === 0
          ? []
          : [l10n.t("Passed over: {skipped}.", { skipped: skippedList(skipped) })]),
      ].join(" ");
    }
  }
}

/** Whether it worked is what one would want to know, so that it is said where nobody knows. */
function readinessWords(readiness: Recommended["readiness"]): string {
  switch (readiness) {
    case "ready-now":
      return l10n.t("Pods of it are ready now.");
    case "brief":
      return l10n.t(
        "It was replaced within seconds, so its pods may never have been ready: Kubernetes does not record it.",
      );
    case undefined:
      return l10n.t("Whether its pods were ever ready is not known: Kubernetes does not record it.");
  }
}

function noneWords(why: Extract<RolloutRecommendation, { readonly kind: "none" }>["why"]): string {
  switch (why) {
    case "no-history":
      return l10n.t(
        "No revision is recommended: this workload keeps no history. Deploy the commit that you want instead.",
      );
    case "only-one":
      return l10n.t("No revision is recommended: there is no earlier one.");
    case "none-fit":
      return l10n.t(
        "No revision is recommended: of none of the earlier ones is it sure that it is of another commit. One that can be chosen is chosen by hand.",
      );
    case "none-ready":
      return l10n.t(
        "No revision is recommended: the earlier ones that are surely of another commit have no ready pods, or their rollouts never came to their end. One that can be chosen is chosen by hand.",
      );
  }
}

/** Why there is nothing to show, in two words and with what to do about it. */
export function absentRollouts(
  why: Parameters<typeof absentWords>[0],
  workload: WorkloadAddress,
): { readonly heading: string; readonly next: string } {
  if (why !== "no-subject") return absentWords(why, workload.name);
  return {
    heading: l10n.t("not known"),
    next: l10n.t(
      "devdeploy.json names nothing in the namespace {namespace} of the context {context}, and only namespaces that it names are read. Correct it, or open the rollouts of another workload.",
      { namespace: plain(workload.namespace), context: plain(workload.context) },
    ),
  };
}

export const nothingToGoBackTo = (): string => l10n.t("There is nothing to go back to");
