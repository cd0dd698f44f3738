import { l10n } from "vscode";
import type { UndoReview } from "../../app/undoOutcome.ts";
import type { Manager, UndoRisk } from "../../domain/rollouts.ts";
import type { Piece } from "../../protocol/panel.ts";
import { code, joined, pieces } from "./pieces.ts";
import { riskWords } from "./risks.ts";

type OneLine = Exclude<UndoRisk, { readonly kind: "images" }>;

/** One thing to know before undoing a rollout. */
export function undoRiskWords(
  risk: OneLine,
  { to, subject: { workload } }: Pick<UndoReview, "to" | "subject">,
): readonly Piece[] {
  switch (risk.kind) {
    case "same-images":
      return pieces(
        l10n.t(
          "The image is the same on both sides ({images}): the pods restart, and run what that tag stands for now.",
        ),
        {
          images: joined(
            risk.images.slice(0, 5).map((image) => [code(image)]),
            ", ",
          ),
        },
      );
    case "undone-from":
      return [
        l10n.t("{revision} was undone from before. Is what was wrong with it mended elsewhere?", {
          revision: risk.revision,
        }),
      ];
    case "managed":
      return managedWords(risk.by);
    case "not-restored":
      return [l10n.t("Replicas, strategy and everything else outside of the pods' template")];
    case "on-delete":
      return pieces(
        l10n.t("Its update strategy is {strategy}: no pod is replaced until somebody deletes it."),
        { strategy: code("OnDelete") },
      );
    case "ordered-ready":
      return pieces(
        l10n.t(
          "It replaces its pods one after the other and waits for {pod}, which is not ready: that pod has to be deleted by hand after the undo.",
        ),
        { pod: code(risk.pod) },
      );
    default:
      return riskWords(risk, { to, subject: { release: { namespace: workload.namespace } } });
  }
}

function managedWords(by: Manager): readonly Piece[] {
  switch (by.kind) {
    case "helm":
      return pieces(
        l10n.t(
          "helm manages it (release {release}): its record becomes untrue. Roll back the release instead.",
        ),
        { release: code(by.release) },
      );
    case "argo-cd":
      return pieces(l10n.t("Argo CD (application {application}) puts back what is undone here."), {
        application: code(by.application),
      });
    case "flux":
      return pieces(l10n.t("Flux ({what} {name}) puts back what is undone here."), {
        what: by.what,
        name: code(by.name),
      });
  }
}

export const configNotRestored = (): string =>
  l10n.t("What stands in ConfigMaps and Secrets, data, and what was sent or written elsewhere");
