import { l10n } from "vscode";
import { shortCommit } from "../../domain/branch.ts";
import type { DeployWarning, Refusal, RolledBack } from "../../domain/deployment.ts";
import type { Button, Notice } from "./notice.ts";
import { shown } from "./text.ts";

/** Why a branch is not devdeployed, with the button that mends it. */
export function refusalNotice(refusal: Refusal): Notice {
  return { severity: "warning", text: refusalSentence(refusal), buttons: mending(refusal) };
}

function refusalSentence(refusal: Refusal): string {
  switch (refusal.reason) {
    case "detached-head":
      return l10n.t(
        "No branch is checked out (HEAD is detached at {commit}), so there is nothing to devdeploy. Choose a branch first.",
        { commit: shortCommit(refusal.commit) },
      );
    case "not-pushed":
      return l10n.t(
        "{branch} is not on the remote yet, so nobody else could see what runs. Push it, then devdeploy.",
        {
          branch: shown(refusal.branch),
        },
      );
    case "unpushed-commits":
      return l10n.t(
        "{branch} has commits that are not pushed: it is at {here} here and at {there} on the remote. Push, then devdeploy.",
        {
          branch: shown(refusal.branch),
          here: shortCommit(refusal.commit),
          there: shortCommit(refusal.remoteCommit),
        },
      );
    case "remote-moved":
      return l10n.t(
        "{branch} has moved on the remote: it is at {here} here and at {there} there. Pull, then devdeploy.",
        {
          branch: shown(refusal.branch),
          here: shortCommit(refusal.commit),
          there: shortCommit(refusal.remoteCommit),
        },
      );
    case "moved-meanwhile":
      return refusal.remoteCommit === undefined
        ? l10n.t("{branch} was deleted on the remote meanwhile. {commit} was not deployed; push it again.", {
            branch: shown(refusal.branch),
            commit: shortCommit(refusal.commit),
          })
        : l10n.t(
            "{branch} moved on the remote meanwhile, from {here} to {there}. Nothing was deployed; pull, then devdeploy.",
            {
              branch: shown(refusal.branch),
              here: shortCommit(refusal.commit),
              there: shortCommit(refusal.remoteCommit),
            },
          );
    case "chosen-moved":
      return refusal.remoteCommit === undefined
        ? l10n.t("{branch} was deleted on the remote meanwhile. {commit} was not deployed.", {
            branch: shown(refusal.branch),
            commit: shortCommit(refusal.commit),
          })
        : l10n.t(
            "{branch} moved on the remote meanwhile, from {here} to {there}. Nothing was deployed; devdeploy again to deploy what it is now.",
            {
              branch: shown(refusal.branch),
              here: shortCommit(refusal.commit),
              there: shortCommit(refusal.remoteCommit),
            },
          );
    case "driver-not-available":
      return l10n.t(
        "{machine} is deployed by “{driver}”, which this version cannot do. Use helm in devdeploy.json.",
        { machine: shown(refusal.machine), driver: refusal.driver },
      );
    case "bad-release-name":
      return l10n.t(
        "helm does not allow “{release}” as the name of {machine}'s release. Correct it in devdeploy.json: lower-case letters, digits and dashes, at most 53.",
        { release: shown(refusal.release), machine: shown(refusal.machine) },
      );
  }
}

function mending(refusal: Refusal): readonly Button[] {
  switch (refusal.reason) {
    case "detached-head":
      return [{ kind: "choose-branch" }];
    case "not-pushed":
    case "unpushed-commits":
      return [{ kind: "push-and-devdeploy", branch: refusal.branch, commit: refusal.commit }];
    case "remote-moved":
      return [{ kind: "pull" }];
    case "moved-meanwhile":
      return refusal.remoteCommit === undefined
        ? [{ kind: "push-and-devdeploy", branch: refusal.branch, commit: refusal.commit }]
        : [{ kind: "pull" }];
    case "chosen-moved":
      return refusal.remoteCommit === undefined ? [] : [{ kind: "devdeploy-again" }];
    case "driver-not-available":
    case "bad-release-name":
      return [{ kind: "open-config" }];
  }
}

/** What a person should know before they go on; a whole sentence each. */
export function warningSentence(warning: DeployWarning): string {
  switch (warning.kind) {
    case "rolled-back-commits":
      return rolledBackSentence(warning);
    case "uncommitted-files":
      return warning.count === 1
        ? l10n.t("1 file has changes that are not committed. They will not be deployed.")
        : l10n.t("{count} files have changes that are not committed. They will not be deployed.", {
            count: warning.count,
          });
    case "left-out-commits":
      return warning.count === 1
        ? l10n.t("1 commit of {branch} is not pushed. It will not be deployed.", {
            branch: shown(warning.branch),
          })
        : l10n.t("{count} commits of {branch} are not pushed. They will not be deployed.", {
            count: warning.count,
            branch: shown(warning.branch),
          });
    case "behind-default":
      return warning.count === 1
        ? l10n.t("The branch is 1 commit behind {branch}.", { branch: shown(warning.defaultBranch) })
        : l10n.t("The branch is {count} commits behind {branch}.", {
            count: warning.count,
            branch: shown(warning.defaultBranch),
          });
    case "replaces-branch":
      return l10n.t("{machine} is running your branch {branch}, which is not merged. This replaces it.", {
        machine: shown(warning.machine),
        branch: shown(warning.branch),
      });
    case "particular-machine":
      return l10n.t(
        "To need {machine} and no other is a smell: the machines of a pool are alike, and somebody may wait for one that you could leave to them. What only {machine} has (data, a setting, an address) belongs in the branch or the chart; until then it breaks when somebody else gets it.",
        { machine: shown(warning.machine) },
      );
    case "second-machine":
      return l10n.t("You hold {also} already, so you will hold two machines until you unlock one.", {
        also: shown(warning.also),
      });
  }
}

/** More hashes than these help nobody. */
const MOST_HASHES = 5;

function rolledBackSentence({ environment, commits }: RolledBack): string {
  const hashes = commits
    .slice(0, MOST_HASHES)
    .map((commit) => commit.slice(0, 7))
    .join(", ");
  const more = commits.length - MOST_HASHES;
  const facts = { environment: shown(environment), commits: hashes, count: Math.max(0, more) };
  if (more > 0) {
    return l10n.t(
      "{environment} was rolled back to be rid of {commits} and {count} more, and this branch has them. Make sure that they are mended or reverted before you go on.",
      facts,
    );
  }
  return commits.length === 1
    ? l10n.t(
        "{environment} was rolled back to be rid of {commits}, and this branch has it. Make sure that it is mended or reverted before you go on.",
        facts,
      )
    : l10n.t(
        "{environment} was rolled back to be rid of {commits}, and this branch has them. Make sure that they are mended or reverted before you go on.",
        facts,
      );
}
