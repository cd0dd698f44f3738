import { l10n } from "vscode";
import type { RiskLevel } from "../../domain/rollback.ts";

/** What the mark of a check says to who does not see it. */
export function spokenLevel(level: RiskLevel): string {
  switch (level) {
    case "fine":
      return l10n.t("fine");
    case "note":
      return l10n.t("note");
    case "warning":
      return l10n.t("warning");
    case "danger":
      return l10n.t("danger");
  }
}
