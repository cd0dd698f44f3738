import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { RollbackOutcome, RollbackReview } from "../../../../src/app/rollbackOutcome.ts";
import type { Environment, TeamConfig } from "../../../../src/domain/config.ts";
import { fail, ok } from "../../../../src/domain/result.ts";
import { HOUR_MS } from "../../../../src/domain/time.ts";
import type { PanelMemory } from "../../../../src/protocol/panel.ts";
import type { RunOrder } from "../../../../src/ui/panel/rollbackRuns.ts";
import type { Outward } from "../../../../src/ui/panel/session.ts";
import { aCommit, aConfig, aHelmDriver, ann } from "../../../builders/deploy.ts";
import { aHistory } from "../../../builders/history.ts";
import { aSnapshot, aStory, NOW } from "../../../builders/panel.ts";
import { readLine, readSide } from "../../../builders/readPanel.ts";
import { aReview } from "../../../builders/rollback.ts";
import { aPod } from "../../../builders/rollouts.ts";
import { somePodsOf } from "../../../fakes/livePods.ts";
import { TeamWindow } from "../../../fakes/teamWindow.ts";

process.env["TZ"] = "Europe/Berlin";
const { PanelSession } = await import("../../../../src/ui/panel/session.ts");
const { RollbackRuns } = await import("../../../../src/ui/panel/rollbackRuns.ts");

const WEB: Environment = {
  name: "web",
  tier: "production",
  targets: [
    {
      name: "web",
      driver: aHelmDriver({ context: "production", namespace: "buffer", release: "web" }),
    },
  ],
  locks: { context: "staging", namespace: "devdeploy" },
};

/** A window with the panel of `web` open in it. */
class PanelWindow extends TeamWindow {
  readonly runs = new RollbackRuns(() => this.clock.now());
  readonly told: { readonly order: RunOrder; readonly outcome: RollbackOutcome }[] = [];
  readonly deeds: Outward[] = [];
  seen = 0;

  constructor(config: TeamConfig = aConfig({ environments: [WEB] })) {
    super(ann, config);
    this.rollbacks.judge = ({ to }) => Promise.resolve(ok(this.reviewOf(to)));
  }

  reviewOf(to: number, review: Partial<RollbackReview> = {}): RollbackReview {
    const entry = aStory().find(({ label }) => label.revision === to);
    this.seen += 1;
    return aReview({
      id: `review-${this.seen}`,
      from: { revision: 168, commit: aCommit("9c1f2ab"), status: "failed" },
      to: { revision: to, status: entry?.status ?? "superseded" },
      seen: {
        newest: 168,
        status: "failed",
        version: { uid: "u168", resourceVersion: "1" },
        target: { uid: `u${to}`, resourceVersion: "1" },
      },
      command: ["helm", "rollback", "web", String(to)],
      ...review,
    });
  }

  open(memory: Partial<PanelMemory> = {}): InstanceType<typeof PanelSession> {
    const { clock, log, folders, runs } = this;
    return new PanelSession(
      {
        clock,
        log: Object.assign(log, { show: () => undefined }),
        folders,
        foldersRead: Promise.resolve(),
        runs,
        language: "en",
        tellEnd: (order, outcome) => {
          this.told.push({ order, outcome });
        },
      },
      { folder: "demo", subject: "web", target: "web", ...memory },
      (deed) => {
        this.deeds.push(deed);
        return Promise.resolve();
      },
    );
  }

  /** Open, connected, and with the history told. */
  async ready(
    memory: Partial<PanelMemory> = {},
    snapshot = aSnapshot(),
  ): Promise<InstanceType<typeof PanelSession>> {
    const session = this.open(memory);
    this.folders.wake();
    await this.settled();
    await this.tell({});
    this.rollbacks.tell(snapshot);
    await this.settled();
    return session;
  }
}

type Session = InstanceType<typeof PanelSession>;

