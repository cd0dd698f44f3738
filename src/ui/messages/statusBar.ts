import { l10n } from "vscode";
import type { DurationMs } from "../../domain/time.ts";
import { shown } from "./text.ts";
import { timeLeft } from "./time.ts";

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers, which do not read icons. */
  readonly spoken: string;
}

/** What the item is called in the menu that hides it. */
export const statusBarName = (): string => l10n.t("Devdeploy: My Machine");

export function statusHeld(name: string, left: DurationMs): StatusText {
  const words = { machine: shown(name), left: timeLeft(left) };
  return {
    text: l10n.t("$(lock) {machine} · {left}", words),
    tooltip: l10n.t("{machine} is locked to you, {left}. Click for details.", words),
    spoken: l10n.t("Devdeploy: {machine} is locked to you, {left}", words),
  };
}

export function statusDeploying(machine: string | undefined, branch: string | undefined): StatusText {
  const where = machine === undefined ? "" : ` ${shown(machine)}`;
  const words = { where, what: shown(branch ?? l10n.t("the current branch")) };
  return {
    text: l10n.t("$(sync~spin) deploying{where}…", words),
    tooltip: l10n.t("Devdeploy is deploying {what}. The notification shows how far it is.", words),
    spoken: l10n.t("Devdeploy is deploying {what}", words),
  };
}
