import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeployOutcome, Got, LockTruth } from "../../../src/app/deployOutcome.ts";
import type { BranchName, CommitHash } from "../../../src/domain/branch.ts";
import type { DiagnosisCause } from "../../../src/domain/diagnosis.ts";
import type { LockState } from "../../../src/domain/lock.ts";
import type { Person } from "../../../src/domain/person.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";

process.env["TZ"] = "Europe/Berlin";
const { outcomeNotice } = await import("../../../src/ui/messages/outcome.ts");
const { buttonLabel } = await import("../../../src/ui/messages/buttons.ts");

const NOW = Date.parse("2026-11-23T05:00:00Z");
const branch = "task/login" as BranchName;
const commit = "4f1c0de".padEnd(40, "0") as CommitHash;
const remoteCommit = "1a2b3c4".padEnd(40, "0") as CommitHash;
const lock: LockTruth = { kind: "held", machine: "dev1", until: NOW + 12 * HOUR_MS };
const none: LockTruth = { kind: "none" };
const ben: Person = { user: "ben", mail: "ben@example.com", name: "Ben" };
const machine = "dev1";

/** `info: text [button] [button]` */
function told(outcome: DeployOutcome): string {
  const { severity, text, buttons } = outcomeNotice(outcome, { branch, commit, now: NOW });
  return [`${severity}: ${text}`, ...buttons.map((button) => `[${buttonLabel(button)}]`)].join(" ");
}

test("what was proven is told with its address and the end of the lock", () => {
  const proven = { kind: "proven", machine, commit, revision: 5, lines: [], lock } as const;
  assert.deepEqual(
    [
      told({ ...proven, url: "https://dev1.example.com" }),
      told(proven),
      // HEAD moved between our look and the deploy's: the branch is not sure any more.
      told({ ...proven, url: "https://dev1.example.com", commit: remoteCommit }),
      // Nothing that could break out of the link's own syntax becomes a link.
      told({ ...proven, url: "https://x/](command:quit)" }),
    ],
    [
      "info: task/login 4f1c0de runs on dev1: [https://dev1.example.com](https://dev1.example.com) — yours until 18:00 (17:00 UTC). [Open dev1] [Copy URL]",
      "info: task/login 4f1c0de runs on dev1. It is proven: its pods are ready and steady. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
      "info: 1a2b3c4 runs on dev1: [https://dev1.example.com](https://dev1.example.com) — yours until 18:00 (17:00 UTC). [Open dev1] [Copy URL]",
      "info: task/login 4f1c0de runs on dev1: https://x/] (command:quit) — yours until 18:00 (17:00 UTC). [Open dev1] [Copy URL]",
    ],
  );
});

test("each refusal names its cause and has the button that mends it", () => {
  const refused = (refusal: (DeployOutcome & { kind: "refused" })["refusal"]): string =>
    told({ kind: "refused", refusal, lock: none });
  assert.deepEqual(
    [
      refused({ reason: "detached-head", commit }),
      refused({ reason: "not-pushed", branch, commit }),
      refused({ reason: "unpushed-commits", branch, commit, remoteCommit }),
      refused({ reason: "remote-moved", branch, commit, remoteCommit }),
      refused({ reason: "moved-meanwhile", branch, commit, remoteCommit }),
      refused({ reason: "moved-meanwhile", branch, commit, remoteCommit: undefined }),
      refused({ reason: "chosen-moved", branch, commit, remoteCommit }),
      refused({ reason: "chosen-moved", branch, commit, remoteCommit: undefined }),
      refused({ reason: "driver-not-available", driver: "slack", machine }),
      refused({ reason: "bad-release-name", release: "My_App", machine }),
    ],
    [
      "warning: No branch is checked out (HEAD is detached at 4f1c0de), so there is nothing to devdeploy. Choose a branch first. [Choose Branch…]",
      "warning: task/login is not on the remote yet, so nobody else could see what runs. Push it, then devdeploy. [Push and Devdeploy]",
      "warning: task/login has commits that are not pushed: it is at 4f1c0de here and at 1a2b3c4 on the remote. Push, then devdeploy. [Push and Devdeploy]",
      "warning: task/login has moved on the remote: it is at 4f1c0de here and at 1a2b3c4 there. Pull, then devdeploy. [Pull]",
      "warning: task/login moved on the remote meanwhile, from 4f1c0de to 1a2b3c4. Nothing was deployed; pull, then devdeploy. [Pull]",
      "warning: task/login was deleted on the remote meanwhile. 4f1c0de was not deployed; push it again. [Push and Devdeploy]",
      "warning: task/login moved on the remote meanwhile, from 4f1c0de to 1a2b3c4. Nothing was deployed; devdeploy again to deploy what it is now. [Devdeploy Again]",
      "warning: task/login was deleted on the remote meanwhile. 4f1c0de was not deployed.",
      "warning: dev1 is deployed by “slack”, which this version cannot do. Use helm in devdeploy.json. [Open devdeploy.json]",
      "warning: helm does not allow “My_App” as the name of dev1's release. Correct it in devdeploy.json: lower-case letters, digits and dashes, at most 53. [Open devdeploy.json]",
    ],
  );
});