const heading = ({ shown }: Session): string => readSide(shown.view.side)[0] ?? "";
const alert = ({ shown }: Session): string => readLine(shown.view.side.alert?.text ?? []);

const PROVEN: RollbackOutcome = { kind: "proven", revision: 169, items: [] };

test("what is recommended is reviewed at once, in the name of who sits there", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  assert.deepEqual(
    [
      heading(session),
      session.shown.view.selected,
      window.rollbacks.reviews.map(({ to, by }) => [to, by.name]),
    ],
    ["# *Roll back* 168 `9c1f2ab` → 167", 167, [[167, "Ann Lee"]]],
  );
});

test("without a recommendation nothing is chosen for anybody", async () => {
  const window = new PanelWindow();
  const session = await window.ready(
    {},
    aSnapshot({
      recommendation: { kind: "none", skipped: [{ revision: 164, why: "commit-unknown" }] },
    }),
  );
  assert.deepEqual(
    [window.rollbacks.reviews.length, readSide(session.shown.view.side)],
    [
      0,
      [
        "# Choose a revision to go back to",
        "No revision is recommended: the commit of 164 is not sure. One that can be chosen is chosen by hand.",
      ],
    ],
  );
});

test("a row is chosen by hand, and a recommendation that comes later does not change that", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  session.choose(165);
  await window.settled();
  window.rollbacks.tell(aSnapshot({ recommendation: { kind: "revision", revision: 166, skipped: [] } }));
  await window.settled();
  assert.deepEqual(
    [session.shown.view.selected, window.rollbacks.reviews.map(({ to }) => to)],
    [165, [167, 165]],
  );
});

test("what cannot be the target is not chosen, and the same row twice is one review", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  session.choose(168);
  session.choose(999);
  session.choose(165);
  session.choose(165);
  await window.settled();
  session.choose(165);
  await window.settled();
  assert.deepEqual(
    window.rollbacks.reviews.map(({ to }) => to),
    [167, 165],
  );
});

test("somebody deploys while one reads: the review is made anew and says so", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  const story = aHistory(
    { revision: 169, of: "77e01bd", status: "deployed" },
    { revision: 168, of: "9c1f2ab" },
  );
  window.rollbacks.judge = ({ to }) =>
    Promise.resolve(
      ok(
        window.reviewOf(to, {
          seen: {
            newest: 169,
            status: "deployed",
            version: { uid: "u169", resourceVersion: "1" },
            target: { uid: "u167", resourceVersion: "1" },
          },
        }),
      ),
    );
  window.rollbacks.tell(aSnapshot({ entries: [...story, ...aStory().slice(1)] }));
  await window.settled();
  window.rollbacks.tell(aSnapshot({ entries: [...story, ...aStory().slice(1)] }));
  await window.settled();
  assert.deepEqual(
    [window.rollbacks.reviews.length, alert(session)],
    [
      2,
      "Somebody deployed since this was reviewed: 169 is the newest now. Nothing was changed here; this is a fresh review.",
    ],
  );
});

test("a confirmed rollback runs once, however often the button's message comes", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  const early = await session.confirm("review-0", "web");
  const misspelt = await session.confirm("review-1", "wbe");
  void session.confirm("review-1", "web");
  const again = await session.confirm("review-1", "web");
  await window.settled();
  const [run, ...others] = window.rollbacks.runs;
  assert.deepEqual(
    [early, misspelt, again, others.length, run?.request.typed, run?.request.withoutLease, run?.request.by],
    [false, false, false, 0, "web", false, ann],
  );
  run?.end(PROVEN);
  await window.settled();
  assert.deepEqual(
    [
      heading(session),
      await session.confirm("review-1", "web"),
      window.told.map(({ outcome }) => outcome.kind),
    ],
    ["# ✓ *Rolled back to 167* · proven 09:00:00 (08:00:00 UTC)", false, ["proven"]],
  );
});

