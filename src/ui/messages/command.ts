import { l10n } from "vscode";
import type { Notice } from "./notice.ts";
import { detail, shown } from "./text.ts";

const info = (text: string): Notice => ({ severity: "info", text, buttons: [] });

export const untrusted = (): Notice => ({
  severity: "warning",
  text: l10n.t("This workspace is not trusted, so Devdeploy runs nothing here. Trust it first."),
  buttons: [{ kind: "manage-trust" }],
});

export const noFolder = (): Notice => info(l10n.t("Open the folder of a repository first, then devdeploy."));

export const noPool = (): Notice => ({
  severity: "warning",
  text: l10n.t(
    "devdeploy.json names no pool of machines, so there is nowhere to devdeploy to. Add one under “pools”.",
  ),
  buttons: [{ kind: "open-config" }],
});

export const alreadyRunning = (branch: string | undefined, machine: string | undefined): Notice =>
  info(
    l10n.t(
      "This window is already deploying {branch} to {machine}. Wait until it is done, or cancel it there.",
      {
        branch: shown(branch ?? l10n.t("a branch")),
        machine: shown(machine ?? l10n.t("a machine")),
      },
    ),
  );

export const choosePool = (): string => l10n.t("Which pool?");
export const chooseFolder = (): string => l10n.t("Which folder?");
export const chooseRow = (): string => l10n.t("Details of which environment or machine?");
export const copyHint = (): string => l10n.t("Enter copies the line");
export const copied = (): string => l10n.t("Copied");

/** What a failed command says; the log has the rest. */
export const commandFailed = (error: unknown): Notice => ({
  severity: "error",
  text: l10n.t("Devdeploy stumbled over a mistake of its own: {detail}. The log has the details.", {
    detail: detail(error instanceof Error ? error.message : String(error)),
  }),
  buttons: [{ kind: "show-log" }],
});

export const gitActionFailed = (what: "push" | "pull", why: string): Notice => ({
  severity: "error",
  text:
    what === "push"
      ? l10n.t("The push failed: {detail}. Push in a terminal, then devdeploy.", { detail: detail(why) })
      : l10n.t("The pull failed: {detail}. Pull in a terminal, then devdeploy.", { detail: detail(why) }),
  buttons: [{ kind: "show-log" }],
});

export const noGitExtension = (what: "push" | "pull"): Notice =>
  info(
    what === "push"
      ? l10n.t("VS Code's git extension is not at hand. Run git push in a terminal, then devdeploy.")
      : l10n.t("VS Code's git extension is not at hand. Run git pull in a terminal, then devdeploy."),
  );
