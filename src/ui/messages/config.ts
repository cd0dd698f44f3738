import { l10n } from "vscode";
import type { ConfigState } from "../../domain/config.ts";
import type { Notice } from "./notice.ts";
import { detail, shown } from "./text.ts";

export const configUnreadable = (why: string): string =>
  l10n.t("devdeploy.json cannot be read: {detail}.", { detail: detail(why) });

/** Why nothing can be devdeployed without a right devdeploy.json, and the button that mends it. */
export function configNotice(
  config: Exclude<ConfigState, { readonly kind: "valid" }>,
  folder: string,
): Notice {
  switch (config.kind) {
    case "absent":
      return {
        severity: "warning",
        text: l10n.t(
          "{folder} has no devdeploy.json, so Devdeploy does not know your machines. Create it, fill it in, and commit it for the team.",
          { folder: shown(folder) },
        ),
        buttons: [{ kind: "create-config" }],
      };
    case "unreadable":
      return { severity: "error", text: configUnreadable(config.detail), buttons: [{ kind: "open-config" }] };
    case "invalid":
      return {
        severity: "error",
        text:
          config.problems.length === 1
            ? l10n.t("devdeploy.json has a mistake: {message}. Correct it, then try again.", {
                message: detail(config.problems[0]?.message ?? ""),
              })
            : l10n.t(
                "devdeploy.json has {count} mistakes; the Problems view lists them. Correct them, then try again.",
                {
                  count: config.problems.length,
                },
              ),
        buttons: [{ kind: "open-config" }],
      };
  }
}

export const configExists = (): Notice => ({
  severity: "info",
  text: l10n.t("devdeploy.json exists already; it was opened and left as it is."),
  buttons: [],
});
