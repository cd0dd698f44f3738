import type { RolloutSnapshot } from "../../src/app/rolloutSnapshot.ts";
import type { UndoReview } from "../../src/app/undoOutcome.ts";
import { commitOfRollout, rolloutEntries } from "../../src/domain/rolloutEntries.ts";
import type { RolloutReading } from "../../src/domain/rollouts.ts";
import { aCommit } from "./deploy.ts";
import { aPlacedSubject, aPod, aRollout } from "./rollouts.ts";

/** What the panel shows of a rollout: every commit that its revisions tell by themselves is in the clone. */
export function aRolloutSnapshot(
  rollout: RolloutReading = aRollout(),
  snapshot: Partial<RolloutSnapshot> = {},
): RolloutSnapshot {
  const entries = rolloutEntries(rollout, (revision) => {
    const commit = commitOfRollout(revision);
    if (commit === undefined) return { match: { kind: "unknown", why: "no-clue" } };
    return { match: { kind: "exact", commit, source: "image", evidence: commit, isInClone: true } };
  });
  return {
    subject: aPlacedSubject(),
    liveness: { kind: "live", verifiedAt: 0 },
    workload: rollout,
    isAbsent: false,
    entries,
    status: { kind: "complete" },
    recommendation: { kind: "reading" },
    pods: [aPod()],
    missingCommits: [],
    ...snapshot,
  };
}

/** Of going from revision 2, bad0bad, back to revision 1, 4f1c0de: of a rollout's newest to its next one. */
export function anUndoReview(review: Partial<UndoReview> = {}): UndoReview {
  const seen = review.seen ?? aRollout();
  const [fromRevision, toRevision = fromRevision] = seen.revisions;
  if (toRevision === undefined) throw new Error("There is nothing to go back to.");
  const { object, hash, revision } = toRevision;
  return {
    id: "review-1",
    subject: aPlacedSubject(),
    from: { revision: fromRevision?.revision ?? 0, commit: aCommit("bad0bad") },
    to: { revision, commit: aCommit(), uid: object.uid, hash },
    seen,
    fromRevision,
    toRevision,
    commits: {
      kind: "known",
      undone: [
        {
          commit: aCommit("bad0bad"),
          subject: "Break it",
          author: "Ann Lee",
          committedAt: 0,
          migrations: [],
        },
      ],
      returning: [],
      isCut: false,
    },
    paths: ["spec.containers[app].image"],
    risks: [],
    command: ["kubectl", "rollout", "undo", "deployment/web", `--to-revision=${revision}`],
    needsTypedName: true,
    ...review,
  };
}