test("a run goes on without its panel, and the panel that is opened next shows where it is", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  session.dispose();
  await window.settled();
  const next = await window.ready();
  window.rollbacks.runs[0]?.phase({ kind: "proving", items: [], elapsed: 61_000, pods: [] });
  const during = heading(next);
  window.rollbacks.runs[0]?.end(PROVEN);
  await window.settled();
  assert.deepEqual(
    [during, heading(next), window.rollbacks.runs[0]?.signal.aborted],
    [
      "# ● *Rolling back* 168 `9c1f2ab` → 167 · 01:01",
      "# ✓ *Rolled back to 167* · proven 09:00:00 (08:00:00 UTC)",
      false,
    ],
  );
});

test("a panel that is opened after somebody deployed again does not show the proof of yesterday", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  await window.settled();
  window.rollbacks.runs[0]?.end(PROVEN);
  await window.settled();
  session.dispose();
  const [newest] = aHistory({ revision: 170, of: "77e01bd", status: "deployed" });
  if (newest === undefined) throw new Error("One entry was told.");
  const later = aSnapshot({ entries: [newest, ...aStory()] });
  window.rollbacks.tell(later);
  const next = await window.ready({}, later);
  assert.equal(heading(next), "# *Roll back* 168 `9c1f2ab` → 167");
});

test("while it runs nothing else is chosen; afterwards another revision can be", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  await window.settled();
  session.choose(165);
  await session.act({ kind: "stop-watching" });
  await window.settled();
  const during = [window.rollbacks.reviews.length, window.rollbacks.runs[0]?.signal.aborted];
  window.rollbacks.runs[0]?.end({ kind: "cancelled", truth: { kind: "goes-on", revision: 169 } });
  await window.settled();
  session.choose(165);
  await window.settled();
  assert.deepEqual([during, heading(session)], [[1, true], "# *Roll back* 168 `9c1f2ab` → 165"]);
});

test("a lease that cannot be had is gone without only by another confirmation, typed anew", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  await window.settled();
  window.rollbacks.runs[0]?.end({
    kind: "no-lease",
    error: { reason: "forbidden", detail: "update leases" },
  });
  await window.settled();
  const late = await session.confirm("review-1", "web");
  void session.confirm("review-1/without-lease", "web");
  await window.settled();
  assert.deepEqual(
    [late, window.rollbacks.runs.map(({ request }) => request.withoutLease)],
    [false, [false, true]],
  );
});

test("what was stale is reviewed anew, with the reason over it", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  await window.settled();
  window.rollbacks.runs[0]?.end({ kind: "stale", why: "newer", newest: 169 });
  await window.settled();
  assert.deepEqual(
    [window.rollbacks.reviews.length, alert(session), session.shown.view.side.confirm?.review],
    [
      2,
      "Somebody deployed since this was reviewed: 169 is the newest now. Nothing was changed here; this is a fresh review.",
      "review-2",
    ],
  );
});

test("a review that cannot be made says why and can be asked for again", async () => {
  const window = new PanelWindow();
  window.rollbacks.judge = () => Promise.resolve(fail({ reason: "revision-gone", revision: 167 }));
  const session = await window.ready();
  assert.deepEqual(readSide(session.shown.view.side), [
    "# ! Revision 167 could not be reviewed",
    "Revision 167 is gone: helm keeps only so many. Choose another one; the list is read again by itself.",
    "[Review Again] [Show Log]",
  ]);
});

test("what was chosen before a reload is reviewed again once its record is there", async () => {
  const window = new PanelWindow();
  const entries = aStory();
  const session = await window.ready(
    { chosen: 165 },
    aSnapshot({
      entries: entries.map((entry) => ({ ...entry, record: { kind: "reading" } })),
      recommendation: { kind: "reading" },
    }),
  );
  const before = window.rollbacks.reviews.length;
  window.rollbacks.tell(aSnapshot());
  await window.settled();
  assert.deepEqual(
    [before, session.shown.view.selected, heading(session)],
    [0, 165, "# *Roll back* 168 `9c1f2ab` → 165"],
  );
});

