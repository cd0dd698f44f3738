import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { UndoOutcome, UndoReview } from "../../../../src/app/undoOutcome.ts";
import type { Environment } from "../../../../src/domain/config.ts";
import { fail, ok } from "../../../../src/domain/result.ts";
import type { PanelMemory } from "../../../../src/protocol/panel.ts";
import type { Deed } from "../../../../src/ui/panel/deeds.ts";
import type { UndoOrder } from "../../../../src/ui/panel/rolloutRuns.ts";
import { aConfig, aHelmDriver, ann } from "../../../builders/deploy.ts";
import { readBanner, readLine, readSide } from "../../../builders/readPanel.ts";
import { aRolloutSnapshot, aRolloutStory, anUndoReview } from "../../../builders/rolloutPanel.ts";
import { anAddress } from "../../../builders/rollouts.ts";
import { TeamWindow } from "../../../fakes/teamWindow.ts";

process.env["TZ"] = "Europe/Berlin";
const { RolloutSession } = await import("../../../../src/ui/panel/rolloutSession.ts");
const { UndoRuns } = await import("../../../../src/ui/panel/rolloutRuns.ts");

/** helm deploys `web` to the namespace in which the Deployment lies. */
const SHOP: Environment = {
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

type Session = InstanceType<typeof RolloutSession>;

/** A window with the panel of `Deployment/web` open in it. */
class RolloutWindow extends TeamWindow {
  readonly undos = new UndoRuns(() => this.clock.now());
  readonly told: { readonly order: UndoOrder; readonly outcome: UndoOutcome }[] = [];
  readonly deeds: Deed[] = [];
  seen = 0;

  constructor() {
    super(ann, aConfig({ environments: [SHOP] }));
    this.rollouts.judge = ({ toUid }) => Promise.resolve(ok(this.reviewOf(toUid)));
  }

  reviewOf(uid: string): UndoReview {
    this.seen += 1;
    const found = aRolloutStory().find(({ revision }) => revision.object.uid === uid)?.revision;
    if (found === undefined) throw new Error(`${uid} is none of the story`);
    const to = { revision: found.revision, uid, hash: found.hash };
    return anUndoReview({ id: `undo-${this.seen}`, to, toRevision: found });
  }

  open(memory: Pick<PanelMemory, "chosen"> = {}, workload = anAddress()): Session {
    const { clock, log, folders, undos } = this;
    return new RolloutSession(
      {
        clock,
        log: Object.assign(log, { show: () => undefined }),
        folders,
        foldersRead: Promise.resolve(),
        undos,
        language: "en",
        tellUndone: (order, outcome) => {
          this.told.push({ order, outcome });
        },
      },
      { folder: "demo", workload, ...memory },
      (deed) => {
        this.deeds.push(deed);
        return Promise.resolve();
      },
    );
  }

  async ready(memory: Pick<PanelMemory, "chosen"> = {}, snapshot = aRolloutSnapshot()): Promise<Session> {
    const session = this.open(memory);
    this.folders.wake();
    await this.settled();
    this.rollouts.tell(snapshot);
    await this.settled();
    return session;
  }

  get reviewed(): readonly string[] {
    return this.rollouts.reviews.map(({ toUid }) => toUid);
  }
}

const heading = ({ shown }: Session): string => readSide(shown.view.side)[0] ?? "";
const alert = ({ shown }: Session): string => readLine(shown.view.side.alert?.text ?? []);

const PROVEN: UndoOutcome = { kind: "proven", revision: 169, items: [] };

test("what is recommended is reviewed at once, by its object and in the name of who sits there", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  assert.deepEqual(
    [
      heading(session),
      session.shown.view.selected,
      window.rollouts.reviews.map(({ toUid, by }) => [toUid, by.name]),
    ],
    ["# *Undo* 168 `9c1f2ab` → 167", 167, [["rs167", "Ann Lee"]]],
  );
});

test("a namespace that devdeploy.json does not name is not read, whoever asks for it", async () => {
  const window = new RolloutWindow();
  const session = window.open({}, anAddress({ namespace: "kube-system" }));
  window.folders.wake();
  await window.settled();
  assert.deepEqual(
    [window.rollouts.openHistories, session.shown.view.title, session.shown.view.table.empty],
    [
      0,
      "Deployment/web",
      "devdeploy.json names nothing in the namespace kube-system of the context production, and only namespaces that it names are read. Correct it, or open the rollouts of another workload.",
    ],
  );
});