test("a full pool names its holders by time left, and what was wanted of it is told", () => {
  const hold = (hours: number) => ({ by: ben, since: NOW, renewedAt: NOW, until: NOW + hours * HOUR_MS });
  const full = (answer: (DeployOutcome & { kind: "pool-full" })["answer"]): string =>
    told({
      kind: "pool-full",
      pool: "dev",
      locks: [
        { machine: "dev1", state: { kind: "held", hold: hold(9) } },
        { machine: "dev2", state: { kind: "held", hold: hold(0.5) } },
        { machine: "dev3", state: { kind: "unreadable", holder: "x", problem: "no duration" } },
      ],
      answer,
      lock: none,
    });
  assert.deepEqual(
    [
      full({ kind: "nothing" }),
      full({ kind: "waiting", place: 1 }),
      full({ kind: "asked", machine: "dev2", holder: "Ben" }),
    ],
    [
      "warning: No machine of dev is free: dev2 Ben (30 min left); dev1 Ben (9 h left); dev3 has a lock that cannot be read. Nothing was changed. [Tell Me When One Is Free] [Show Environments]",
      "info: You are the first who waits for a machine of dev. The next one that becomes free is kept for you for 10 minutes, and you are told. [Stop Waiting]",
      "info: Ben is asked for dev2, for task/login, and you will be told if they keep it. [Tell Me When One Is Free]",
    ],
  );
});

test("a machine that was insisted on and is not to be had is refused with the way to it", () => {
  const hold = {
    by: ben,
    since: NOW,
    renewedAt: NOW,
    until: NOW + 4 * HOUR_MS,
    branch: "task/x" as BranchName,
  };
  const taken = (state: LockState, truth: LockTruth = none): string =>
    told({ kind: "machine-taken", machine: "dev2", state, lock: truth });
  assert.deepEqual(
    [
      taken({ kind: "held", hold }),
      taken({ kind: "unreadable", holder: "x", problem: "no duration" }, lock),
      taken({ kind: "kept", for: ben, until: NOW, freeAt: NOW, isAcknowledged: true }),
      taken({ kind: "missing" }),
    ],
    [
      "warning: dev2 is held by Ben (task/x · 4 h left), so nothing was deployed. Devdeploy to any machine, or unlock this one first. [Devdeploy to Any] [Unlock dev2]",
      "warning: dev2 has a lock that cannot be read, so nothing was deployed. Devdeploy to any machine instead. dev1 is locked to you until 18:00 (17:00 UTC). [Devdeploy to Any] [Unlock dev2]",
      "warning: dev2 is kept for Ben, so nothing was deployed. Devdeploy to any machine instead. [Devdeploy to Any]",
      "warning: dev2 has no Lease (an admin must create it), so nothing was deployed. Devdeploy to any machine instead. [Devdeploy to Any]",
    ],
  );
});

