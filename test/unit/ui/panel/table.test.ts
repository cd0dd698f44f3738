import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistorySnapshot } from "../../../../src/app/historySnapshot.ts";
import { HOUR_MS } from "../../../../src/domain/time.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aHistory } from "../../../builders/history.ts";
import { aModel, aSnapshot, facts, NOW, withCommits } from "../../../builders/panel.ts";
import { readRows } from "../../../builders/readPanel.ts";

process.env["TZ"] = "Europe/Berlin";
const { panelView } = await import("../../../../src/ui/panel/view.ts");

const shown = (snapshot: Partial<HistorySnapshot> = {}): ReturnType<typeof panelView> =>
  panelView(aModel({ snapshot: aSnapshot(snapshot) }));

test("each row leads with what it is, and what runs is no matter of helm's status", () => {
  assert.deepEqual(readRows(shown().view), [
    "168 ✗ · runs now | 9c1f2ab · Rework queue retries · Dan Ortiz · by its image web:9c1f2ab… · [#4127] | 1 h ago · 01:00 (00:00 UTC) | failed",
    "167 · <recommended> | 51d0c3e · Fix timezone in composer · same commit as 166, deployed again · by its image web:51d0c3e… | 2 h ago · 00:00 (23:00 UTC) | ran 1 h · deployed",
    "166 | 51d0c3e · Fix timezone in composer · Ann Lee · by its image web:51d0c3e… | 3 h ago · Wed 23:00 (22:00 UTC) | ran 1 h · superseded",
    "165 | e47aa01 · Cache profile images · Eric Cole · by its image web:e47aa01… | 4 h ago · Wed 22:00 (21:00 UTC) | ran 1 h · superseded",
    "164 | shop/web:latest: such a tag can be moved, commit unknown | 5 h ago · Wed 21:00 (20:00 UTC) | ran 1 h · superseded",
    "163 | b0139fd · Earlier work · rollback to 161 · by its image web:b0139fd… | 6 h ago · Wed 20:00 (19:00 UTC) | ran 1 h · superseded",
  ]);
});

test("of the same commit, what else changed is said", () => {
  const commits = [facts("51d0c3e")];
  const rows = (newer: object): readonly string[] => {
    const entries = aHistory({ revision: 2, of: "51d0c3e", ...newer }, { revision: 1, of: "51d0c3e" });
    const { view } = shown({ entries: withCommits(entries, commits), runs: { kind: "reading" } });
    return view.table.rows.map(({ commit }) => commit.under ?? "");
  };
  assert.deepEqual(
    [rows({ values: { replicas: 2 } }), rows({ chart: "app-2.0.0" }), rows({})],
    [
      ["same commit as 1, values changed", "Ann Lee"],
      ["same commit as 1, chart changed", "Ann Lee"],
      ["same commit as 1, deployed again", "Ann Lee"],
    ],
  );
});

test("a guess is called one, and what cannot be read is said to be so", () => {
  const [first, second, third, fourth] = aHistory(
    { revision: 4 },
    { revision: 3 },
    { revision: 2 },
    { revision: 1, of: "51d0c3e" },
  );
  if (first?.record.kind !== "read" || second === undefined || third === undefined || fourth === undefined) {
    throw new Error("four entries");
  }
  const guess = {
    kind: "ambiguous",
    why: "several",
    candidates: [aCommit("9c1f2ab"), aCommit("77e01bd")],
    source: "image",
    evidence: "shop/web:a",
  } as const;
  const entries = [
    { ...first, record: { ...first.record, match: guess } },
    { ...second, record: { kind: "unreadable", detail: "no gzip" } as const },
    { ...third, record: { kind: "unread", detail: "not reachable" } as const },
    fourth,
  ];
  const { view } = shown({ entries, runs: { kind: "reading" }, recommendation: { kind: "reading" } });
  assert.deepEqual(
    view.table.rows.map(({ chips, commit, state, mayBeChosen, tooltip }) => [
      commit.grade,
      commit.text,
      commit.actions.map(({ label }) => label).join(),
      [...chips, state].map(({ text }) => text).join(),
      mayBeChosen ? "" : tooltip,
    ]),
    [
      ["ambiguous", "a guess: its images name 9c1f2ab, 77e01bd", "", "guess only,superseded", ""],
      [
        "unknown",
        "record cannot be read: no gzip",
        "",
        "unreadable",
        "Its record cannot be read, so nobody knows what it would bring.",
      ],
      [
        "reading",
        "record was not read yet, and is tried again: not reachable",
        "",
        "ran 1 h",
        "Its record cannot be read, so nobody knows what it would bring.",
      ],
      ["exact", "not in your clone", "Fetch", "ran 1 h", ""],
    ],
  );
});

