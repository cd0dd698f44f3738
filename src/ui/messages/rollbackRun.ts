import { l10n } from "vscode";
import type { RecordTruth } from "../../app/deployOutcome.ts";
import type { ProofItem, RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import type { Unseen } from "../../app/unseenCluster.ts";
import { shortCommit, type CommitHash } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Mark, Piece } from "../../protocol/panel.ts";
import { releaseReadSentence } from "./cluster.ts";
import { code, joined, pieces, plain, strong } from "./pieces.ts";
import { recordSentence } from "./failure.ts";
import { endWords } from "./rollbackReview.ts";
import { localAndUtcSeconds, stopwatch } from "./time.ts";

/** What the sentences about a rollback need to know of it. */
export interface RunEnds {
  readonly subject: string;
  readonly from: { readonly revision: number; readonly commit?: CommitHash };
  readonly to: { readonly revision: number; readonly commit?: CommitHash };
  /** The revision that it makes. */
  readonly revision: number;
}

/** `Rolling back 168 → 167 · 00:14`. */
export const runningHeading = ({ from, to }: RunEnds, phase: RollbackPhase | undefined): readonly Piece[] =>
  pieces("{what} {from} → {to} · {time}", {
    what: strong(l10n.t("Rolling back")),
    from: endWords(from),
    to: endWords(to),
    time: stopwatch(phase?.elapsed ?? 0),
  });

export const stopWatching = (): string => l10n.t("Stop Watching");
export const stopping = (): string => l10n.t("Looking at what is true now…");
export const goesOnNote = (isFollowed: boolean): string =>
  isFollowed
    ? l10n.t("A window that is closed began it. It goes on in the cluster, whatever this window does.")
    : l10n.t("The rollback goes on if this panel or this window closes; the next window tells how it ended.");

/** What the mark of a promise says to who does not see it. */
export function spokenMark(state: ProofItem["state"]): string {
  switch (state) {
    case "ok":
      return l10n.t("done");
    case "running":
      return l10n.t("under way");
    case "todo":
      return l10n.t("to come");
    case "failed":
      return l10n.t("failed");
    case "fact":
      return l10n.t("note");
  }
}

export function itemMark(state: ProofItem["state"]): Mark {
  switch (state) {
    case "ok":
      return "ok";
    case "running":
      return "run";
    case "todo":
      return "todo";
    case "failed":
      return "bad";
    case "fact":
      return "info";
  }
}

/** A promise of the proof sheet; the same words before it is kept and after. */
export function itemWords(
  { kind, state, workload }: ProofItem,
  { to, revision }: Pick<RunEnds, "to" | "revision">,
): readonly Piece[] {
  const facts = {
    to: to.revision,
    newest: revision - 1,
    revision,
    workload: workload === undefined ? l10n.t("the release") : code(workload),
    commit: to.commit === undefined ? l10n.t("of the target") : code(shortCommit(to.commit)),
  };
  switch (kind) {
    case "reread":
      return pieces(l10n.t("History read again: nothing newer than {newest}"), facts);
    case "operation":
      return [
        state === "fact"
          ? l10n.t("Done without the operation Lease, as was confirmed by typing")
          : l10n.t("Nobody else works here meanwhile: the operation Lease is held"),
      ];
    case "record":
      return pieces(l10n.t("New revision {revision} = {newest} + 1"), facts);
    case "status":
      return [l10n.t("Status deployed")];
    case "description":
      return pieces(l10n.t("It says “Rollback to {to}”"), facts);
    case "no-other-deployed":
      return [l10n.t("No other revision is marked as deployed")];
    case "observed":
      return pieces(l10n.t("The cluster has taken note of the change of {workload}"), facts);
    case "images":
      return pieces(l10n.t("The images of {workload} are those of {to}"), facts);
    case "commit":
      return state === "fact"
        ? [l10n.t("Which commit the application runs cannot be seen in its image")]
        : pieces(l10n.t("The application's image is of commit {commit}"), facts);
    case "pods":
      return pieces(l10n.t("All wanted pods of {workload} are new and ready"), facts);
    case "steady":
      return [l10n.t("They stay ready, without a restart")];
    case "template":
      return pieces(l10n.t("The template of {workload} is that of {to}"), facts);
    case "renumbered":
      return pieces(l10n.t("Revision {to} has become the newest one, under a new number"), facts);
    case "manifest":
      return state === "fact"
        ? pieces(l10n.t("Whether the manifest of {revision} is that of {to} could not be compared"), facts)
        : pieces(l10n.t("The manifest of {revision} is that of {to}"), facts);
  }
}

