import type { RolloutEntry, RolloutSnapshot } from "../../src/app/rolloutSnapshot.ts";
import type { UndoReview } from "../../src/app/undoOutcome.ts";
import type { CommitFacts } from "../../src/domain/commitMatch.ts";
import type { RolloutRevision } from "../../src/domain/rollouts.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import type { RolloutModel } from "../../src/ui/panel/rolloutModel.ts";
import type { UndoOrder } from "../../src/ui/panel/rolloutRuns.ts";
import { aCommit } from "./deploy.ts";
import { facts, NOW } from "./panel.ts";
import { anAppImage, aPod, aRollout, aRolloutRevision, aRolloutSubject, aTemplate } from "./rollouts.ts";

/** A revision of the story: made in the hour of its number, of a commit that the clone knows. */
export function anEntry(
  number: number,
  commit: string,
  {
    facts: known = {},
    revision = {},
    ...entry
  }: Partial<Omit<RolloutEntry, "revision">> & {
    readonly facts?: Partial<CommitFacts>;
    readonly revision?: Partial<RolloutRevision>;
  } = {},
): RolloutEntry {
  return {
    revision: aRolloutRevision({
      revision: number,
      createdAt: number * HOUR_MS,
      template: aTemplate(anAppImage(commit)),
      ...revision,
    }),
    match: {
      kind: "exact",
      commit: aCommit(commit),
      source: "image",
      evidence: anAppImage(commit),
      isInClone: true,
    },
    commit: facts(commit, known),
    isCurrent: false,
    wasUndoneFrom: false,
    ...entry,
  };
}

/** Revision 168 runs and is broken; 167 is 4's template, which somebody went back to; 166 was undone from. */
export const aRolloutStory = (): readonly RolloutEntry[] => [
  anEntry(168, "9c1f2ab", {
    facts: { subject: "Rework queue retries (#4127)", author: "Dan Ortiz", pullRequest: 4127 },
    revision: {
      changeCause: "bump to the retries",
      mark: { by: "Dan Ortiz", at: 168 * HOUR_MS },
      pods: { ready: 0, wanted: 1 },
    },
    isCurrent: true,
  }),
  anEntry(167, "51d0c3e", {
    facts: { subject: "Fix timezone in composer" },
    revision: {
      was: [4],
      createdAt: 4 * HOUR_MS,
      mark: { by: "Ben", at: 167 * HOUR_MS, undoneTo: 4, undoneFrom: 166 },
      pods: { ready: 2, wanted: 2 },
    },
  }),
  anEntry(166, "e47aa01", { facts: { author: "Eric Cole" }, wasUndoneFrom: true }),
  anEntry(165, "e47aa01", { facts: { author: "Eric Cole" } }),
];

const readingOf = (entries: readonly RolloutEntry[]): RolloutSnapshot["workload"] =>
  aRollout({ revisions: entries.map(({ revision }) => revision) });

/** Live, while the rollout of 168 cannot pull its image. */
export function aRolloutSnapshot(snapshot: Partial<RolloutSnapshot> = {}): RolloutSnapshot {
  const entries = snapshot.entries ?? aRolloutStory();
  const workload = snapshot.isAbsent === true ? undefined : readingOf(entries);
  return {
    subject: aRolloutSubject(),
    liveness: { kind: "live", verifiedAt: NOW },
    ...(workload === undefined ? {} : { workload }),
    isAbsent: false,
    entries,
    status: { kind: "progressing", updated: 1, available: 2, wanted: 3 },
    recommendation: { kind: "revision", uid: "rs167", revision: 167, skipped: [] },
    pods: [anUnpulledPod()],
    readyOfAll: 2,
    links: { web: "https://github.com/acme/app", host: "github" },
    missingCommits: [],
    ...snapshot,
  };
}

export const anUnpulledPod = (): ReturnType<typeof aPod> =>
  aPod({
    name: "web-6d9f-x2lqp",
    ready: false,
    phase: "Pending",
    containers: { ready: 0, all: 1, names: ["app"] },
    waiting: { container: "app", reason: "ImagePullBackOff", message: "Back-off pulling image" },
  });

export const aRolloutModel = (model: Partial<RolloutModel> = {}): RolloutModel => ({
  snapshot: aRolloutSnapshot(),
  chosen: undefined,
  side: { kind: "nothing" },
  run: undefined,
  isFetching: false,
  now: NOW,
  language: "en",
  ...model,
});

/** From 168 to 167, one commit. */
export function anUndoReview(review: Partial<UndoReview> = {}): UndoReview {
  const [from, to] = aRolloutStory().map(({ revision }) => revision);
  if (from === undefined || to === undefined) throw new Error("the story has two revisions");
  const seen = aRolloutSnapshot().workload ?? aRollout();
  return {
    id: "undo-1",
    subject: aRolloutSubject(),
    from: { revision: 168, commit: aCommit("9c1f2ab") },
    to: { revision: 167, commit: aCommit("51d0c3e"), uid: to.object.uid, hash: to.hash },
    seen,
    fromRevision: from,
    toRevision: to,
    commits: {
      kind: "known",
      undone: [
        {
          ...facts("9c1f2ab", { subject: "Rework queue retries", author: "Dan Ortiz" }),
          migrations: ["db/1.sql"],
        },
      ],
      returning: [],
      isCut: false,
    },
    paths: ["spec.containers[app].image", "spec.containers[app].env"],
    risks: [{ kind: "nobody-at-work" }, { kind: "not-restored" }],
    command: [
      ...["kubectl", "rollout", "undo", "deployment/web", "--to-revision=167"],
      ...["--namespace=buffer", "--context=production"],
    ],
    needsTypedName: false,
    ...review,
  };
}

/** From 168 to 167. */
export const anUndoOrder = (order: Partial<UndoOrder> = {}): UndoOrder => ({
  subject: aRolloutSubject(),
  from: { revision: 168, commit: aCommit("9c1f2ab") },
  to: { revision: 167, commit: aCommit("51d0c3e"), uid: "rs167" },
  fromUid: "rs168",
  undone: [{ commit: aCommit("9c1f2ab"), subject: "Rework queue retries" }],
  startedAt: NOW,
  ...order,
});
