import { l10n } from "vscode";
import type { LeftUndoEnd } from "../../app/followUndo.ts";
import type { KeptUndo } from "../../app/keptUndo.ts";
import { clusterSentence } from "./cluster.ts";
import type { Button, Notice } from "./notice.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { shown } from "./text.ts";

const SHOW_LOG: Button = { kind: "show-log" };

/** An undo that was begun in a window that is closed, and of which there is nothing to prove. */
export function leftUndoNotice(
  end: LeftUndoEnd,
  undo: Pick<KeptUndo, "subject" | "to" | "hold">,
  show: readonly Button[],
): Notice {
  const words = leftWords(end, undo);
  // Production that was to be kept as it is now is not kept so.
  const isOpen = undo.hold !== undefined && MAY_BE_WRITTEN.has(end.kind);
  const hold = isOpen
    ? ` ${l10n.t("{place} was not put on hold.", { place: shown(undo.hold.ref.name) })}`
    : "";
  return {
    severity: "warning",
    text: `${words}${hold}`,
    buttons: end.kind === "not-known" ? [...show, SHOW_LOG] : show,
  };
}

const MAY_BE_WRITTEN: ReadonlySet<LeftUndoEnd["kind"]> = new Set([
  "superseded",
  "unclear",
  "too-old",
  "unwatched",
  "not-known",
]);

function leftWords(end: LeftUndoEnd, { subject, to }: Pick<KeptUndo, "subject" | "to">): string {
  const facts = { workload: shown(workloadWords(subject.workload)), to: to.revision };
  switch (end.kind) {
    case "never-written":
      return l10n.t(
        "{workload} was not undone to {to}: the window was closed before anything was written. Nothing was changed.",
        facts,
      );
    case "superseded":
      return l10n.t(
        "{workload} was undone to {to} in a window that is closed, and something newer has been rolled out since. What runs now is not what was gone back to.",
        facts,
      );
    case "unclear":
      return l10n.t(
        "Whether {workload} was undone to {to} cannot be told: the window was closed meanwhile, and something newer has been rolled out since.",
        facts,
      );
    case "gone":
      return l10n.t(
        "{workload}, which was being undone to {to} in a window that is closed, is gone: somebody removed it. There is nothing to prove.",
        facts,
      );
    case "too-old":
      return l10n.t(
        "An undo of {workload} to {to} was begun more than a day ago in a window that is closed, and nobody has looked how it ended. Its rollouts show what is there.",
        facts,
      );
    case "unwatched":
      return l10n.t(
        "Nobody looks any more whether {workload} was undone to {to}. Its rollouts show what is there.",
        facts,
      );
    case "not-known":
      return l10n.t("How the undo of {workload} to {to} ended is not known. {cause}", {
        ...facts,
        cause: clusterSentence(end.error),
      });
  }
}

/** What was kept of an undo is of no version that this one knows, or was damaged. */
export const unreadableUndo = (): Notice => ({
  severity: "warning",
  text: l10n.t(
    "What was kept of an undo in a window that is closed cannot be read, so nobody can tell how it ended. Look at the rollouts of what you went back with; the log says where the file is.",
  ),
  buttons: [SHOW_LOG],
});
