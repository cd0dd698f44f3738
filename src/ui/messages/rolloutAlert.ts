import { l10n } from "vscode";
import type { UndoOutcome } from "../../app/undoOutcome.ts";
import type { UndoWriteError } from "../../app/rolloutPorts.ts";
import { clusterSentence } from "./cluster.ts";
import { plain } from "./pieces.ts";
import { busyWords } from "./rollbackAlert.ts";

/** Why a confirmed undo was not begun. Nothing was changed by any of them. */
export type UndoNotBegun =
  | Extract<
      UndoOutcome,
      {
        readonly kind:
          | "same-template"
          | "stale"
          | "paused"
          | "busy"
          | "no-lease"
          | "wrong-name"
          | "not-written"
          | "unread";
      }
    >
  | { readonly kind: "cancelled" };

/** What happened, and what to do next. */
export function undoNotBegunWords(what: UndoNotBegun, name: string): string {
  switch (what.kind) {
    case "same-template":
      return l10n.t("Nothing was changed: the workload has the template of revision {revision} already.", {
        revision: what.revision,
      });
    case "stale":
      return staleWords(what.why);
    case "paused":
      return l10n.t(
        "Nothing was changed: the rollout is paused, so it cannot be undone. Resume it first, then review again.",
      );
    case "busy":
      return busyWords(what.busy);
    case "no-lease":
      return l10n.t(
        "Nothing was changed: the operation Lease could not be had. {cause} It can be done without: make sure that nobody else is deploying, and type the name to go on; the proof sheet will say so.",
        { cause: clusterSentence(what.error) },
      );
    case "wrong-name":
      return l10n.t("Nothing was changed: what was typed is not {name}.", { name: plain(name) });
    case "not-written":
      return notWritten(what.error);
    case "unread":
      return l10n.t("Nothing was changed: the workload could not be read again. {cause}", {
        cause: clusterSentence(what.error),
      });
    case "cancelled":
      return l10n.t("Stopped before anything was written. Nothing was changed.");
  }
}

function staleWords(why: (UndoNotBegun & { readonly kind: "stale" })["why"]): string {
  switch (why) {
    case "changed":
      return l10n.t(
        "Somebody changed the workload since this was reviewed. Nothing was changed here; this is a fresh review.",
      );
    case "target-gone":
      return l10n.t(
        "The revision is gone, since only so many are kept. Nothing was changed; choose another one.",
      );
    case "workload-gone":
      return l10n.t("The workload is gone: somebody removed it. There is nothing to undo.");
  }
}

function notWritten(error: UndoWriteError): string {
  switch (error.reason) {
    case "conflict":
      return l10n.t(
        "Somebody changed the workload at the same moment, so nothing was written here. This is a fresh review.",
      );
    case "refused":
      return l10n.t("Nothing was changed: the cluster does not take that template: {detail}", {
        detail: plain(error.detail),
      });
    default:
      return l10n.t("Nothing was changed. {cause}", { cause: clusterSentence(error) });
  }
}