test("what failed, is pending, runs, or has a status that nobody knows cannot be chosen, and the row says why", () => {
  const entries = aHistory(
    { revision: 5, status: "pending-upgrade" },
    { revision: 4, status: "failed" },
    { revision: 3, status: "unknown", unknownStatus: "paused" },
    { revision: 2, status: "uninstalled" },
    { revision: 1, status: "deployed", of: "51d0c3e" },
  );
  const { view } = shown({ entries, runs: { kind: "revision", revision: 1, isDeployed: true } });
  assert.deepEqual(
    view.table.rows.map(({ state, tooltip, mayBeChosen }) => [state.text, tooltip, mayBeChosen]),
    [
      ["pending-upgrade", "helm has not finished it, so it is no revision to go back to.", false],
      ["failed", "Its rollout failed, so it is no revision to go back to.", false],
      [
        "paused",
        "helm gives it a status that Devdeploy does not know, so it is no revision to go back to.",
        false,
      ],
      ["uninstalled", "It was uninstalled.", false],
      ["deployed", "This is what runs now.", false],
    ],
  );
});

test("the caption says what the next revision drops", () => {
  const captions = [10, 6, 3, 0].map((historyMax) => {
    const { subject } = aSnapshot();
    return shown({ subject: { ...subject, driver: { ...subject.driver, historyMax } } }).view.table.caption;
  });
  assert.deepEqual(captions, [
    "6 revisions · helm keeps 10",
    "6 revisions · helm keeps 6, the next one drops 163",
    "6 revisions · helm keeps 3, the next one drops 163, 164, 165, 166",
    "6 revisions · helm keeps all of them",
  ]);
});

test("without a release the table says why, and how it fills", () => {
  assert.deepEqual(
    [
      shown({ entries: [] }).view.table.empty,
      shown({ entries: [], liveness: { kind: "connecting" } }).view.table.empty,
    ],
    [
      "helm has no release web in the namespace buffer: nothing was deployed there yet, or it was removed. Its first revision appears here by itself. Records that helm keeps in SQL (HELM_DRIVER=sql) cannot be read here.",
      "Reading helm's records…",
    ],
  );
});

test("a weekday names a day of the last week only", () => {
  const { view } = panelView(aModel({ now: NOW + 10 * 24 * HOUR_MS }));
  assert.equal(view.table.rows[0]?.deployed.exactly, "Thu, 8 Jan 1970 01:00 (00:00 UTC)");
});

test("whatever a release says stays text, and shows what is hidden in it", () => {
  const hostile = "<img src=x onerror=alert(1)> \u202e[x](command:evil)\u001b[31m";
  const entries = withCommits(
    aHistory({ revision: 1, of: "51d0c3e", chart: hostile, description: hostile }),
    [facts("51d0c3e", { subject: hostile, author: hostile })],
  );
  const [row] = shown({ entries }).view.table.rows;
  const visible = "<img src=x onerror=alert(1)> \\u{202e}[x](command:evil)\\u{1b}[31m";
  assert.deepEqual([row?.commit.text, row?.commit.under, row?.chart], [visible, visible, visible]);
});