test("what was chosen before a reload and is gone gives way to what is recommended", async () => {
  const window = new PanelWindow();
  const session = await window.ready({ chosen: 12 });
  assert.equal(session.shown.view.selected, 167);
});

test("a subject that devdeploy.json does not name is said to be unknown, and nothing is asked", async () => {
  const window = new PanelWindow();
  const session = await window.ready({ subject: "shop", target: "shop" });
  assert.deepEqual(
    [session.shown.view.table.empty, session.shown.deeds.size, window.rollbacks.openHistories],
    [
      "devdeploy.json names no environment or machine shop whose helm release has a fixed name. Correct it, or open the history of another one.",
      0,
      0,
    ],
  );
});

test("a panel that is closed follows nothing any more", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  session.dispose();
  assert.equal(window.rollbacks.openHistories, 0);
});

test("why something runs as it does is looked into, and shown with what can be done", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  window.rollbacks.diagnosis = {
    cause: { kind: "waited-too-long" },
    evidence: [{ kind: "helm", about: "", text: "timed out" }],
  };
  await session.act({ kind: "why", revision: 168 });
  const side = readSide(session.shown.view.side);
  assert.deepEqual(
    [side[0], side.filter((line) => line.startsWith(">"))],
    ["# Why revision 168 does not run as it should", ["> helm says:", ">   timed out"]],
  );
});

const STUCK_INSTALL = {
  revision: 1,
  status: "pending-install",
  since: NOW - 2 * HOUR_MS,
  age: 2 * HOUR_MS,
  freeAt: NOW - HOUR_MS,
} as const;

test("what was never finished is removed only by typing its name, and once", async () => {
  const window = new PanelWindow();
  const entries = aHistory({ revision: 1, status: "pending-install" });
  const session = await window.ready(
    {},
    aSnapshot({
      entries,
      stuck: STUCK_INSTALL,
      runs: { kind: "nothing" },
      recommendation: { kind: "none", skipped: [] },
    }),
  );
  await session.act({ kind: "remove" });
  const asked = heading(session);
  const untyped = await session.confirm("remove/1", "");
  window.rollbacks.removal = { kind: "wrong-name" };
  await session.confirm("remove/1", "web");
  const refused = alert(session);
  window.rollbacks.removal = { kind: "removed" };
  const both = [session.confirm("remove/1", "web"), session.confirm("remove/1", "web")];
  assert.deepEqual(
    [asked, untyped, refused, await Promise.all(both), window.rollbacks.removals, heading(session)],
    [
      "# *Remove the release* `web`",
      false,
      "Nothing was changed: what was typed is not web.",
      [true, false],
      ["web", "web"],
      "# ✓ The release `web` is removed",
    ],
  );
});

test("pods are watched while a rollback runs, and only then", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  assert.deepEqual(window.pods.watched, []);
  void session.confirm("review-1", "web");
  await window.settled();
  assert.deepEqual(window.pods.watched, ["web"]);
  const [run] = window.rollbacks.runs;
  run?.phase({ kind: "proving", items: [], elapsed: 0, pods: [] });
  window.pods.tell("web", somePodsOf([aPod({ name: "web-1", ready: false })]));
  const lines = (): readonly string[] => readSide(session.shown.view.side);
  assert.equal(lines().includes("## Pods, live: ready 0/1"), true, lines().join("\n"));
  window.pods.tell("web", somePodsOf([aPod({ name: "web-1" })]));
  assert.equal(lines().includes("## Pods, live: ready 1/1"), true, lines().join("\n"));
  run?.end(PROVEN);
  await window.settled();
  assert.deepEqual(window.pods.watched, []);
});

test("a panel that is closed while a rollback runs lets its pods go", async () => {
  const window = new PanelWindow();
  const session = await window.ready();
  void session.confirm("review-1", "web");
  await window.settled();
  session.dispose();
  assert.deepEqual([window.pods.watched, window.pods.disposed], [[], 1]);
});
