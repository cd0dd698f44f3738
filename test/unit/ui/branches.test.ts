import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnvironmentView, TargetState, TargetView } from "../../../src/app/releaseSummary.ts";
import type { KnownBranch } from "../../../src/domain/branch.ts";
import type { Liveness } from "../../../src/domain/cluster.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import type { BranchesSoFar } from "../../../src/ui/commands/branchItems.ts";
import { aBranch, aCommit, ben } from "../../builders/deploy.ts";
import { aHold, at } from "../../builders/lock.ts";
import { aMachineView } from "../../builders/view.ts";

const { branchItems } = await import("../../../src/ui/commands/branchItems.ts");

const now = at("08:00");
const known = (name: string, branch: Partial<KnownBranch> = {}): KnownBranch => ({
  branch: aBranch(name),
  commit: aCommit(),
  subject: "Pay later",
  author: "Ann Lee",
  committedAt: now - 5 * HOUR_MS,
  isOnRemote: true,
  ...branch,
});
const soFar = (so: Partial<BranchesSoFar>): BranchesSoFar => ({
  current: aBranch("task/here"),
  known: [],
  remote: undefined,
  trouble: undefined,
  now,
  ...so,
});
const machines = [
  aMachineView("dev2", { state: { kind: "held", hold: aHold({ by: ben, branch: aBranch("task/pay") }) } }),
  aMachineView("dev1", { state: { kind: "unknown" }, lastKnown: { kind: "held", hold: aHold() } }),
];

const target = (name: string, state: TargetState): TargetView => ({
  name,
  state,
  liveness: { kind: "live", verifiedAt: now },
});
const revision = {
  kind: "revision",
  revision: 7,
  status: "deployed",
  deployedAt: now,
  branch: "task/pay",
} as const;
const stale: Liveness = { kind: "stale", since: now, error: { reason: "aborted" } };
const releases: readonly EnvironmentView[] = [
  target("dev-api", revision),
  target("failing", { ...revision, status: "failed" }),
  target("other", { ...revision, branch: "master" }),
  { ...target("lost", revision), liveness: stale },
].map((one) => ({ name: one.name, tier: "staging", targets: [one], liveness: one.liveness }));

const lines = (so: BranchesSoFar): readonly string[] =>
  branchItems(so, { machines, releases }).map((item) =>
    "heading" in item
      ? `— ${item.heading}`
      : [item.label, item.description, item.detail]
          .filter((text) => text !== undefined && text !== "")
          .join(" | "),
  );

test("before the remote answers the clone's branches are there, with what runs them and whose they are", () => {
  const branches = [known("task/pay"), known("task/here", { isOnRemote: false })];
  assert.deepEqual(lines(soFar({ known: branches })), [
    "task/pay | already on dev2, dev-api | Pay later · Ann Lee · 5 h ago · 4f1c0de",
    "task/here | checked out · not pushed | Pay later · Ann Lee · 5 h ago · 4f1c0de",
  ]);
});

test("the remote's answer takes away what is gone, marks what moved and adds what was never fetched", () => {
  const remote = new Map([
    [aBranch("task/pay"), aCommit("abc")],
    [aBranch("task/new"), aCommit("def")],
  ]);
  const branches = [known("task/pay"), known("task/gone"), known("task/local", { isOnRemote: false })];
  assert.deepEqual(lines(soFar({ known: branches, remote })), [
    "task/pay | already on dev2, dev-api · has newer commits on the remote | Pay later · Ann Lee · 5 h ago · 4f1c0de",
    "task/local | not pushed | Pay later · Ann Lee · 5 h ago · 4f1c0de",
    "task/new | only on the remote so far, at def0000; it is fetched when you choose it",
  ]);
});

test("why the remote says nothing stands below what was fetched last, where there is room for it", () => {
  const trouble = { reason: "remote-unreachable", remote: "origin", detail: "no route to host" } as const;
  assert.deepEqual(lines(soFar({ known: [known("task/x")], trouble })), [
    "— as fetched last, for the remote does not say what it has",
    "task/x | Pay later · Ann Lee · 5 h ago · 4f1c0de",
    "— ",
    "$(warning) Why the remote is not asked | The remote origin cannot be asked: no route to host. Check the network and your sign-in to it.",
  ]);
});

test("where it is not clear which remote is the team's, no branch is said not to be pushed", () => {
  const branches = [known("task/x", { isOnRemote: false })];
  const trouble = { reason: "remote-unclear", remotes: ["fork", "upstream"] } as const;
  const [, line] = lines(soFar({ known: branches, trouble }));
  assert.equal(line, "task/x | Pay later · Ann Lee · 5 h ago · 4f1c0de");
  const [, unpushed] = lines(soFar({ known: branches, trouble: { reason: "no-remote" } }));
  assert.equal(unpushed, "task/x | not pushed | Pay later · Ann Lee · 5 h ago · 4f1c0de");
});

test("a name is text: no icon, no line break, nothing hidden", () => {
  const [item] = branchItems(
    soFar({ known: [known("task/$(trash)\u202etxt", { subject: "a\u0000b\nc" })] }),
    { machines: [], releases: [] },
  );
  assert.deepEqual(item !== undefined && "label" in item ? [item.label, item.detail] : item, [
    "task/$\u2060(trash)\\u{202e}txt",
    "a\\u{0}b c · Ann Lee · 5 h ago · 4f1c0de",
  ]);
});