test("a row is chosen by hand; a later recommendation does not change that, and what runs is not chosen", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  session.choose(168);
  session.choose(165);
  await window.settled();
  window.rollouts.tell(
    aRolloutSnapshot({ recommendation: { kind: "revision", uid: "rs166", revision: 166, skipped: [] } }),
  );
  await window.settled();
  assert.deepEqual([session.shown.view.selected, window.reviewed], [165, ["rs167", "rs165"]]);
});

test("what was chosen before a reload is chosen again", async () => {
  const window = new RolloutWindow();
  const session = await window.ready({ chosen: 165 });
  assert.deepEqual([session.shown.view.selected, window.reviewed], [165, ["rs165"]]);
});

test("somebody else's change of the workload brings a fresh review, and says so", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  const { workload } = aRolloutSnapshot();
  assert.ok(workload);
  window.rollouts.tell(aRolloutSnapshot({ workload: { ...workload, generation: 3 } }));
  await window.settled();
  assert.deepEqual(
    [window.reviewed, alert(session)],
    [
      ["rs167", "rs167"],
      "Somebody changed the workload since this was reviewed. Nothing was changed here; this is a fresh review.",
    ],
  );
});

test("a paused rollout is not reviewed but says what to do, and is reviewed by itself once it is resumed", async () => {
  const window = new RolloutWindow();
  window.rollouts.judge = () => Promise.resolve(fail({ reason: "paused" }));
  const { workload } = aRolloutSnapshot();
  assert.ok(workload);
  const session = await window.ready({}, aRolloutSnapshot({ workload: { ...workload, isPaused: true } }));
  const before = readSide(session.shown.view.side);
  window.rollouts.judge = ({ toUid }) => Promise.resolve(ok(window.reviewOf(toUid)));
  window.rollouts.tell(aRolloutSnapshot());
  await window.settled();
  assert.deepEqual(
    [before, heading(session)],
    [
      [
        "# ! The rollout is paused",
        "A paused rollout cannot be undone, with kubectl as little as here. Resume it with the command below, then review again.",
        "$ kubectl rollout resume deployment/web --namespace=buffer --context=production [Copy]",
        "[Review Again] [Show Log]",
      ],
      "# *Undo* 168 `9c1f2ab` → 167",
    ],
  );
});

test("nothing to change is said as that, and nothing can be confirmed", async () => {
  const window = new RolloutWindow();
  window.rollouts.judge = () => Promise.resolve(fail({ reason: "same-template", revision: 168 }));
  const session = await window.ready();
  assert.deepEqual(
    [readSide(session.shown.view.side), await session.confirm("undo-1", "")],
    [
      [
        "# i Nothing to change",
        "The workload has the template of revision 168 already, so an undo would change nothing. Choose another one.",
        "[Review Again] [Show Log]",
      ],
      false,
    ],
  );
});

test("a confirmation counts once, for the review that stands there, and its end is told", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  const late = await session.confirm("undo-0", "");
  const first = session.confirm("undo-1", "");
  const second = await session.confirm("undo-1", "");
  window.rollouts.runs[0]?.end(PROVEN);
  assert.deepEqual([late, await first, second, window.rollouts.runs.length], [false, true, false, 1]);
  assert.deepEqual(
    [
      readLine(session.shown.view.side.heading).split(" · ")[0],
      window.told.map(({ outcome }) => outcome.kind),
    ],
    ["*Undone to 167*, now revision 169", ["proven"]],
  );
});

test("an undo outlives its panel, and one that is opened anew shows how it ended", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  void session.confirm("undo-1", "");
  await window.settled();
  session.dispose();
  window.rollouts.runs[0]?.end(PROVEN);
  await window.settled();
  const { workload } = aRolloutSnapshot();
  assert.ok(workload);
  const openedAt = async (uid: string, revision: number): Promise<string> => {
    window.rollouts.tell(aRolloutSnapshot({ workload: { ...workload, current: { uid, revision } } }));
    const again = window.open();
    await window.settled();
    const { kind } = again.shown.view.side;
    again.dispose();
    return kind;
  };
  assert.deepEqual(
    [await openedAt("rs167", 169), await openedAt("rs170", 170)],
    ["proven", "review"],
    "until something newer was rolled out",
  );
});