test("how the machine was come by is told where it is worth a word", () => {
  const proven = { kind: "proven", machine, commit, revision: 5, lines: [] } as const;
  const url = "https://dev1.example.com";
  const got = (how: Got): LockTruth => ({ kind: "held", machine, until: NOW + 12 * HOUR_MS, got: how });
  assert.deepEqual(
    [
      told({ ...proven, url, lock: got({ kind: "again" }) }),
      told({ ...proven, url, lock: got({ kind: "instead", of: "dev3", by: "Ben" }) }),
      told({ ...proven, lock: got({ kind: "taken-over", from: "Ben" }) }),
    ],
    [
      "info: task/login 4f1c0de runs on dev1: [https://dev1.example.com](https://dev1.example.com) — yours until 18:00 (17:00 UTC). You got dev1 again, which was yours before. [Open dev1] [Copy URL]",
      "info: task/login 4f1c0de runs on dev1: [https://dev1.example.com](https://dev1.example.com) — yours until 18:00 (17:00 UTC). Ben has dev3 by now, which was yours before, so you got dev1 instead. [Open dev1] [Copy URL]",
      "info: task/login 4f1c0de runs on dev1. It is proven: its pods are ready and steady. You took dev1 over from Ben, who is told. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
    ],
  );
});

test("who is at work is named", () => {
  const busy = (what: (DeployOutcome & { kind: "busy" })["busy"]): string =>
    told({ kind: "busy", machine, busy: what, lock: none });
  const release = {
    kind: "release",
    revision: 7,
    status: "pending-upgrade",
    since: 0,
    age: 3 * MINUTE_MS,
  } as const;
  const at = { context: "arn:aws:eks:eu/web cluster", namespace: "web", release: "dev1" };
  const stuck = { ...release, kind: "stuck", age: 17 * MINUTE_MS, release: at } as const;
  assert.deepEqual(
    [
      busy({ kind: "operation", by: "Ben", what: "devdeploy task/x", isMine: false }),
      busy({ kind: "operation", by: "Ann", what: "devdeploy task/x", isMine: true }),
      busy(release),
      busy({ ...release, by: "Ben" }),
      busy({ ...stuck, lastGood: 6 }),
      busy({ ...stuck, revision: 1, status: "pending-install" }),
      busy(stuck),
    ],
    [
      "warning: Ben is at work on dev1 (devdeploy task/x). Devdeploy again once that is done. [Show Log]",
      "warning: You are at work on dev1 already, in another window or in its history (devdeploy task/x). Two deploys never run on one machine; devdeploy again once that one is done. [Show Log]",
      "warning: helm is still at work on dev1: revision 7 is pending-upgrade, 3 min old. Devdeploy again once it is done. [Show Log]",
      "warning: Ben's helm is still at work on dev1: revision 7 is pending-upgrade, 3 min old. Devdeploy again once it is done. [Show Log]",
      "warning: helm was killed at work on dev1: revision 7 has been pending-upgrade for 17 min, longer than it may take, and helm does nothing more until that is cleared. Go back to the last revision that ran: helm rollback dev1 6 '--kube-context=arn:aws:eks:eu/web cluster' --namespace=web Then devdeploy again. [Show Log]",
      "warning: helm was killed while it installed dev1: revision 1 has been pending-install for 17 min, longer than it may take, and helm does nothing more until that is cleared. No revision ever ran there, so remove it: helm uninstall dev1 '--kube-context=arn:aws:eks:eu/web cluster' --namespace=web Then devdeploy again. [Show Log]",
      "warning: helm was killed at work on dev1: revision 7 has been pending-upgrade for 17 min, longer than it may take, and helm does nothing more until that is cleared. No revision before it is known to have run, so what to keep of it only a person can say. Look at all of them: helm history dev1 '--kube-context=arn:aws:eks:eu/web cluster' --namespace=web [Show Log]",
    ],
  );
});