/** Figures and names below a promise; of what is well, only those that the words have not said already. */
export function itemFacts({ kind, state, facts }: ProofItem): string {
  const isToldByWorkloads =
    kind === "observed" || kind === "images" || kind === "commit" || kind === "pods" || kind === "steady";
  return state === "ok" && !isToldByWorkloads ? "" : plain(facts);
}

const POD_WORDS = 120;

/** The cause stands below in full. */
const cut = (text: string): string =>
  text.length <= POD_WORDS ? text : `${text.slice(0, POD_WORDS - 1).trimEnd()}…`;

/** What goes on below the promises while one watches: pods that are not ready, seconds left. */
export function phaseDetail({
  kind,
  ready,
  wanted,
  pods,
  secondsLeft,
  unseen,
}: RollbackPhase): readonly Piece[] | undefined {
  if (unseen !== undefined) return [unseenWords(unseen)];
  if (kind === "steady" && secondsLeft !== undefined) {
    return [l10n.t("{seconds} s more", { seconds: secondsLeft })];
  }
  const figures =
    ready === undefined || wanted === undefined
      ? []
      : [[l10n.t("{ready} of {wanted} ready", { ready, wanted })]];
  const waiting = pods.slice(0, 3).map((pod) => [cut(plain(pod))]);
  const more = pods.length > 3 ? [[l10n.t("{count} more", { count: pods.length - 3 })]] : [];
  const parts = [...figures, ...waiting, ...more];
  return parts.length === 0 ? undefined : joined(parts, " · ");
}

/** Nobody knows how it goes on; helm itself may well. */
export const unseenWords = ({ since, error }: Unseen): string =>
  error === undefined
    ? l10n.t("No answer from the cluster since {time}; still asking.", { time: localAndUtcSeconds(since) })
    : l10n.t("Not seen since {time}; still asking. {cause}", {
        time: localAndUtcSeconds(since),
        cause: releaseReadSentence(error),
      });

/** `Rolled back to 167 51d0c3e · proven 09:14:52 (07:14:52 UTC)`. */
export const provenHeading = ({ to }: RunEnds, at: EpochMs): readonly Piece[] =>
  pieces(l10n.t("{what} · proven {time}"), {
    what: [
      strong(l10n.t("Rolled back to {revision}", { revision: to.revision })),
      ...(to.commit === undefined ? [] : [" ", code(shortCommit(to.commit))]),
    ],
    time: localAndUtcSeconds(at),
  });

/** Where helm's record could not be read, nobody knows. */
export const notProvenHeading = ({ to: { revision } }: RunEnds, record: RecordTruth): readonly Piece[] => [
  strong(
    record.kind === "unreadable"
      ? l10n.t("Whether the rollback to {revision} worked is not known.", { revision })
      : l10n.t("The rollback to {revision} did not work.", { revision }),
  ),
];

type NotProven = RollbackOutcome & { readonly kind: "not-proven" };

/** What is true after it did not work: what helm made, and whether the old pods still serve. */
export function notProvenTruth({ revision, record, stillServing }: NotProven, { subject }: RunEnds): string {
  const made =
    revision === undefined
      ? recordSentence(record, subject)
      : record.kind === "recorded"
        ? l10n.t("helm made revision {revision}, whose status is {status}.", {
            revision,
            status: record.status,
          })
        : l10n.t("helm made revision {revision}.", { revision });
  return stillServing === undefined ? made : `${made} ${stillServingWords(stillServing)}`;
}

