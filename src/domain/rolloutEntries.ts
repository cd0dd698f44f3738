import type { CommitHash } from "./branch.ts";
import { cluesOf, type CommitClues } from "./commitClues.ts";
import type { CommitFacts, CommitMatch } from "./commitMatch.ts";
import { gradeCommit } from "./gradeCommit.ts";
import { isJsonObject, jsonAt } from "./manifest.ts";
import type { Json } from "./release.ts";
import type { RolloutReading, RolloutRevision } from "./rollouts.ts";

/** One revision of a workload as its history shows it. */
export interface RolloutEntry {
  readonly revision: RolloutRevision;
  /** Undefined while it is looked up. */
  readonly match: CommitMatch | undefined;
  /** As the clone has it; undefined while it is looked up and where the clone has not got it. */
  readonly commit?: CommitFacts;
  /** The template that the workload has now. */
  readonly isCurrent: boolean;
  /** A later undo went from this one to something earlier. */
  readonly wasUndoneFrom: boolean;
}

/** What has been found out about a revision's commit so far. */
export type KnownCommit = Pick<RolloutEntry, "match" | "commit">;

/** A workload's revisions, in their order, with what each of them was for the others. */
export function rolloutEntries(
  { revisions, current }: Pick<RolloutReading, "revisions" | "current">,
  known: (revision: RolloutRevision) => KnownCommit,
): readonly RolloutEntry[] {
  const undone = undoneRevisions(revisions);
  return revisions.map((revision) => {
    const { match, commit } = known(revision);
    return {
      revision,
      match,
      ...(commit === undefined ? {} : { commit }),
      isCurrent: revision.object.uid === current?.uid,
      wasUndoneFrom: undone.has(revision.object.uid),
    };
  });
}

/**
 * What a revision says about its commit. Its images are its own, and so is a mark; annotations were copied from the
 * workload, and labels of a template outlive a change of its image, so that both are no more than what is inherited.
 */
export function rolloutClues(
  { images, mark, annotations, template }: RolloutRevision,
  container?: string,
): CommitClues {
  const commit = mark?.commit;
  const ofTemplate = ["labels", "annotations"].flatMap((key) => textsIn(jsonAt(template, "metadata", key)));
  const labels = Object.fromEntries([...ofTemplate, ...Object.entries(annotations)]);
  return cluesOf(
    { images, labels, chartAnnotations: {}, ...(commit === undefined ? {} : { mark: { commit } }) },
    container,
  );
}

/** The commit of a revision as far as it tells by itself, without a clone; undefined where that would be a guess. */
export function commitOfRollout(revision: RolloutRevision, container?: string): CommitHash | undefined {
  const match = gradeCommit(rolloutClues(revision, container), new Map());
  return match.kind === "exact" ? match.commit : undefined;
}

const textsIn = (map: Json | undefined): readonly (readonly [string, string])[] =>
  isJsonObject(map)
    ? Object.entries(map).flatMap(([key, text]) => (typeof text === "string" ? [[key, text] as const] : []))
    : [];

/**
 * The revisions, by their uids, that somebody went back from. Numbers are given one after the other, so that an object
 * that got a new one was gone back to: what had come since its first number was left behind by that, unless it was
 * rolled out again later. A ControllerRevision keeps no old numbers; there the mark of an undo tells the first one. What
 * a mark says was undone was so, whichever way the numbers go.
 */
export function undoneRevisions(revisions: readonly RolloutRevision[]): ReadonlySet<string> {
  const undone = revisions.filter((one) =>
    revisions.some(
      (later) =>
        one.revision < later.revision &&
        (later.mark?.undoneFrom === one.revision || firstNumber(later) < firstNumber(one)),
    ),
  );
  return new Set(undone.map(({ object }) => object.uid));
}

const firstNumber = ({ was, revision, mark }: RolloutRevision): number =>
  Math.min(...was, revision, mark?.undoneTo ?? revision);
