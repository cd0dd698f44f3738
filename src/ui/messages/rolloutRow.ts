import { l10n } from "vscode";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { RolloutEntry, RolloutStatus } from "../../app/rolloutSnapshot.ts";
import type { ContainerImage } from "../../domain/release.ts";
import type { RolloutRevision, WorkloadKind } from "../../domain/rollouts.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { ChipView } from "../../protocol/panel.ts";
import { plain } from "./pieces.ts";
import { runsNow } from "./revisionRow.ts";
import { workloadWords } from "./rolloutHistory.ts";
import { ago } from "./time.ts";

const WHOLE_HASH = /[0-9a-f]{64}|[0-9a-f]{40}/gu;
const IMAGES_SHOWN = 3;

/** What stands below the number: `was 2 · runs now`. */
export function underNumber(entry: RolloutEntry, pods: PodCount | undefined): string | undefined {
  const { was } = entry.revision;
  const parts = [
    ...(was.length === 0 ? [] : [l10n.t("was {numbers}", { numbers: was.join(", ") })]),
    runWords(entry, pods) ?? [],
  ].flat();
  return parts.length === 0 ? undefined : parts.join(" · ");
}

/** Pods of it are ready: the newest template may have none yet, while an older one still serves. */
export const isServing = (entry: RolloutEntry, pods: PodCount | undefined): boolean =>
  pods === undefined ? entry.isCurrent : pods.ready > 0;

function runWords(entry: RolloutEntry, pods: PodCount | undefined): string | undefined {
  if (isServing(entry, pods)) return entry.isCurrent ? runsNow() : l10n.t("still runs");
  if (!entry.isCurrent) return undefined;
  return pods?.wanted === 0 ? l10n.t("newest") : l10n.t("newest, not ready");
}

export const undoneFrom = (): string => l10n.t("undone from");
export const withoutNumber = (): string =>
  l10n.t("It has no number of its own, so it is no revision to go back to.");

/** What a row is found by. */
export function entryStatus(entry: RolloutEntry, pods: PodCount | undefined): string {
  return runWords(entry, pods) ?? (entry.wasUndoneFrom ? undoneFrom() : l10n.t("earlier"));
}

/** How the pods of a revision stand. */
export interface PodCount {
  readonly ready: number;
  readonly wanted: number;
}

/** `2 of 3 ready`; what runs has the rollout's own state below it. */
export function podsChip(
  { isCurrent }: Pick<RolloutEntry, "isCurrent">,
  pods: PodCount | undefined,
  status: RolloutStatus,
): ChipView & { readonly under?: string } {
  const text =
    pods === undefined
      ? l10n.t("not counted")
      : pods.wanted === 0 && pods.ready === 0
        ? l10n.t("no pods")
        : l10n.t("{ready} of {wanted} ready", { ...pods });
  if (!isCurrent) return { text, look: "neutral" };
  const under = statusWords(status);
  return { text, look: chipLook(status), ...(under === undefined ? {} : { under }) };
}

function chipLook({ kind }: RolloutStatus): ChipView["look"] {
  switch (kind) {
    case "complete":
      return "good";
    case "reading":
      return "neutral";
    case "progressing":
    case "not-observed":
    case "paused":
    case "scaled-to-zero":
    case "no-node-matches":
      return "warning";
    case "deadline-exceeded":
    case "replica-failure":
      return "bad";
  }
}

/** The state of a rollout in a word or two. */
export function statusWords({ kind }: RolloutStatus): string | undefined {
  switch (kind) {
    case "reading":
      return undefined;
    case "complete":
      return l10n.t("rolled out");
    case "progressing":
      return l10n.t("rolling out");
    case "not-observed":
      return l10n.t("not taken note of");
    case "paused":
      return l10n.t("paused");
    case "deadline-exceeded":
      return l10n.t("took too long");
    case "replica-failure":
      return l10n.t("no pod comes to be");
    case "scaled-to-zero":
      return l10n.t("scaled to zero");
    case "no-node-matches":
      return l10n.t("no node matches");
  }
}

/** What a row says besides its commit. */
export function remarkWords(
  { mark, createdAt }: RolloutRevision,
  sameAs: number | undefined,
  now: EpochMs,
): string | undefined {
  if (mark?.undoneTo !== undefined) {
    const facts = { to: mark.undoneTo, from: mark.undoneFrom ?? "", age: ago(Math.max(0, now - createdAt)) };
    return mark.undoneFrom === undefined
      ? l10n.t("undo to {to}, first rolled out {age}", facts)
      : l10n.t("undo from {from} to {to}, first rolled out {age}", facts);
  }
  return sameAs === undefined
    ? undefined
    : l10n.t("same commit as {revision}, template changed", { revision: sameAs });
}

/** The change cause, and the images without their registry: `bump web · web:51d0c3e…`. */
export function causeAndImages({ changeCause, images }: RolloutRevision): string {
  const names = [...new Set(images.map(shortImage))];
  const shown = names.slice(0, IMAGES_SHOWN);
  const more = names.length - shown.length;
  const all = more > 0 ? [...shown, l10n.t("{count} more", { count: more })] : shown;
  const parts = [...(changeCause === undefined ? [] : [plain(changeCause)]), all.join(", ")];
  return parts.filter((part) => part !== "").join(" · ");
}

/** An image as one tells it from another at a glance. */
export function shortImage({ image }: Pick<ContainerImage, "image">): string {
  const name = plain(image.slice(image.lastIndexOf("/") + 1));
  return name.replaceAll(WHOLE_HASH, (hash) => `${hash.slice(0, 7)}…`);
}

/** Why a row cannot be the target. */
export function notUndoTarget(entry: RolloutEntry, kind: WorkloadKind): string | undefined {
  if (entry.isCurrent) return l10n.t("This is what the {kind} has now.", { kind });
  if (entry.revision.revision < 1) {
    return l10n.t("The controller gave it no number, so it is none of the {kind}'s revisions.", { kind });
  }
  return undefined;
}

/** For a button's tooltip: what it is about. */
export const ofWorkload = (what: string, workload: Pick<WorkloadAddress, "kind" | "name">): string =>
  l10n.t("{what} of {workload}", { what, workload: workloadWords(workload) });
