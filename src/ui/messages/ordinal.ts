import { l10n } from "vscode";

/** `1st`, `2nd`, `23rd`; a translation says its own. */
export function ordinal(place: number): string {
  switch (new Intl.PluralRules("en", { type: "ordinal" }).select(place)) {
    case "one":
      return l10n.t("{place}st", { place });
    case "two":
      return l10n.t("{place}nd", { place });
    case "few":
      return l10n.t("{place}rd", { place });
    case "zero":
    case "many":
    case "other":
      return l10n.t("{place}th", { place });
  }
}
