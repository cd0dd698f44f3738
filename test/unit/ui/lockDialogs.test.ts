import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnlockOutcome } from "../../../src/app/unlockMachine.ts";
import type { Hold, StoredLock } from "../../../src/domain/lock.ts";
import { HOUR_MS } from "../../../src/domain/time.ts";
import type { Modal } from "../../../src/ui/messages/unlock.ts";
import { aBranch, ann, ben } from "../../builders/deploy.ts";
import { aHold, anOperation, at, freeLock, heldLock } from "../../builders/lock.ts";

process.env["TZ"] = "Europe/Berlin";
const say = await import("../../../src/ui/messages/unlock.ts");
const extend = await import("../../../src/ui/messages/extend.ts");
const waiting = await import("../../../src/ui/messages/waiting.ts");
const { buttonLabel } = await import("../../../src/ui/messages/buttons.ts");

const now = at("10:00");
const hold = aHold({
  by: ben,
  branch: aBranch("task/login"),
  since: at("05:00"),
  renewedAt: at("09:30"),
  until: at("17:00"),
  reason: "the demo on\nThursday",
});
const facts = {
  machine: "dev2",
  hold,
  history: [
    { at: at("05:00"), by: ben.name, what: "claimed" as const },
    { at: at("07:00"), by: ben.name, what: "renewed" as const },
    { at: at("09:30"), by: ben.name, what: "extended" as const },
  ],
  waiting: ["Eve Day", "Cem"],
  operation: undefined,
  reason: "",
  now,
};
const text = ({ question, detail, yes }: Modal): readonly string[] => [question, ...detail.split("\n"), yes];
const stored = (record: StoredLock["record"]): StoredLock => ({
  record,
  version: { uid: "u", resourceVersion: "1" },
});
const failed = { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" } as const;

const notice = (
  one: { severity: string; text: string; buttons: readonly Parameters<typeof buttonLabel>[0][] } | undefined,
): string | undefined =>
  one === undefined
    ? undefined
    : [`${one.severity}: ${one.text}`, ...one.buttons.map((button) => `[${buttonLabel(button)}]`)].join(" ");

test("before another's lock is ended one sees whose it is, for what, since when, and who would be told", () => {
  assert.deepEqual(text(say.unlockModal(facts)), [
    "Unlock dev2? Ben Ode holds it.",
    "Branch: task/login at 4f1c0de",
    "Held since: 06:00 (05:00 UTC), 5 h ago",
    "Last devdeploy: 08:00 (07:00 UTC), 3 h ago",
    "Locked until: 18:00 (17:00 UTC), 7 h left",
    "Their reason: the demo on Thursday",
    "Waiting for a machine: Eve Day, Cem",
    "No deploy is running there right now.",
    "",
    "Ben Ode will be told that it was you. You gave no reason.",
    "Unlock dev2",
  ]);
});

test("a deploy that runs there is said, and the reason is shown as it will be told", () => {
  const operation = anOperation({ name: "Ben Ode", what: "devdeploy task/login" });
  const bare: Hold = { by: ben, since: now, renewedAt: now, until: now + HOUR_MS };
  const modal = say.takeOverModal({
    ...facts,
    hold: bare,
    history: [],
    waiting: [],
    operation,
    reason: "mine now](command:x)",
  });
  assert.deepEqual(text(modal), [
    "Take dev2 over from Ben Ode?",
    "Held since: 11:00 (10:00 UTC), just now",
    "Last devdeploy: 11:00 (10:00 UTC), just now",
    "Locked until: 12:00 (11:00 UTC), 1 h left",
    "Right now a deploy is running there (Ben Ode: devdeploy task/login). It is not stopped; nobody else can deploy there until it is done.",
    "",
    "Ben Ode will be told that it was you, and why: “mine now] (command:x)”.",
    "Take Over dev2",
  ]);
});

test("a lock that cannot be read has a question of its own", () => {
  const state = { kind: "unreadable", holder: "robot", problem: "leaseDurationSeconds is missing" } as const;
  assert.deepEqual(text(say.clearModal("dev3", state)), [
    "Clear the lock of dev3, which cannot be read?",
    "Its holder, as it is written there: robot",
    "What is wrong: leaseDurationSeconds is missing",
    "",
    "Another tool or a hand wrote it, and whoever did may rely on it. Nobody can be told. Ask in the team first; kubectl get lease shows all of it. Clearing makes dev3 free for everybody.",
    "Clear the Lock",
  ]);
});

test("what became of unlocking is said with what stands there now", () => {
  const changed = (record: StoredLock["record"]): UnlockOutcome => ({
    kind: "changed",
    lock: stored(record),
    serverTime: now,
  });
  const outcomes: readonly UnlockOutcome[] = [
    { kind: "unlocked" },
    { kind: "already-free" },
    changed(heldLock(hold)),
    changed(freeLock()),
    changed({ kind: "unreadable", holder: "", problem: "" }),
    { kind: "not-holder", lock: heldLock(hold) },
    { kind: "not-holder", lock: { kind: "unreadable", holder: "", problem: "" } },
    { kind: "failed", error: failed, mayBeFree: false },
    { kind: "failed", error: failed, mayBeFree: true },
  ];
  assert.deepEqual(
    outcomes.map((outcome) => notice(say.unlockNotice(outcome, { name: "dev2", now }))),
    [
      undefined,
      "info: dev2 was free already. Nothing was changed.",
      "warning: dev2 is not as you were shown it any more: Ben Ode holds it now (task/login · 7 h left). Nothing was unlocked. [Unlock dev2]",
      "warning: dev2 is not as you were shown it any more: it is free now. Nothing was unlocked. [Unlock dev2]",
      "warning: dev2 is not as you were shown it any more: its lock cannot be read. Nothing was unlocked. [Unlock dev2]",
      "info: dev2 is not yours any more: Ben Ode holds it now. Nothing was changed.",
      "info: The lock of dev2 cannot be read as yours any more. Nothing was changed.",
      "error: dev2 is locked as before. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
      "error: Whether dev2 is unlocked is not known. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
    ],
  );
});

test("lengths to extend by show their end in local time and UTC, and which would be no longer", () => {
  const item = (hours: number) =>
    extend.extendItem(hours, { until: now + hours * HOUR_MS, was: now + 30 * HOUR_MS, now });
  assert.deepEqual(
    [item(1), item(24), item(48), extend.extendHint(now + 30 * HOUR_MS, now)],
    [
      { label: "1 hour", description: "would end at 12:00 (11:00 UTC): not longer than now" },
      { label: "24 hours", description: "would end at Tue 11:00 (10:00 UTC): not longer than now" },
      { label: "48 hours", description: "until Wed 11:00 (10:00 UTC)" },
      "How long from now? It is locked to you until Tue 17:00 (16:00 UTC).",
    ],
  );
});

test("what became of extending is said with the end", () => {
  const until = now + 24 * HOUR_MS;
  assert.deepEqual(
    [
      extend.extendNotice({ kind: "extended", until, was: now }, "dev2", now),
      extend.extendNotice({ kind: "not-longer", until }, "dev2", now),
      extend.extendNotice({ kind: "not-holder", lock: heldLock(hold) }, "dev2", now),
      extend.extendNotice({ kind: "not-holder", lock: freeLock() }, "dev2", now),
      extend.extendNotice({ kind: "ended", at: at("09:00") }, "dev2", now),
      extend.extendNotice({ kind: "failed", error: failed, mayBeDone: true }, "dev2", now),
      extend.extendNotice({ kind: "failed", error: failed, mayBeDone: false }, "dev2", now),
    ].map(notice),
    [
      "info: dev2 is locked to you until Tue 11:00 (10:00 UTC).",
      "info: dev2 is locked to you until Tue 11:00 (10:00 UTC) already, which is longer. Its end stays.",
      "info: dev2 is not yours any more: Ben Ode holds it now. Nothing was changed.",
      "info: dev2 is not yours any more. Nothing was changed.",
      "warning: Your lock of dev2 ended at 10:00 (09:00 UTC), so it cannot be extended. Devdeploy again: you get dev2 if it is still free. [Devdeploy Again]",
      "error: Whether the lock of dev2 is extended is not known. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
      "error: The lock of dev2 was not extended. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
    ],
  );
});

test("who asks and who waits is told what happens next", () => {
  const asking = { machine: "dev2", holder: "Ben Ode", branch: "task/pay", pool: "dev" };
  const list = [{ by: "eve <eve@example.com>", name: "Eve", since: 0 }];
  assert.deepEqual(
    [
      waiting.askNotice({ kind: "asked" }, asking, now),
      waiting.askNotice({ kind: "asked" }, { ...asking, branch: undefined }, now),
      waiting.askNotice(
        { kind: "changed", lock: stored(heldLock(aHold({ by: ann, until: at("12:00") }))), serverTime: now },
        asking,
        now,
      ),
      waiting.askNotice({ kind: "failed", error: failed, mayBeDone: false }, asking, now),
      waiting.waitingNotice("dev", 1),
      waiting.waitingNotice("dev", 2),
      waiting.waitingNotice("dev", 4),
      waiting.joinNotice({ kind: "waiting", waiters: list }, "dev"),
      waiting.joinNotice({ kind: "free-now", machine: "dev3", how: "free" }, "dev"),
      waiting.joinNotice({ kind: "list-full", waiters: list }, "dev"),
      waiting.joinNotice({ kind: "failed", error: failed, mayBeDone: false }, "dev"),
      waiting.leaveNotice({ kind: "left" }, "dev"),
      waiting.leaveNotice({ kind: "failed", error: failed, mayBeDone: true }, "dev"),
    ].map(notice),
    [
      "info: Ben Ode is asked for dev2, for task/pay, and you will be told if they keep it. [Tell Me When One Is Free]",
      "info: Ben Ode is asked for dev2, and you will be told if they keep it. [Tell Me When One Is Free]",
      "info: dev2 is not as you were shown it any more: Ann Lee holds it now (task/pay-later · 2 h left). Nobody was asked. [Show Environments]",
      "error: Ben Ode was not asked. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
      "info: You are the first who waits for a machine of dev. The next one that becomes free is kept for you for 10 minutes, and you are told. [Stop Waiting]",
      "info: You wait for a machine of dev, behind 1 other. When it is your turn, one is kept for you for 10 minutes, and you are told. [Stop Waiting]",
      "info: You wait for a machine of dev, behind 3 others. When it is your turn, one is kept for you for 10 minutes, and you are told. [Stop Waiting]",
      undefined,
      "info: There is a machine for you right now: dev3. Devdeploy to get it. [Devdeploy Again]",
      "info: The waiting list of dev is full: 1 wait already. Ask a holder instead.",
      "error: You are not on the waiting list of dev. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
      undefined,
      "error: Whether you still wait for a machine of dev is not known. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN. [Show Log]",
    ],
  );
});

test("the longest reason that is kept may be given, and not a character more", () => {
  assert.equal(say.reasonTooLong(200, 201), "At most 200 characters, please; these are 201.");
});