test("what was not begun stands beside the review again, or beside a fresh one", async () => {
  const ends: readonly UndoOutcome[] = [
    { kind: "wrong-name" },
    { kind: "no-lease", error: { reason: "aborted" } },
    { kind: "not-written", error: { reason: "conflict" } },
    { kind: "not-written", error: { reason: "refused", detail: "denied by policy" } },
    { kind: "cancelled", truth: { kind: "nothing-done" } },
  ];
  const said: unknown[] = [];
  for (const end of ends) {
    const window = new RolloutWindow();
    const session = await window.ready();
    const confirming = session.confirm("undo-1", "");
    window.rollouts.runs[0]?.end(end);
    await confirming;
    await window.settled();
    said.push([window.reviewed.length, session.shown.view.side.confirm?.review, alert(session).slice(0, 60)]);
  }
  assert.deepEqual(said, [
    [1, "undo-1", "Nothing was changed: what was typed is not web."],
    [1, "undo-1/without-lease", "Nothing was changed: the operation Lease could not be had. T"],
    [2, "undo-2", "Somebody changed the workload at the same moment, so nothing"],
    [1, "undo-1", "Nothing was changed: the cluster does not take that template"],
    [1, "undo-1", "Stopped before anything was written. Nothing was changed."],
  ]);
});

test("after one that did not work another revision is a press away, by its object", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  const confirming = session.confirm("undo-1", "");
  window.rollouts.runs[0]?.end({
    kind: "not-proven",
    revision: 169,
    items: [],
    diagnosis: { cause: { kind: "unknown" }, evidence: [] },
    stillServing: 0,
  });
  await confirming;
  await session.act({ kind: "undo-to", uid: "rs165" });
  await window.settled();
  assert.deepEqual([window.reviewed, heading(session)], [["rs167", "rs165"], "# *Undo* 168 `9c1f2ab` → 165"]);
});

test("why the newest template does not run is looked into, and leads to an undo", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  await session.act({ kind: "why", revision: 168 });
  assert.deepEqual(
    [heading(session), readSide(session.shown.view.side).filter((line) => line.startsWith("[!"))],
    ["# Why the newest template does not run as it should", ["[!Review an Undo to 167]"]],
  );
});

test("what helm manages leads to the history of its release, where devdeploy.json names it", async () => {
  const window = new RolloutWindow();
  const { workload } = aRolloutSnapshot();
  assert.ok(workload);
  const managed = (release: string): ReturnType<typeof aRolloutSnapshot> =>
    aRolloutSnapshot({
      status: { kind: "complete" },
      workload: { ...workload, manager: { kind: "helm", release, namespace: "buffer" } },
    });
  const session = await window.ready({}, managed("web"));
  const named = session.shown.view.banners.map(readBanner);
  const [action] = session.shown.view.banners[0]?.actions ?? [];
  const deed = session.shown.deeds.get(action?.id ?? "");
  window.rollouts.tell(managed("other"));
  const copied = session.shown.view.banners[0]?.actions[0]?.tooltip;
  assert.deepEqual(
    [named, deed, copied],
    [
      [
        "warning: helm manages `Deployment/web`, as release `web`. An undo here makes helm's record untrue, and the next deploy takes it back in part. Roll back the release instead. [Open the History of web]",
      ],
      { kind: "show-release", folder: "demo", subject: "web", target: "web" },
      "helm history other --namespace=buffer --kube-context=production",
    ],
  );
});

test("what leads out of the panel is done elsewhere, and stopping is told to the run", async () => {
  const window = new RolloutWindow();
  const session = await window.ready();
  await session.act({ kind: "copy-link" });
  await session.act({ kind: "refresh" });
  void session.confirm("undo-1", "");
  await window.settled();
  await session.act({ kind: "stop-watching" });
  assert.deepEqual(
    [window.deeds, window.rollouts.relists, window.rollouts.runs[0]?.signal.aborted],
    [[{ kind: "copy-link" }], 1, true],
  );
});