const stillServingWords = ({ revision, ready }: NonNullable<NotProven["stillServing"]>): string =>
  ready === 1
    ? l10n.t("1 pod of {revision} still serves.", { revision })
    : l10n.t("{ready} pods of {revision} still serve.", { ready, revision });

export const causeHeading = (): string => l10n.t("Cause");
export const proofHeading = (): string => l10n.t("What is true now");
export const nextHeading = (): string => l10n.t("What you can do");

export const rollBackInstead = (revision: number): string =>
  l10n.t("Roll back to {revision} instead", { revision });
export const rollForward = (revision: number): string => l10n.t("Roll forward to {revision}", { revision });
export const tryAgain = (revision: number): string => l10n.t("Review {revision} again", { revision });
export const showLog = (): string => l10n.t("Show Log");
export const copyAsMarkdown = (): string => l10n.t("Copy as Markdown");

export const revertCommits = (count: number): string =>
  count === 1 ? l10n.t("Revert 1 Commit…") : l10n.t("Revert {count} Commits…", { count });

/** Why it cannot simply come back. */
export function holdNote(subject: string, undone: readonly string[]): readonly Piece[] {
  const [first] = undone;
  if (first === undefined) {
    return [
      l10n.t("{subject} is on hold, so that the next deploy stops and asks.", { subject: plain(subject) }),
    ];
  }
  const facts = { subject, commit: code(first.slice(0, 7)), count: undone.length - 1 };
  return undone.length === 1
    ? pieces(l10n.t("{subject} is on hold so that {commit} does not come back by itself."), facts)
    : pieces(
        l10n.t("{subject} is on hold so that {commit} and {count} more do not come back by themselves."),
        facts,
      );
}

export const afterwardsHeading = (): string => l10n.t("Afterwards");
export const holdLifted = (subject: string): string =>
  l10n.t("{subject} is not on hold: the next deploy may bring back what was undone.", {
    subject: plain(subject),
  });
export const holdFailed = (subject: string, cause: string): string =>
  l10n.t("{subject} could not be put on hold, so the next deploy may bring back what was undone. {cause}", {
    subject: plain(subject),
    cause,
  });
export const revertReminder = (): string =>
  l10n.t("What was undone is still in the branch: revert it there, or the next deploy brings it back.");

export const nothingRunsHeading = ({ to }: RunEnds): readonly Piece[] => [
  strong(l10n.t("Rolled back to {revision}, and nothing runs", { revision: to.revision })),
];
export const nothingRunsIntro = (revision: number): string =>
  l10n.t(
    "helm made revision {revision} as wanted, but no pod of the application is wanted at all. Check the replicas in the chart and its values.",
    { revision },
  );

/** The person stopped watching: what is true then. */
export function cancelledWords(
  truth: (RollbackOutcome & { readonly kind: "cancelled" })["truth"],
  { subject }: RunEnds,
): string {
  switch (truth.kind) {
    case "nothing-done":
      return l10n.t("Stopped before helm began. Nothing was changed.");
    case "goes-on":
      return l10n.t(
        "Nobody watches any more, and helm goes on: a rollback cannot be stopped half-way. Revision {revision} appears in the list; what runs then stands there too.",
        { revision: truth.revision },
      );
    case "helm-stopped":
      return l10n.t("helm was ended while it was at work. {record}", {
        record: recordSentence(truth.record, subject),
      });
    case "not-awaited":
      return l10n.t(
        "helm had made revision {revision}; whether its pods run was not watched to the end. The list shows what runs.",
        { revision: truth.revision },
      );
  }
}

export const notWatchedHeading = ({ to }: RunEnds): readonly Piece[] => [
  strong(l10n.t("The rollback to {revision} is not watched", { revision: to.revision })),
];
