import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import type { CommitFacts } from "../../src/domain/commitMatch.ts";
import type { HistoryEntry } from "../../src/domain/history.ts";
import { HOUR_MS, type EpochMs } from "../../src/domain/time.ts";
import type { PanelModel } from "../../src/ui/panel/model.ts";
import type { RunOrder } from "../../src/ui/panel/rollbackRuns.ts";
import { aCommit } from "./deploy.ts";
import { aHistory } from "./history.ts";
import { aSubject } from "./rollback.ts";

/** The hour after revision 168 was made, in whose story a revision is made in the hour of its number. */
export const NOW: EpochMs = 169 * HOUR_MS;

export const facts = (start: string, commit: Partial<CommitFacts> = {}): CommitFacts => ({
  commit: aCommit(start),
  subject: `Subject of ${start}`,
  author: "Ann Lee",
  committedAt: 0,
  ...commit,
});

/** Joins entries with commits, by the digits that their images name. */
export const withCommits = (
  entries: readonly HistoryEntry[],
  commits: readonly CommitFacts[],
): readonly HistoryEntry[] =>
  entries.map((entry) => {
    const { record } = entry;
    if (record.kind !== "read" || record.match.kind !== "exact") return entry;
    const hash = record.match.commit;
    const commit = commits.find((one) => one.commit === hash);
    if (commit === undefined) return entry;
    return { ...entry, commit, record: { ...record, match: { ...record.match, isInClone: true } } };
  });

/** The story of the sketch: 168 failed and runs, helm still calls 167 deployed. */
export const aStory = (): readonly HistoryEntry[] =>
  withCommits(
    aHistory(
      { revision: 168, of: "9c1f2ab", status: "failed" },
      { revision: 167, of: "51d0c3e", status: "deployed" },
      { revision: 166, of: "51d0c3e" },
      { revision: 165, of: "e47aa01" },
      { revision: 164 },
      { revision: 163, of: "b0139fd", rollbackTo: 161 },
    ),
    [
      facts("9c1f2ab", { subject: "Rework queue retries (#4127)", author: "Dan Ortiz", pullRequest: 4127 }),
      facts("51d0c3e", { subject: "Fix timezone in composer" }),
      facts("e47aa01", { subject: "Cache profile images", author: "Eric Cole" }),
      facts("b0139fd", { subject: "Earlier work" }),
    ],
  );

export const aSnapshot = (snapshot: Partial<HistorySnapshot> = {}): HistorySnapshot => ({
  subject: aSubject({ name: "web", target: "web" }),
  liveness: { kind: "live", verifiedAt: NOW },
  entries: aStory(),
  runs: { kind: "revision", revision: 168, isDeployed: false },
  recommendation: { kind: "revision", revision: 167, ranFor: HOUR_MS, skipped: [] },
  warnings: [],
  links: { web: "https://github.com/acme/app", host: "github" },
  missingCommits: [],
  ...snapshot,
});

export const aModel = (model: Partial<PanelModel> = {}): PanelModel => ({
  snapshot: aSnapshot(),
  chosen: undefined,
  side: { kind: "nothing" },
  run: undefined,
  isFetching: false,
  now: NOW,
  language: "en",
  ...model,
});

/** From 168 to 167, which makes 169. */
export const aRunOrder = (order: Partial<RunOrder> = {}): RunOrder => ({
  subject: "web",
  release: aSubject().release,
  from: { revision: 168, commit: aCommit("9c1f2ab") },
  to: { revision: 167, commit: aCommit("51d0c3e") },
  revision: 169,
  undone: [
    { commit: aCommit("9c1f2ab"), subject: "Rework queue retries" },
    { commit: aCommit("77e01bd"), subject: "Merge pull request #4126 from acme/retry" },
  ],
  startedAt: NOW,
  isFollowed: false,
  ...order,
});