test("what a killed helm left leads to the history, where it is cleared", () => {
  const history = { folder: "demo", subject: machine, target: machine };
  const stuck = {
    kind: "stuck",
    revision: 7,
    status: "pending-upgrade",
    since: 0,
    age: 17 * MINUTE_MS,
    release: { context: "staging", namespace: "web", release: machine },
  } as const;
  const buttons = (busy: (DeployOutcome & { kind: "busy" })["busy"]): unknown =>
    outcomeNotice({ kind: "busy", machine, busy, lock: none }, { branch, commit, now: NOW, history }).buttons;
  const log = { kind: "show-log" };
  assert.deepEqual(
    [
      buttons({ ...stuck, lastGood: 6 }),
      buttons({ ...stuck, revision: 1, status: "pending-install" }),
      buttons({ kind: "operation", by: "Ben", what: "devdeploy task/x", isMine: false }),
    ],
    [[{ ...history, kind: "roll-back", chosen: 6 }, log], [{ ...history, kind: "show-history" }, log], [log]],
  );
});

test("a failure tells the cause first, then what helm left, then whose the machine is", () => {
  const failed = (
    failure: (DeployOutcome & { kind: "failed" })["failure"],
    truth: LockTruth = none,
  ): string => told({ kind: "failed", machine, failure, lock: truth });
  const helm = { reason: "helm-failed", exitCode: 1, cause: "other", output: "a\nError: boom\n" } as const;
  assert.deepEqual(
    [
      failed({ stage: "git", error: { reason: "no-mail" } }),
      failed({
        stage: "tool",
        error: { reason: "helm-too-old", path: "/bin/helm", version: "3.9.0", needed: "3.14.0" },
      }),
      failed({ stage: "locks", error: { reason: "forbidden", detail: "update leases in devdeploy" } }),
      failed(
        {
          stage: "helm",
          error: { ...helm, cause: "waited-too-long" },
          record: { kind: "recorded", revision: 5, status: "failed", description: "" },
          diagnosis: {
            cause: { kind: "image", why: "missing", image: "app:4f1c0de", pod: "dev1-1", container: "app" },
            evidence: [],
          },
        },
        lock,
      ),
      failed({ stage: "helm", error: helm, record: { kind: "unchanged", revision: 4 } }, lock),
      failed({
        stage: "helm",
        error: { ...helm, exitCode: undefined, output: "" },
        record: { kind: "recorded", revision: 5, status: "pending-upgrade", description: "" },
      }),
      failed({ stage: "taken-over", by: "Ben", output: "", record: { kind: "unchanged" } }),
    ],
    [
      "error: git does not know your mail address, and locks are kept by it. Run git config --global user.email YOUR-ADDRESS. [Show Log]",
      "error: /bin/helm is helm 3.9.0; Devdeploy needs 3.14.0 or newer. Update it. [Open Setting] [Show Log]",
      "error: Nothing was deployed, because no machine could be claimed. You are not allowed to: update leases in devdeploy. Ask an admin for this permission. [Show Log]",
      "error: Image app:4f1c0de is not in the registry: it was never pushed, or cleaned up. helm's record of dev1 says: revision 5 failed. Build and push app:4f1c0de again. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
      "error: helm failed (exit code 1): Error: boom. The log has all of its words. helm wrote no revision: dev1 is still at revision 4. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
      "error: helm was ended before it was done. helm's record of dev1 still says revision 5 pending-upgrade: nobody can deploy there until that is cleared. Devdeploy again in some minutes, and you are told how. [Show Log]",
      "error: Ben took over dev1, so your helm was asked to stop. helm wrote no revision: nothing was installed on dev1. Talk to Ben. [Show Log]",
    ],
  );
});

