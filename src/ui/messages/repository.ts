import { l10n } from "vscode";
import type { RepositoryError } from "../../app/ports.ts";
import { detail, shown } from "./text.ts";

/** Why git could not say what is to be deployed, and what to do about it. */
export function repositorySentence(error: RepositoryError): string {
  switch (error.reason) {
    case "git-absent":
      return l10n.t("git was not found on the PATH. Install it, then reload the window.");
    case "not-a-repository":
      return l10n.t("{folder} is not in a git repository. Open the folder of a clone.", {
        folder: shown(error.folder),
      });
    case "no-commits":
      return l10n.t(
        "This repository has no commit yet, so there is nothing to deploy. Commit and push first.",
      );
    case "no-remote":
      return l10n.t(
        "This repository has no remote, so nobody else could see what runs. Add one with git remote add, then push.",
      );
    case "remote-unclear":
      return l10n.t(
        "This repository has several remotes ({remotes}) and none is called origin, so which one your team shares is not known. Push the branch with git push --set-upstream REMOTE BRANCH, or rename that remote with git remote rename REMOTE origin.",
        { remotes: error.remotes.map(shown).join(", ") },
      );
    case "remote-unreachable":
      return l10n.t(
        "The remote {remote} cannot be asked: {detail}. Check the network and your sign-in to it.",
        {
          remote: shown(error.remote),
          detail: detail(error.detail),
        },
      );
    case "no-mail":
      return l10n.t(
        "git does not know your mail address, and locks are kept by it. Run git config --global user.email YOUR-ADDRESS.",
      );
    case "bad-branch-name":
      return l10n.t(
        "The branch name “{name}” cannot be used: {detail}. Rename the branch with git branch -m.",
        {
          name: shown(error.text),
          detail: detail(error.detail),
        },
      );
    case "git-failed":
      return l10n.t("git failed: {detail}. The log has all of it.", { detail: detail(error.detail) });
    case "branch-absent":
      return l10n.t(
        "There is no branch {branch} any more, neither here nor on the remote. Choose another one.",
        {
          branch: shown(error.branch),
        },
      );
    case "aborted":
      return l10n.t("The question to git was cancelled.");
  }
}
