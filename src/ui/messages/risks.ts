import { l10n } from "vscode";
import type { ImageAnswer, ManifestObject, Risk } from "../../domain/rollback.ts";
import type { Piece } from "../../protocol/panel.ts";
import { clusterSentence } from "./cluster.ts";
import { driftWords } from "./historyBanners.ts";
import { numbers } from "./history.ts";
import { code, joined, pieces, plain } from "./pieces.ts";

const NAMES_SHOWN = 5;

/** Names as code, not endlessly many. */
function list(names: readonly string[]): readonly Piece[] {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => [code(name)]);
  const more = names.length - shown.length;
  return joined(more > 0 ? [...shown, [l10n.t("{count} more", { count: more })]] : shown, ", ");
}

const objectName = ({ kind, name }: Pick<ManifestObject, "kind" | "name">): string => `${kind}/${name}`;

/** What an answer of a registry means for the target's pods. */
export function imageAnswer(answer: ImageAnswer): readonly Piece[] {
  const image = code(answer.image);
  switch (answer.kind) {
    case "exists":
      return pieces(l10n.t("Image {image} exists"), { image });
    case "missing":
      return pieces(
        l10n.t("Image {image} is not in its registry: its pods could not start. It was probably cleaned up."),
        { image },
      );
    case "denied":
      return pieces(
        l10n.t(
          "The registry does not let you ask for the image {image}. The cluster may be allowed to pull it.",
        ),
        { image },
      );
    case "not-asked":
      return pieces(
        l10n.t(
          "Whether the image {image} exists could not be asked: {detail}. That does not mean that the cluster cannot pull it.",
        ),
        {
          image,
          detail: answer.detail,
        },
      );
  }
}

type OneLine = Exclude<Risk, { readonly kind: "images" }>;

/** As much of a review as the words need. */
interface Reviewed {
  readonly to: { readonly revision: number };
  readonly subject: { readonly release: { readonly namespace: string } };
}

/** One thing to know before rolling back. */
export function riskWords(risk: OneLine, { to, subject }: Reviewed): readonly Piece[] {
  switch (risk.kind) {
    case "same-images":
      return pieces(
        risk.podsRestart === true
          ? l10n.t(
              "The image is the same on both sides ({images}): the pods restart, and run what that tag stands for now.",
            )
          : l10n.t(
              "The pods' template is the same on both sides ({images}): nothing will restart, and what runs stays.",
            ),
        { images: list(risk.images) },
      );
    case "migrations":
      return pieces(
        risk.commits === 1
          ? l10n.t(
              "A migration came after this commit ({files}). Can the older code run with the newer schema?",
            )
          : l10n.t(
              "Migrations came after this commit, in {commits} commits ({files}). Can the older code run with the newer schema?",
            ),
        { commits: risk.commits, files: list(risk.files) },
      );
    case "crds":
      return pieces(l10n.t("Definitions of kinds (CRDs), which helm never takes back: {names}"), {
        names: list(risk.names),
      });
    case "hooks":
      return pieces(l10n.t("What hooks have done. Those of {revision} run again, with its image: {hooks}"), {
        revision: to.revision,
        hooks: joined(
          risk.hooks
            .slice(0, NAMES_SHOWN)
            .map((hook) =>
              pieces("{hook} ({events})", { hook: code(objectName(hook)), events: hook.events.join(", ") }),
            ),
          ", ",
        ),
      });
    case "immutable":
      return pieces(
        l10n.t(
          "Kubernetes does not let {path} of {object} change: helm will fail there. The object has to be made anew.",
        ),
        { path: code(risk.path), object: code(objectName(risk.object)) },
      );
    case "volumes":
      return risk.deleted.length === 0
        ? pieces(l10n.t("What is in volumes ({claims})"), { claims: list(risk.claims) })
        : pieces(l10n.t("What is in volumes; those of {deleted} are deleted with what they hold"), {
            deleted: list(risk.deleted),
          });
    case "deleted":
      return pieces(l10n.t("These are not in {revision}, so helm deletes them: {objects}"), {
        revision: to.revision,
        objects: list(risk.objects.map(objectName)),
      });
    case "pruned":
      return [prunedWords(risk)];
    case "drift":
      return pieces(l10n.t("Somebody changed what runs past helm: {differences}"), {
        differences: joined(risk.differences.slice(0, NAMES_SHOWN).map(driftWords), "; "),
      });
    case "target-status":
      return pieces(l10n.t("helm calls {revision} {status}"), {
        revision: to.revision,
        status: code(risk.status),
      });
    case "rolled-back-from":
      return [
        l10n.t("{revision} was rolled back from before. Is what was wrong with it mended elsewhere?", {
          revision: risk.revision,
        }),
      ];
    case "rights":
      return rightsWords(risk, subject.release.namespace);
    case "nobody-at-work":
      return [l10n.t("Nobody else is at work here: the operation Lease is free")];
    case "at-work":
      return [
        l10n.t("{name} is at work here: {what}. Wait until that is done.", {
          name: plain(risk.by),
          what: plain(risk.what),
        }),
      ];
    case "no-operation-lease":
      return [
        l10n.t(
          "Whether anybody is at work here could not be asked. {cause} It can be done without the operation Lease, confirmed by typing.",
          { cause: clusterSentence(risk.error) },
        ),
      ];
  }
}

const prunedWords = ({ revisions, target }: Risk & { readonly kind: "pruned" }): string =>
  target
    ? l10n.t(
        "After this helm drops {revisions}, the target among them: one could not come back to it a second time.",
        { revisions: numbers(revisions) },
      )
    : l10n.t("After this helm drops {revisions}, which are then gone.", { revisions: numbers(revisions) });

function rightsWords(
  { missing, notAsked }: Risk & { readonly kind: "rights" },
  namespace: string,
): readonly Piece[] {
  if (notAsked !== undefined) {
    return [
      l10n.t("Whether you may do this could not be asked. {cause}", { cause: clusterSentence(notAsked) }),
    ];
  }
  return missing.length === 0
    ? pieces(l10n.t("You may do this in {namespace}"), { namespace: code(namespace) })
    : pieces(l10n.t("You may not do this in {namespace}: {missing}. Ask an admin for it."), {
        namespace: code(namespace),
        missing: list(missing),
      });
}

export const dataNotUndone = (): string => l10n.t("Data, and what was sent or written elsewhere");