test("what was deployed but not proven is never told as done", () => {
  const lines = [
    { kind: "release", state: "ok", facts: "revision 5 deployed" },
    { kind: "pods", state: "failed", workload: "Deployment/app", facts: "0 of 1 ready" },
  ] as const;
  const at = { machine, commit, revision: 5, lines, lock };
  assert.deepEqual(
    [told({ kind: "not-proven", ...at }), told({ kind: "nothing-runs", ...at })],
    [
      "error: Deployment/app: 0 of 1 ready. So 4f1c0de is deployed to dev1 as revision 5, but not proven to run. Look at the log, then devdeploy a commit that mends it. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
      "warning: 4f1c0de was deployed to dev1 as revision 5, but nothing runs: no pod is wanted. Check the replicas in the chart and its values. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log]",
    ],
  );
});

test("a cancel tells truthfully how far it was", () => {
  const cancelled = (truth: (DeployOutcome & { kind: "cancelled" })["truth"], held: LockTruth): string =>
    told({ kind: "cancelled", machine, truth, lock: held });
  assert.deepEqual(
    [
      cancelled({ kind: "nothing-done" }, none),
      cancelled({ kind: "claimed-only" }, lock),
      cancelled({ kind: "helm-stopped", output: "", record: { kind: "unchanged", revision: 4 } }, lock),
      cancelled({ kind: "not-awaited", revision: 5 }, lock),
      cancelled({ kind: "nothing-done" }, { kind: "unknown" }),
    ],
    [
      "info: Cancelled. Nothing was changed.",
      "info: Cancelled before helm began. dev1 is locked to you until 18:00 (17:00 UTC). [Unlock dev1]",
      "warning: Cancelled while helm was at work on dev1. helm wrote no revision: dev1 is still at revision 4. dev1 is locked to you until 18:00 (17:00 UTC). [Show Log] [Devdeploy Again]",
      "warning: The proof was cancelled. helm had deployed revision 5 to dev1; whether it runs was not watched. dev1 is locked to you until 18:00 (17:00 UTC). [Devdeploy Again] [Show Log]",
      "info: Cancelled. Nothing was changed. Whether a machine is locked to you is not known; the sidebar shows it once the cluster answers.",
    ],
  );
});

test("the way back is offered from a revision that was made, unless it is the first or still pending", () => {
  const history = { folder: "demo", subject: "dev1", target: "dev1" };
  const helm = { reason: "helm-failed", exitCode: 1, cause: "waited-too-long", output: "" } as const;
  const record = { kind: "recorded", revision: 5, status: "failed", description: "" } as const;
  const image: DiagnosisCause = {
    ...{ kind: "image", why: "missing", image: "web:4f1c0de", pod: "web-1", container: "app" },
  };
  const diagnosis = { cause: image, evidence: [] };
  const notProven = {
    kind: "not-proven",
    machine,
    commit,
    revision: 5,
    lines: [],
    lock: none,
    diagnosis,
  } as const;
  const failed = (failure: (DeployOutcome & { kind: "failed" })["failure"]): DeployOutcome => ({
    ...{ kind: "failed", machine, failure, lock: none },
  });
  const labels = (outcome: DeployOutcome, telling: object = { history }): readonly string[] =>
    outcomeNotice(outcome, { branch, commit, now: NOW, ...telling }).buttons.map(buttonLabel);
  const back = ["Roll Back…", "Show Log"];
  assert.deepEqual(
    [
      labels(notProven),
      labels(failed({ stage: "helm", error: helm, record, diagnosis })),
      labels(failed({ stage: "proof", revision: 5, error: { reason: "aborted" } })),
      labels({ ...notProven, revision: 1 }),
      labels(notProven, {}),
      labels(failed({ stage: "helm", error: helm, record: { ...record, status: "pending-upgrade" } })),
      labels(failed({ stage: "helm", error: helm, record: { kind: "unchanged", revision: 4 } })),
    ],
    [back, back, back, ["Show Log"], ["Show Log"], ["Show Log"], ["Show Log"]],
  );
  const words = outcomeNotice(notProven, { branch, commit, now: NOW, history });
  assert.match(words.text, /^Image web:4f1c0de is not in the registry.* Roll back, or devdeploy a commit/u);
  assert.deepEqual(words.buttons[0], { kind: "roll-back", ...history });
});
