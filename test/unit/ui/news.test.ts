import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { News } from "../../../src/domain/news.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/time.ts";
import type { Notice } from "../../../src/ui/messages/notice.ts";
import { at, freeLock } from "../../builders/lock.ts";

process.env["TZ"] = "Europe/Berlin";
const { keepNotice, newsIsOver, newsNotice } = await import("../../../src/ui/messages/news.ts");
const { buttonLabel } = await import("../../../src/ui/messages/buttons.ts");

const NOW = at("13:02");
const about = { key: "k", machine: "dev2" };
const lost = { ...about, kind: "lost", how: "unlocked", by: "Ben", at: NOW, branch: "task/x" } as const;
const asked = {
  ...about,
  kind: "asked",
  ask: { by: "ben", name: "Ben", at: NOW, branch: "task/y" },
} as const;
const kept = {
  ...about,
  kind: "kept",
  pool: "dev",
  until: at("13:12"),
  freeAt: NOW,
  isAcknowledged: true,
} as const;
const ending = { ...about, kind: "ending", until: NOW + 30 * MINUTE_MS } as const;

const text = (notice: Notice | undefined): unknown =>
  notice === undefined
    ? undefined
    : [
        `${notice.severity}: ${notice.text}`,
        ...notice.buttons.map((button) => `[${buttonLabel(button)}]`),
      ].join(" ");

const told = (news: News): unknown => text(newsNotice(news, NOW));

test("a lost lock: who, which machine, for which branch, when and why", () => {
  const withoutBranch = { ...about, kind: "lost", how: "unlocked", by: "Ben", at: NOW } as const;
  assert.deepEqual(
    [
      told({ ...lost, reason: "demo" }),
      told(lost),
      told(withoutBranch),
      told({ ...lost, how: "taken-over", reason: "hotfix" }),
      told({ ...withoutBranch, how: "taken-over" }),
      told({ ...lost, at: NOW - 20 * HOUR_MS }),
    ],
    [
      "warning: Ben unlocked dev2, which you had for task/x, at 14:02: “demo”. [Devdeploy Again] [Show Environments]",
      "warning: Ben unlocked dev2, which you had for task/x, at 14:02. [Devdeploy Again] [Show Environments]",
      "warning: Ben unlocked dev2, which you had, at 14:02. [Devdeploy Again] [Show Environments]",
      "warning: Ben took over dev2, which you had for task/x, at 14:02: “hotfix”. [Devdeploy Again] [Show Environments]",
      "warning: Ben took over dev2, which you had, at 14:02. [Devdeploy Again] [Show Environments]",
      "warning: Ben unlocked dev2, which you had for task/x, at Sun 18:02 (17:02 UTC). [Devdeploy Again] [Show Environments]",
    ],
  );
});

test("a lock that is gone without a word", () => {
  const gone = { ...about, kind: "vanished", how: "edited" } as const;
  assert.deepEqual(
    [
      told({ ...gone, how: "deleted", branch: "task/x" }),
      told({ ...gone, branch: "task/x", holder: "Ben" }),
      told(gone),
    ],
    [
      "warning: dev2, which you had for task/x, is not yours any more: its Lease was deleted. Nothing says by whom. [Devdeploy Again] [Show Environments]",
      "warning: dev2, which you had for task/x, is not yours any more: its Lease was edited by hand or by another tool. Ben holds it now. [Devdeploy Again] [Show Environments]",
      "warning: dev2 is not yours any more: its Lease was edited by hand or by another tool. Nobody holds it now. [Devdeploy Again] [Show Environments]",
    ],
  );
});

test("somebody asks, and the holder's answer", () => {
  assert.deepEqual(
    [
      told(asked),
      told({ ...asked, ask: { by: "ben", name: "Ben", at: NOW } }),
      told({ ...about, kind: "declined", by: "Ann", until: at("17:00") }),
    ],
    [
      "info: Ben asks for dev2, for task/y. [Unlock Now] [Keep]",
      "info: Ben asks for dev2. [Unlock Now] [Keep]",
      "info: Ann keeps dev2; the lock ends at 18:00 (17:00 UTC). [Show Environments]",
    ],
  );
});

test("a machine is kept, with the branch that was waited for", () => {
  assert.deepEqual(
    [told({ ...kept, branch: "task/y" }), told(kept)],
    [
      "info: dev2 is kept for you until 14:12. [Devdeploy task/y] [Give It Up]",
      "info: dev2 is kept for you until 14:12. [Devdeploy Again] [Give It Up]",
    ],
  );
});

test("a lock ends, in local time and UTC, however late it is told", () => {
  assert.deepEqual(
    [told(ending), told({ ...ending, until: NOW + 20_000 })],
    [
      "warning: dev2's lock ends at 14:32 (13:32 UTC), in 30 min. [Extend…] [Unlock dev2]",
      "warning: dev2's lock ends at 14:02 (13:02 UTC), in less than 1 min. [Extend…] [Unlock dev2]",
    ],
  );
});

test("an answer to what is over says that nothing was done", () => {
  assert.deepEqual(
    [asked, kept, ending, lost].map((news) => text(newsIsOver(news))),
    [
      "info: Ben does not ask for dev2 any more. Nothing was done. [Show Environments]",
      "info: dev2 is not kept for you any more. Nothing was done. [Show Environments]",
      "info: The lock of dev2 is no longer the one that was ending. Nothing was done. [Show Environments]",
      "info: This is over. Nothing was done. [Show Environments]",
    ],
  );
});

test("keeping a machine says what became of the answer, and nothing where it was given", () => {
  const error = { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" } as const;
  assert.deepEqual(
    [
      keepNotice({ kind: "kept" }, asked),
      text(keepNotice({ kind: "nothing-asked" }, asked)),
      text(keepNotice({ kind: "not-holder", lock: freeLock() }, asked)),
      text(keepNotice({ kind: "failed", error, mayBeDone: false }, asked)),
      text(keepNotice({ kind: "failed", error, mayBeDone: true }, asked)),
    ],
    [
      undefined,
      "info: Ben does not ask for dev2 any more. Nothing was done. [Show Environments]",
      "info: Ben does not ask for dev2 any more. Nothing was done. [Show Environments]",
      "error: Ben was not told that you keep dev2. It stays yours. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
      "error: Whether Ben is told that you keep dev2 is not known. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
    ],
  );
});

test("names, branches and reasons from the cluster are data: no links, no hidden characters, not endless", () => {
  const hostile = "[x](command:y)\u202e\n".repeat(700);
  const notice = newsNotice({ ...lost, by: hostile, branch: hostile, reason: hostile }, NOW);
  assert.equal(/\]\(|\u202e|\n/u.test(notice.text), false);
  assert.ok(notice.text.length < 1_100);
});
