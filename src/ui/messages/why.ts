import { l10n } from "vscode";

/** A look into what runs, asked for by the person. */
export const heading = (revision: number): string =>
  l10n.t("Why revision {revision} does not run as it should", { revision });
export const looking = (): string => l10n.t("Looking at its pods, their events and logs…");
