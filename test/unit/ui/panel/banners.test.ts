import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistorySnapshot } from "../../../../src/app/historySnapshot.ts";
import type { StuckRelease } from "../../../../src/domain/history.ts";
import { HOUR_MS, MINUTE_MS } from "../../../../src/domain/time.ts";
import { aHistory } from "../../../builders/history.ts";
import { aModel, aSnapshot, NOW } from "../../../builders/panel.ts";
import { readBanner } from "../../../builders/readPanel.ts";

process.env["TZ"] = "Europe/Berlin";
const { panelView } = await import("../../../../src/ui/panel/view.ts");

const CALM: Partial<HistorySnapshot> = { runs: { kind: "revision", revision: 167, isDeployed: true } };

const shown = (snapshot: Partial<HistorySnapshot>): ReturnType<typeof panelView> =>
  panelView(aModel({ snapshot: aSnapshot({ ...CALM, ...snapshot }) }));

const banners = (snapshot: Partial<HistorySnapshot>): readonly string[] =>
  shown(snapshot).view.banners.map(readBanner);

test("where what runs is what helm calls deployed, nothing stands over the table", () => {
  assert.deepEqual(banners({}), []);
});

test("what runs is a fact of its own, apart from helm's words", () => {
  assert.deepEqual(
    [
      banners({ runs: { kind: "revision", revision: 168, isDeployed: false } }),
      banners({ runs: { kind: "revision", revision: 165, isDeployed: false } }),
      banners({ runs: { kind: "nothing" } }),
      banners({ runs: { kind: "unknown", detail: "timeout" } }),
      banners({ runs: { kind: "reading" } }),
    ],
    [
      [
        "warning: What runs is revision 168 (`9c1f2ab`), whose rollout *failed*. helm still marks 167 as deployed. [Why]",
      ],
      [
        "warning: What runs is revision 165 (`e47aa01`), which helm calls `superseded`. helm marks 167 as deployed. [Why]",
      ],
      ["warning: None of the release's workloads is in the cluster, or it has none: nothing of it runs."],
      ["warning: What runs could not be read: timeout"],
      [],
    ],
  );
});

test("what somebody changed past helm is named, with the command that aligns it", () => {
  const runs: HistorySnapshot["runs"] = {
    kind: "drift",
    revision: 167,
    differences: [
      { workload: "Deployment/web", container: "app", recorded: "web:51d0c3e", live: "web:debug" },
      { workload: "Deployment/web", container: "shell", recorded: "", live: "busybox" },
    ],
  };
  const { view, deeds } = shown({ runs });
  const [deed] = [...deeds.values()].filter(({ kind }) => kind === "copy");
  assert.deepEqual(
    [view.banners.map(readBanner), deed, view.table.rows[1]?.under, view.table.rows[1]?.mayBeChosen],
    [
      [
        "warning: What runs is not what helm's record of 167 says: `Deployment/web` runs `web:debug` and not `web:51d0c3e`; `Deployment/web` has a container `shell`, which the record has not. Somebody changed it past helm; going back to 167 aligns them. [Copy the Command]",
      ],
      {
        kind: "copy",
        text: "helm rollback web 167 --namespace=buffer --kube-context=production --wait --timeout=5m --history-max=10",
      },
      "changed past helm",
      true,
    ],
  );
});

test("the command that aligns finds records in ConfigMaps, too", () => {
  const entries = aSnapshot().entries.map((entry) => ({
    ...entry,
    label: { ...entry.label, driver: "configmap" } as const,
  }));
  const { deeds } = shown({ entries, runs: { kind: "drift", revision: 167, differences: [] } });
  const [deed] = [...deeds.values()].filter(({ kind }) => kind === "copy");
  assert.match(deed?.kind === "copy" ? deed.text : "", /^env HELM_DRIVER=configmap helm rollback web 167 /u);
});

const PENDING = aHistory({ revision: 169, status: "pending-upgrade" }, { revision: 168, of: "9c1f2ab" });
const WITHOUT_GOOD: StuckRelease = {
  revision: 169,
  status: "pending-upgrade",
  by: "Ben Ode",
  since: NOW - HOUR_MS,
  age: HOUR_MS,
  freeAt: NOW - MINUTE_MS,
};
const STUCK: StuckRelease = { ...WITHOUT_GOOD, lastGood: 168 };

