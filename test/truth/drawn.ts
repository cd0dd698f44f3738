import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import type { RollbackOutcome, RollbackReview } from "../../src/app/rollbackOutcome.ts";
import type { NotBegun } from "../../src/ui/messages/rollbackAlert.ts";
import type { PanelModel } from "../../src/ui/panel/model.ts";
import type { RunOrder } from "../../src/ui/panel/rollbackRuns.ts";

interface Drawing {
  readonly snapshot: HistorySnapshot;
  readonly review: RollbackReview | undefined;
  readonly outcome: RollbackOutcome | undefined;
  /** Why nothing was begun; undefined where something was. */
  readonly notBegun: NotBegun | undefined;
}

/** What the panel is drawn from after a rollback has ended so: what was not begun stands beside its review again. */
export function drawn({ snapshot, review, outcome, notBegun }: Drawing): PanelModel {
  const common = {
    snapshot,
    chosen: review?.to.revision,
    ...{ isFetching: false, now: Date.now(), language: "en", run: undefined },
  };
  if (review === undefined || outcome === undefined) return { ...common, side: { kind: "nothing" } };
  if (notBegun !== undefined) return { ...common, side: { kind: "review", review, alert: notBegun } };
  const run = { kind: "ended", order: runOrder(review), outcome, at: Date.now() } as const;
  return { ...common, side: { kind: "review", review }, run };
}

function runOrder({ subject, from, to, seen, commits }: RollbackReview): RunOrder {
  return {
    ...{ subject: subject.name, release: subject.release, from, to },
    revision: seen.newest + 1,
    undone: commits.kind === "known" ? commits.undone : [],
    startedAt: Date.now(),
    isFollowed: false,
  };
}
