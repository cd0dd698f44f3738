import type { RolloutEntry, RolloutSnapshot } from "../../app/rolloutSnapshot.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { readyPods } from "../../domain/livePods.ts";
import type { ActionView, ChipView, RowView, TableView } from "../../protocol/panel.ts";
import * as history from "../messages/history.ts";
import * as pods from "../messages/pods.ts";
import { plain } from "../messages/pieces.ts";
import * as rows from "../messages/revisionRow.ts";
import * as say from "../messages/rolloutHistory.ts";
import * as words from "../messages/rolloutRow.ts";
import type { Deeds } from "./deeds.ts";
import type { RolloutModel } from "./rolloutModel.ts";
import { matchCell } from "./tableView.ts";

/** The revisions, newest first. */
export function rolloutTable(model: RolloutModel, deeds: Deeds): TableView {
  const { snapshot } = model;
  const { entries, workload } = snapshot;
  const keys = rowKeys(entries);
  return {
    caption: workload === undefined ? "" : say.rolloutCaption(entries.length, workload.historyLimit),
    columns: say.rolloutColumns(),
    rows: entries.map((entry, index) =>
      rowView(model, { entry, older: entries[index + 1], key: keys[index] ?? 0 }, deeds),
    ),
    empty: emptyWords(model.snapshot),
    filter: {
      ...history.filterWords(),
      statuses: [...new Set(entries.map((entry) => words.entryStatus(entry, podsOf(entry, snapshot))))],
    },
  };
}

/**
 * The number that a row is known by in the panel: its revision, and below zero for one that has none, or one that
 * another has as well, which no two of a controller's own making do.
 */
export function rowKeys(entries: readonly RolloutEntry[]): readonly number[] {
  const seen = new Set<number>();
  return entries.map(({ revision: { revision } }, index) => {
    if (revision < 1 || seen.has(revision)) return -1 - index;
    seen.add(revision);
    return revision;
  });
}

function emptyWords({ liveness, isAbsent, subject }: RolloutSnapshot): string {
  if (isAbsent) return say.noWorkload(subject.workload);
  return liveness.kind === "live" ? say.noRevision() : say.readingRollouts();
}

interface Placed {
  readonly entry: RolloutEntry;
  /** The row below. */
  readonly older: RolloutEntry | undefined;
  readonly key: number;
}

function rowView(model: RolloutModel, { entry, older, key }: Placed, deeds: Deeds): RowView {
  const { snapshot, now } = model;
  const { recommendation, subject, status } = snapshot;
  const { revision, isCurrent } = entry;
  const isRecommended = recommendation.kind === "revision" && recommendation.uid === revision.object.uid;
  const problem =
    words.notUndoTarget(entry, subject.workload.kind) ?? (key < 1 ? words.withoutNumber() : undefined);
  const pods = podsOf(entry, snapshot);
  const under = words.underNumber(entry, pods);
  const commit = commitCell(model, entry, older, deeds);
  const { mark } = revision;
  return {
    revision: key,
    ...(under === undefined ? {} : { under }),
    runsNow: words.isServing(entry, pods),
    isRecommended,
    mayBeChosen: problem === undefined,
    ...(problem === undefined ? {} : { tooltip: problem }),
    chips: rowChips(entry, isRecommended, snapshot),
    commit,
    deployed: {
      ...rows.deployedWhen(rolledOutAt(entry), now),
      ...(mark?.by === undefined ? {} : { by: rows.byWhom(mark.by) }),
    },
    chart: words.causeAndImages(revision),
    state: words.podsChip(entry, pods, status),
    ...(isCurrent ? { actions: workloadActions(subject.workload, deeds) } : {}),
    filter: {
      commit: [commit.hash, exactCommit(entry), commit.text, plain(revision.changeCause ?? "")]
        .filter((text) => text !== undefined && text !== "")
        .join(" "),
      author: [entry.commit?.author, mark?.by]
        .filter((text) => text !== undefined)
        .map(plain)
        .join(" "),
      status: words.entryStatus(entry, pods),
    },
  };
}

/** An object is made once and rolled out as often as somebody goes back to it; who did that is said beside its time. */
const rolledOutAt = ({ revision: { mark, createdAt } }: RolloutEntry): number =>
  mark?.undoneTo === undefined ? createdAt : (mark.at ?? createdAt);

/** A ControllerRevision counts no pods; those of the newest template are known all the same. */
function podsOf(
  { revision, isCurrent }: RolloutEntry,
  { pods: live, subject }: RolloutSnapshot,
): words.PodCount | undefined {
  if (revision.pods !== undefined) return revision.pods;
  if (!isCurrent || subject.workload.kind === "Deployment") return undefined;
  return { ready: readyPods(live), wanted: live.length };
}

function rowChips(
  entry: RolloutEntry,
  isRecommended: boolean,
  { recommendation }: RolloutSnapshot,
): readonly ChipView[] {
  return [
    ...(isRecommended
      ? [
          {
            text: rows.recommended(),
            look: "recommended",
            tooltip: say.undoRecommendation(recommendation),
          } as const,
        ]
      : []),
    ...(entry.match?.kind === "ambiguous" ? [{ text: rows.guessOnly(), look: "warning" } as const] : []),
    ...(entry.wasUndoneFrom ? [{ text: words.undoneFrom(), look: "warning" } as const] : []),
  ];
}

/** The commit of a revision, where it is sure. */
export const exactCommit = ({ match }: RolloutEntry): string | undefined =>
  match?.kind === "exact" ? match.commit : undefined;

function commitCell(
  { snapshot: { links }, isFetching, now }: RolloutModel,
  entry: RolloutEntry,
  older: RolloutEntry | undefined,
  deeds: Deeds,
): RowView["commit"] {
  const { match, commit, revision } = entry;
  const own = exactCommit(entry);
  const isSame = own !== undefined && older !== undefined && own === exactCommit(older);
  const remark = words.remarkWords(revision, isSame ? older.revision.revision : undefined, now);
  if (match === undefined) {
    return {
      grade: "reading",
      text: rows.lookingUpCommit(),
      ...(remark === undefined ? {} : { under: remark }),
      actions: [],
    };
  }
  return matchCell({ match, commit, remark }, { links, isFetching }, deeds);
}

function workloadActions(
  { context, namespace, kind, name }: WorkloadAddress,
  deeds: Deeds,
): readonly ActionView[] {
  const open = (what: "yaml" | "events", label: string): ActionView =>
    deeds.action(
      { kind: "open-document", context, namespace, of: { kind: what, object: kind, name } },
      label,
      "link",
      { tooltip: words.ofWorkload(label, { kind, name }) },
    );
  return [open("yaml", pods.openYaml()), open("events", pods.openEvents())];
}