test("a helm at work is told; once it must be gone, the way out is offered", () => {
  const working = {
    kind: "working",
    by: "ben",
    name: "Ben Ode",
    run: "r",
    what: "deploying master",
    lasts: 30_000,
    transitions: 1,
    beat: "",
  } as const;
  assert.deepEqual(
    [
      banners({ entries: PENDING }),
      banners({ entries: PENDING, operation: working }),
      banners({ entries: PENDING, stuck: STUCK }),
      banners({ entries: PENDING, stuck: { ...STUCK, freeAt: NOW + MINUTE_MS } }),
      banners({ entries: PENDING, stuck: STUCK, operation: working }),
      banners({ entries: PENDING, stuck: WITHOUT_GOOD }),
      banners({ entries: PENDING, stuck: { ...WITHOUT_GOOD, status: "pending-install" } }),
    ],
    [
      [
        "info: By its record helm is at work: revision 169 is `pending-upgrade` since 02:00 (01:00 UTC). This panel shows how it ends; if nothing comes of it, it offers to clear it once helm's time limit has passed.",
      ],
      ["info: Ben Ode is at work here: deploying master."],
      [
        "bad: Revision 169 is `pending-upgrade` since 01:00 (00:00 UTC) (1 h, by Ben Ode). Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. Going back to 168, which ran, clears it. [Recover: Go Back to 168…]",
      ],
      [
        "bad: Revision 169 is `pending-upgrade` since 01:00 (00:00 UTC) (1 h, by Ben Ode). helm may take until 02:01 (01:01 UTC); from then on this panel offers to clear it.",
      ],
      [
        "bad: Revision 169 is `pending-upgrade` since 01:00 (00:00 UTC) (1 h, by Ben Ode). Ben Ode holds the operation Lease (deploying master), so it is left alone.",
      ],
      [
        "bad: Revision 169 is `pending-upgrade` since 01:00 (00:00 UTC) (1 h, by Ben Ode). Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. Nothing before it ever ran: what to keep of it, only a person can say. Look at helm history.",
      ],
      [
        "bad: Revision 169 is `pending-install` since 01:00 (00:00 UTC) (1 h, by Ben Ode). Nobody seems to be at work at it any more, and helm deploys nothing until it is cleared. It is the first installation, so the release has to be removed. [Remove the Unfinished Release…]",
      ],
    ],
  );
});

test("each oddity of the records is told", () => {
  assert.deepEqual(
    banners({
      warnings: [
        { kind: "two-deployed", revisions: [168, 167] },
        { kind: "missing", revisions: [160, 161, 162, 163, 164, 165, 166] },
        { kind: "helm-2" },
        { kind: "two-drivers" },
      ],
    }),
    [
      "warning: helm marks more than one revision as deployed (168, 167); the newest of them counts, as for helm itself. The next rollback or deploy puts that right.",
      "warning: The records of 160, 161, 162, 163, 164 and 2 more are missing in between: somebody deleted them. Nobody can go back to those.",
      "warning: There are records of helm 2 of this release. Devdeploy does not read those: move them with the plugin helm-2to3 first.",
      "warning: There are records in Secrets and in ConfigMaps. Which of them helm uses depends on HELM_DRIVER; remove the others.",
    ],
  );
});

test("without a connection nothing is shown as current", () => {
  const { view } = shown({
    liveness: {
      kind: "stale",
      since: NOW,
      error: { reason: "unreachable", server: "https://prod:6443", detail: "ECONNREFUSED" },
    },
    runs: { kind: "unknown", detail: "" },
    recommendation: { kind: "none", skipped: [] },
  });
  assert.deepEqual(
    [
      view.liveness.text,
      view.banners.map(readBanner),
      view.table.rows.filter(({ runsNow, isRecommended }) => runsNow || isRecommended),
    ],
    [
      "unknown since 02:00 · not reachable",
      [
        "warning: Not connected since 02:00, and what is shown is of then: https://prod:6443 cannot be reached: ECONNREFUSED. Check the network or the VPN. Retrying.",
      ],
      [],
    ],
  );
});
