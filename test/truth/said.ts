import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import type { RollbackOutcome, RollbackReview } from "../../src/app/rollbackOutcome.ts";
import type { CommitHash } from "../../src/domain/branch.ts";
import type { DiagnosisCause } from "../../src/domain/diagnosis.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import type { Account } from "./account.ts";

/** What the panel has said, and what it shows beside it. */
export interface Told {
  /** Absent where nothing was tried. */
  readonly outcome?: RollbackOutcome;
  readonly review?: RollbackReview;
  /** Drawn after the outcome. */
  readonly view: PanelView;
  readonly snapshot: HistorySnapshot;
  /** Commits by their letters. */
  readonly letters: Readonly<Record<string, CommitHash>>;
}

/**
 * The panel's words as an account. Only a view that calls it proven makes it done, and nothing of what was found out
 * without the panel enters here: what the panel leaves open stays open, and a false success stays one.
 */
export function accountTold(told: Told): Account {
  const ready = readyTold(told);
  const because = becauseTold(told);
  return {
    done: told.view.side.kind === "proven",
    newest: newestTold(told),
    runs: runsTold(told),
    ...(ready === undefined ? {} : { ready }),
    ...(because === undefined ? {} : { because }),
  };
}

/** The newest record: what the outcome says of it has to be what the table's first row says. */
function newestTold({ outcome, snapshot, view }: Told): string {
  const [entry] = snapshot.entries;
  const [row] = view.table.rows;
  const shown = entry === undefined ? "nothing recorded" : `revision ${entry.label.revision} ${entry.status}`;
  const drawn = row === undefined ? "nothing recorded" : `revision ${row.revision}`;
  const claimed = outcome === undefined ? undefined : recordIn(outcome);
  const words = [...new Set([claimed, shown])].filter((one) => one !== undefined);
  if (!shown.startsWith(drawn)) words.push(`${drawn} by the table`);
  return words.join(" but ");
}

/** What the outcome itself says of the newest record; undefined where it says nothing. */
function recordIn(outcome: RollbackOutcome): string | undefined {
  switch (outcome.kind) {
    case "proven":
    case "nothing-runs":
      return `revision ${outcome.revision} deployed`;
    case "not-proven": {
      const { record } = outcome;
      return record.kind === "recorded" ? `revision ${record.revision} ${record.status}` : undefined;
    }
    case "cancelled": {
      const { truth } = outcome;
      return truth.kind === "helm-stopped" && truth.record.kind === "recorded"
        ? `revision ${truth.record.revision} ${truth.record.status}`
        : undefined;
    }
    default:
      return undefined;
  }
}

function readyTold(told: Told): string | undefined {
  const { outcome, review } = told;
  switch (outcome?.kind) {
    case "proven":
      return letterOf(told, review?.to.commit) ?? "somebody";
    case "nothing-runs":
      return "no";
    case "not-proven": {
      const { stillServing, items } = outcome;
      if (stillServing !== undefined) {
        // It counts as said where the person can read it.
        const alert = JSON.stringify(told.view.side.alert?.text ?? []);
        const isTold = alert.includes(`of ${stillServing.revision} still serve`);
        return isTold ? letterOfRevision(told, stillServing.revision) : undefined;
      }
      // Pods on the sheet are those of the newest template, whichever images that has.
      const pods = items.filter(({ kind, facts }) => kind === "pods" && facts !== "");
      if (pods.length === 0) return undefined;
      return pods.every(({ state }) => state === "ok") ? runsTold(told) : "no";
    }
    default:
      return undefined;
  }
}

function runsTold(told: Told): string {
  const { runs } = told.snapshot;
  switch (runs.kind) {
    case "revision":
      return letterOfRevision(told, runs.revision);
    case "drift": {
      const live = runs.differences.flatMap((difference) => difference.live ?? []).join(" ");
      return Object.entries(told.letters).find(([, hash]) => live.includes(hash))?.[0] ?? live;
    }
    case "nothing":
      return "nothing";
    case "reading":
    case "unknown":
      return "nobody knows what";
  }
}

const letterOf = ({ letters }: Told, commit: CommitHash | undefined): string | undefined =>
  Object.entries(letters).find(([, hash]) => hash === commit)?.[0];

function letterOfRevision(told: Told, revision: number): string {
  const record = told.snapshot.entries.find(({ label }) => label.revision === revision)?.record;
  const match = record?.kind === "read" ? record.match : undefined;
  return letterOf(told, match?.kind === "exact" ? match.commit : undefined) ?? `revision ${revision}`;
}

function becauseTold(told: Told): string | undefined {
  const { outcome, review } = told;
  switch (outcome?.kind) {
    case "not-proven": {
      const { record, diagnosis } = outcome;
      // That nothing is known stands above every cause.
      return record.kind === "unreadable" ? record.error.reason : causeWords(diagnosis.cause);
    }
    case "stale":
      return outcome.why === "target-gone" ? "the target is gone" : "somebody was faster";
    case "busy":
      return outcome.busy.kind === "operation" ? "somebody is at work" : "helm is at work";
    case "no-lease":
    case "unread":
      return outcome.error.reason;
    case "tool":
      return `helm: ${outcome.error.reason}`;
    case "wrong-name":
      return "wrong name";
    case "cancelled":
      return "not watched to the end";
    case "proven":
      return isSamePods(review) ? "no pod was made anew" : undefined;
    case "nothing-runs":
      return undefined;
    case undefined:
      return driftTold(told);
  }
}

/** Drift counts as told where a banner names the image that runs. */
function driftTold(told: Told): string | undefined {
  const { runs } = told.snapshot;
  if (runs.kind !== "drift") return undefined;
  const banners = JSON.stringify(told.view.banners);
  const isTold = runs.differences.some(({ live }) => live !== undefined && banners.includes(live));
  return isTold ? `helm recorded ${letterOfRevision(told, runs.revision)}` : undefined;
}

const isSamePods = (review: RollbackReview | undefined): boolean =>
  review?.risks.some((risk) => risk.kind === "same-images" && risk.podsRestart !== true) ?? false;

/** A cause in the few words that the onlooker has as well. */
export function causeWords(cause: DiagnosisCause): string {
  switch (cause.kind) {
    case "image":
      return cause.why === "missing" ? "image missing" : `image cannot be pulled (${cause.why})`;
    case "crash-loop":
      return `crash loop, exit code ${cause.exitCode ?? "unknown"}`;
    case "not-ready":
      return cause.probe === undefined ? "not ready" : `not ready, ${cause.probe}`;
    case "hook-failed":
      return "hook failed";
    case "forbidden":
      return `may not ${cause.verb} ${cause.resource}`;
    case "another-operation":
      return "helm is at work";
    case "revision-pruned":
      return "the target is gone";
    default:
      return cause.kind;
  }
}
