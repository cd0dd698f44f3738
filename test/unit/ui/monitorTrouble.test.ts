import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Deployed, Monitored } from "../../../src/app/monitors.ts";
import type { RollbackOutcome } from "../../../src/app/rollbackOutcome.ts";
import type { UndoOutcome } from "../../../src/app/undoOutcome.ts";
import type { CommandServices } from "../../../src/ui/commands/services.ts";
import type { Connection } from "../../../src/ui/model/connection.ts";
import type { TeamFolder } from "../../../src/ui/model/teamFolder.ts";
import type { ProvenDeploy } from "../../../src/ui/monitoring.ts";
import { aCommit, aConfig } from "../../builders/deploy.ts";
import { aRunOrder, aSnapshot, aStory } from "../../builders/panel.ts";
import { anAddress, aRolloutSubject } from "../../builders/rollouts.ts";
import { ManualClock } from "../../fakes/clock.ts";
import { FakeRollbacks } from "../../fakes/rollbacks.ts";
import { FakeRollouts } from "../../fakes/rollouts.ts";

interface FakeVscode {
  readonly notifications: {
    readonly shown: readonly {
      readonly buttons: readonly string[];
      answer(label: string | undefined): void;
    }[];
    reset(): void;
  };
  readonly workspace: { readonly shown: string[] };
}
// The loader puts the stand-in here.
const { notifications, workspace } = (await import("vscode")) as unknown as FakeVscode;
const { tellTrouble } = await import("../../../src/ui/monitorTrouble.ts");
const { monitorRuns } = await import("../../../src/ui/monitorRuns.ts");
const { rollbackSubjects } = await import("../../../src/app/rollbackSubjects.ts");
const { RollbackRuns } = await import("../../../src/ui/panel/rollbackRuns.ts");
const { UndoRuns } = await import("../../../src/ui/panel/rolloutRuns.ts");

beforeEach(() => {
  notifications.reset();
  workspace.shown.length = 0;
});

const team = aConfig();
const [subject] = rollbackSubjects(team);
assert.ok(subject !== undefined);
const { release, name, target } = subject;
const place = { key: "demo", name: "demo", path: "/demo" };
const inTeam = { context: release.context, namespace: release.namespace };
const workload = anAddress(inTeam);
const RELEASE: Deployed = { kind: "release", release, revision: 168 };

/** A window in which something that was proven has got into trouble. */
class Stage {
  readonly clock = new ManualClock();
  readonly rollback = new FakeRollbacks();
  readonly rollouts = new FakeRollouts();
  readonly opened: unknown[] = [];
  ended = false;

  async tell(what: Deployed): Promise<void> {
    const connection: Partial<Connection> = { rollback: this.rollback, rollouts: this.rollouts };
    const folder: Partial<TeamFolder> = { team, place };
    const services: Partial<CommandServices> = {
      clock: this.clock,
      panels: {
        show: (about) => {
          this.opened.push(about);
        },
        tellEnd: () => Promise.resolve(),
      },
    };
    const now = this.clock.now();
    const entry: Monitored = {
      ...{ id: "1", folder: "demo", subject: name, target, what, provenAt: now, until: now, baselines: {} },
    };
    const told = tellTrouble(
      services as CommandServices,
      entry,
      { workload, troubles: [{ kind: "restarted", pod: "web-1", restarts: 1, since: now }] },
      { folder: folder as TeamFolder, connection: connection as Connection },
    );
    void told.then(() => {
      this.ended = true;
    });
    await this.clock.advance(0);
  }

  async press(label: string): Promise<void> {
    notifications.shown.at(-1)?.answer(label);
    await this.clock.advance(0);
  }

  get labels(): readonly string[] {
    return notifications.shown.at(-1)?.buttons ?? [];
  }
}

