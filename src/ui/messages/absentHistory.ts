import { l10n } from "vscode";
import { plain } from "./pieces.ts";

/** Why there is no history, in two words and with what to do about it. */
export function absentWords(
  why: "reading" | "untrusted" | "no-folder" | "no-config" | "no-subject",
  subject: string,
): { readonly heading: string; readonly next: string } {
  switch (why) {
    case "reading":
      return { heading: l10n.t("connecting…"), next: l10n.t("Reading devdeploy.json…") };
    case "untrusted":
      return {
        heading: l10n.t("not trusted"),
        next: l10n.t(
          "This workspace is not trusted, so nothing is read from any cluster. Trust it, and the history appears here.",
        ),
      };
    case "no-folder":
      return {
        heading: l10n.t("not open"),
        next: l10n.t(
          "The folder that this history belongs to is not open in this window. Open it, and the history appears here.",
        ),
      };
    case "no-config":
      return {
        heading: l10n.t("not known"),
        next: l10n.t(
          "devdeploy.json is missing or has mistakes; the Problems view says which. The history appears here once it is right.",
        ),
      };
    case "no-subject":
      return {
        heading: l10n.t("not known"),
        next: l10n.t(
          "devdeploy.json names no environment or machine {subject} whose helm release has a fixed name. Correct it, or open the history of another one.",
          { subject: plain(subject) },
        ),
      };
  }
}
