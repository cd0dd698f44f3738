import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterError } from "../../../src/domain/cluster.ts";
import type { RepositoryError } from "../../../src/app/ports.ts";

const { clusterSentence } = await import("../../../src/ui/messages/cluster.ts");
const { configNotice } = await import("../../../src/ui/messages/config.ts");
const { repositorySentence } = await import("../../../src/ui/messages/repository.ts");
const { warningSentence } = await import("../../../src/ui/messages/refusal.ts");
const { shown } = await import("../../../src/ui/messages/text.ts");
const { timeLeft, age } = await import("../../../src/ui/messages/time.ts");

const server = "https://staging:6443";

test("every trouble with a cluster says what happened, to what, and what to do next", () => {
  const errors: readonly ClusterError[] = [
    { reason: "kubeconfig-absent", paths: ["/home/ann/.kube/config"] },
    { reason: "kubeconfig-unreadable", path: "/home/ann/.kube/config", detail: "line 3: a tab" },
    { reason: "context-unknown", context: "staging", known: [] },
    { reason: "context-unknown", context: "staging", known: ["prod", "lab"] },
    { reason: "context-changed", context: "staging" },
    { reason: "credential-plugin", command: "aws", detail: "not found." },
    { reason: "unreachable", server, detail: "ECONNREFUSED" },
    { reason: "timeout", server, afterMs: 15_000 },
    { reason: "not-kubernetes", server, detail: "it sent HTML" },
    { reason: "unauthorized", context: "staging" },
    { reason: "forbidden", detail: "update leases in devdeploy" },
    { reason: "not-found", what: "leases devdeploy/dev1" },
    { reason: "not-found", what: "secrets dev/dev1" },
    { reason: "throttled", retryAfterMs: 1_500 },
    { reason: "server-error", status: 503, detail: "etcd leader changed" },
    { reason: "aborted" },
  ];
  assert.deepEqual(errors.map(clusterSentence), [
    "There is no kubeconfig; looked for /home/ann/.kube/config. Set KUBECONFIG, or name one in the setting devdeploy.kubeconfig.",
    "The kubeconfig /home/ann/.kube/config cannot be read: line 3: a tab. Mend it, then refresh.",
    "Your kubeconfig has no context “staging” (it has: none). Add it, or correct devdeploy.json.",
    "Your kubeconfig has no context “staging” (it has: prod, lab). Add it, or correct devdeploy.json.",
    "Your kubeconfig's context “staging” leads to another cluster than when this began, so it went no further. Look at both clusters, then start again.",
    "The sign-in program aws of your kubeconfig failed: not found. Run it in a terminal, then refresh.",
    "https://staging:6443 cannot be reached: ECONNREFUSED. Check the network or the VPN.",
    "https://staging:6443 did not answer within 15 s. Check the network or the VPN.",
    "https://staging:6443 answered, but not as a Kubernetes API: it sent HTML. A sign-in page or a proxy may stand in between; check the VPN.",
    "The cluster of context “staging” does not accept your sign-in. Sign in again, then refresh.",
    "You are not allowed to: update leases in devdeploy. Ask an admin for this permission.",
    "There is no Lease dev1 in the namespace devdeploy. Ask an admin to create it (Devdeploy's README, “Use it with your team”, has the YAML for it and for the permissions), then try again.",
    "secrets dev/dev1 does not exist in the cluster. Ask an admin to create it.",
    "The cluster is busy and asks to wait 2 s. Try again then.",
    "The cluster answered with error 503: etcd leader changed. Try again in a moment.",
    "The question to the cluster was cancelled.",
  ]);
});