test("the button opens the history with the recommended revision chosen, and rolls nothing back", async () => {
  const stage = new Stage();
  const recommendation = { kind: "revision", revision: 166, skipped: [] } as const;
  stage.rollback.tell(aSnapshot({ entries: aStory(), recommendation }));
  await stage.tell(RELEASE);
  const [label = ""] = stage.labels;
  await stage.press(label);
  const [about] = stage.opened;
  assert.match(label, /^Roll Back to (?:Revision 166|[0-9a-f]{7})…$/u);
  assert.deepEqual(
    [{ ...(about as object), commit: undefined }, stage.rollback.runs, stage.rollback.openHistories],
    [{ kind: "roll-back", folder: "demo", subject: name, target, chosen: 166, commit: undefined }, [], 0],
  );
});

test("where there is nothing to go back to no way back is offered, and where nobody knows yet the panel says it", async () => {
  const none = new Stage();
  none.rollback.tell(aSnapshot({ recommendation: { kind: "none", skipped: [] } }));
  await none.tell(RELEASE);
  const nothing = none.labels;
  const slow = new Stage();
  await slow.tell(RELEASE);
  const early = notifications.shown.length;
  await slow.clock.advance(10_000);
  assert.deepEqual(
    [nothing, early, slow.labels, slow.rollback.openHistories],
    [["Show Log"], 1, ["Roll Back…", "Show Log"], 0],
  );
});

test("the log is that of the container that restarted, before it did", async () => {
  const stage = new Stage();
  stage.rollback.tell(aSnapshot({ recommendation: { kind: "none", skipped: [] } }));
  stage.rollouts.diagnosis = {
    cause: { kind: "crash-loop", pod: "web-1", container: "app", exitCode: 1, restarts: 1 },
    evidence: [],
  };
  await stage.tell(RELEASE);
  await stage.press("Show Log");
  assert.deepEqual([workspace.shown, stage.ended], [["/web-1.app.previous.log"], true]);
});

test("of a workload the way back opens its own history", async () => {
  const stage = new Stage();
  const { current } = stage.rollouts.history(aRolloutSubject({ workload }));
  stage.rollouts.tell({
    ...current,
    recommendation: { kind: "revision", uid: "rs1", revision: 1, skipped: [] },
  });
  await stage.tell({ kind: "workload", workload, revision: 2 });
  await stage.press("Roll Back…");
  assert.deepEqual(
    stage.opened.map((about) => (about as { readonly workload?: unknown }).workload),
    [workload],
  );
});

test("rollbacks and undos that were proven in this window are monitored, and others not", () => {
  const deployed: ProvenDeploy[] = [];
  const runs = new RollbackRuns(() => 0);
  const undos = new UndoRuns(() => 0);
  const folder: Partial<TeamFolder> = { team, place };
  const following = monitorRuns({
    ...{ runs, undos, folders: { all: [folder as TeamFolder] } },
    monitoring: {
      deployed: (one) => {
        deployed.push(one);
      },
    },
  });
  const commit = aCommit("4f1c0de");
  const order = aRunOrder({ release, to: { revision: 167, commit } });
  const proven: RollbackOutcome = { kind: "proven", revision: 169, items: [] };
  const failed: RollbackOutcome = { kind: "nothing-runs", revision: 169, items: [] };
  runs.begin(order).ended(failed);
  runs.begin(order).ended(proven);
  runs.begin(aRunOrder({ release: { ...release, release: "elsewhere" } })).ended(proven);
  const undo = {
    subject: aRolloutSubject({ workload }),
    from: { revision: 3 },
    to: { revision: 2, uid: "rs2" },
    ...{ fromUid: "rs3", undone: [], startedAt: 0 },
  };
  const undone: UndoOutcome = { kind: "proven", revision: 4, items: [] };
  undos.begin(undo).ended(undone);
  undos.begin(undo).ended({ kind: "paused" });
  following.dispose();
  runs.begin(order).ended(proven);
  assert.deepEqual(
    deployed.map(({ folder: key, what, commit: of }) => [key, what, of]),
    [
      ["demo", { kind: "release", release, revision: 169 }, commit],
      ["demo", { kind: "workload", workload, revision: 4 }, undefined],
    ],
  );
});
