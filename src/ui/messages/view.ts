import { l10n } from "vscode";
import { shown } from "./text.ts";

/** What the figure on the view's icon counts. */
export const badgeTooltip = (machines: readonly string[]): string =>
  machines.length === 1
    ? l10n.t("{machine} is locked to you", { machine: shown(machines[0] ?? "") })
    : l10n.t("{machines} are locked to you", { machines: machines.map(shown).join(", ") });