test("every trouble with the repository says what to do next", () => {
  const errors: readonly RepositoryError[] = [
    { reason: "git-absent" },
    { reason: "not-a-repository", folder: "/work" },
    { reason: "no-commits" },
    { reason: "no-remote" },
    { reason: "remote-unclear", remotes: ["upstream", "fork"] },
    { reason: "remote-unreachable", remote: "origin", detail: "Permission denied (publickey)." },
    { reason: "no-mail" },
    { reason: "bad-branch-name", text: "-f", detail: "it begins with a dash" },
    { reason: "git-failed", detail: "fatal: dubious ownership" },
    { reason: "aborted" },
  ];
  assert.deepEqual(errors.map(repositorySentence), [
    "git was not found on the PATH. Install it, then reload the window.",
    "/work is not in a git repository. Open the folder of a clone.",
    "This repository has no commit yet, so there is nothing to deploy. Commit and push first.",
    "This repository has no remote, so nobody else could see what runs. Add one with git remote add, then push.",
    "This repository has several remotes (upstream, fork) and none is called origin, so which one your team shares is not known. Push the branch with git push --set-upstream REMOTE BRANCH, or rename that remote with git remote rename REMOTE origin.",
    "The remote origin cannot be asked: Permission denied (publickey). Check the network and your sign-in to it.",
    "git does not know your mail address, and locks are kept by it. Run git config --global user.email YOUR-ADDRESS.",
    "The branch name “-f” cannot be used: it begins with a dash. Rename the branch with git branch -m.",
    "git failed: fatal: dubious ownership. The log has all of it.",
    "The question to git was cancelled.",
  ]);
});

test("what is wrong with devdeploy.json ends its sentence before the advice begins", () => {
  const problem = { offset: 0, length: 0, path: "", message: '`locks` is missing: write `"locks": {}`' };
  const told = (problems: readonly (typeof problem)[]): string =>
    configNotice({ kind: "invalid", problems }, "shop").text;
  assert.deepEqual(
    [told([problem]), told([{ ...problem, message: "the file is empty." }]), told([problem, problem])],
    [
      'devdeploy.json has a mistake: `locks` is missing: write `"locks": {}`. Correct it, then try again.',
      "devdeploy.json has a mistake: the file is empty. Correct it, then try again.",
      "devdeploy.json has 2 mistakes; the Problems view lists them. Correct them, then try again.",
    ],
  );
});

test("text from outside stays one line, shows what is hidden in it, and becomes no link", () => {
  assert.deepEqual(
    [
      shown("a\nb\t c"),
      shown("a\u202eb"),
      shown("[Go](command:workbench.action.quit)"),
      shown("x".repeat(400)).length,
    ],
    ["a b c", "a\\u{202e}b", "[Go] (command:workbench.action.quit)", 300],
  );
});

test("spans of time are short, and no minute is promised that is not there", () => {
  const minute = 60_000;
  assert.deepEqual([59_999, 2 * minute - 1, 59.9 * minute, 60 * minute, 719 * minute].map(timeLeft), [
    "less than 1 min left",
    "1 min left",
    "59 min left",
    "1 h left",
    "12 h left",
  ]);
  assert.deepEqual([0, 5 * minute, 18.9 * 60 * minute, 47 * 60 * minute, 49 * 60 * minute].map(age), [
    "just now",
    "5 min",
    "18 h",
    "47 h",
    "2 d",
  ]);
});

test("what was rolled back is named by its hashes, five of them at most", () => {
  const commits = ["4f1c0de1", "bad0bad2", "0ddba113", "cafe0004", "beef0005", "face0006", "dead0007"];
  const said = [1, 2, 7].map((count) =>
    warningSentence({
      kind: "rolled-back-commits",
      environment: "production",
      commits: commits.slice(0, count),
    }),
  );
  assert.deepEqual(said, [
    "production was rolled back to be rid of 4f1c0de, and this branch has it. Make sure that it is mended or reverted before you go on.",
    "production was rolled back to be rid of 4f1c0de, bad0bad, and this branch has them. Make sure that they are mended or reverted before you go on.",
    "production was rolled back to be rid of 4f1c0de, bad0bad, 0ddba11, cafe000, beef000 and 2 more, and this branch has them. Make sure that they are mended or reverted before you go on.",
  ]);
});
