import type { CommitHash } from "./branch.ts";
import type { ContainerImage } from "./release.ts";
import { judgeRollout, type ProofItem, type RolloutLook } from "./rollbackProof.ts";
import type { WorkloadReading } from "./rollout.ts";
import type { RolloutReading, RolloutRevision } from "./rollouts.ts";
import { sameTemplate } from "./undo.ts";

/** What an undo is to come to. JSON-safe, and without a template: that may hold secrets, and the cluster has it. */
export interface UndoWish {
  /** Of the workload itself: one of the same name that was made anew is another one. */
  readonly uid: string;
  readonly to: { readonly uid: string; readonly revision: number; readonly hash: string };
  /** The highest number before the undo. */
  readonly highest: number;
  readonly images: readonly ContainerImage[];
  /** The target's commit; undefined where nobody knows it. */
  readonly commit?: CommitHash;
  /** The application's container, where the team named it. */
  readonly container?: string;
}

const OF_WORKLOAD = ["observed", "images", "pods"] as const;

/** What only a look at the workload can say. */
export const UNDO_LOOK_KINDS = ["template", "renumbered", ...OF_WORKLOAD, "commit", "steady"] as const;

/** Everything that will be proven, before anything is. `workload` is its name, e.g. `Deployment/web`. */
export function promisedUndo(
  workload: string,
  { hasOperation }: { readonly hasOperation: boolean },
): readonly ProofItem[] {
  const todo = (kind: ProofItem["kind"]): ProofItem => ({ kind, state: "todo", facts: "" });
  return [
    todo("reread"),
    ...(hasOperation ? [todo("operation")] : []),
    todo("template"),
    todo("renumbered"),
    ...OF_WORKLOAD.map((kind) => ({ ...todo(kind), workload })),
    todo("commit"),
    todo("steady"),
  ];
}

/** One look at the workload: what it is and what its pods are, read at one time. Both are undefined where it is gone. */
export interface UndoLook {
  readonly rollout: RolloutReading | undefined;
  readonly reading: WorkloadReading | undefined;
}

/** Judges one look by the rules of every rollout; before the controller has seen the undo, nothing is well. */
export function judgeUndo({ rollout, reading }: UndoLook, wish: UndoWish): RolloutLook {
  const look = judgeRollout(reading === undefined ? [] : [reading], wish.images, wish);
  const own = [templateItem(rollout, wish), renumberedItem(rollout, wish)];
  const isObserved = look.items.every(({ kind, state }) => kind !== "observed" || state === "ok");
  return { ...look, kind: kindOf(look.kind, own, isObserved), items: [...own, ...look.items] };
}

function kindOf(
  kind: RolloutLook["kind"],
  own: readonly ProofItem[],
  isObserved: boolean,
): RolloutLook["kind"] {
  if (kind === "failed" || own.some(({ state }) => state === "failed")) return "failed";
  // Who wants no pods wants none of the old template either: even that is true only once it was seen.
  return isObserved && own.every(({ state }) => state === "ok") ? kind : "waiting";
}

/** Whether the workload's template is the target's; anything else was written by somebody after us. */
function templateItem(rollout: RolloutReading | undefined, { uid, to }: UndoWish): ProofItem {
  const isThere = rollout?.version.uid === uid;
  const target = isThere ? targetOf(rollout, to) : undefined;
  const isSame = isThere && target !== undefined && sameTemplate(rollout.template, target.template);
  return { kind: "template", state: isSame ? "ok" : "failed", facts: isThere ? to.hash : "" };
}

/**
 * Whether the very object that was gone back to has a new number, the highest, and the old one is gone. The controller
 * leaves the number as it is where that was the highest already: then what came after it never got one.
 */
function renumberedItem(rollout: RolloutReading | undefined, { to, highest }: UndoWish): ProofItem {
  const found = rollout === undefined ? undefined : targetOf(rollout, to);
  if (rollout === undefined || found === undefined) return { kind: "renumbered", state: "failed", facts: "" };
  const isNew = found.revision > highest || (found.revision === to.revision && to.revision === highest);
  const isHighest = rollout.revisions.every(({ revision }) => revision <= found.revision);
  const was = found.revision === to.revision ? "" : ` (was ${to.revision})`;
  const state = isNew && isHighest ? "ok" : "running";
  return { kind: "renumbered", state, facts: `revision ${found.revision}${was}` };
}

/** A revision's object keeps its template for good: its hash names it. */
const targetOf = (
  { revisions }: RolloutReading,
  { uid, hash }: UndoWish["to"],
): RolloutRevision | undefined => revisions.find((one) => one.object.uid === uid && one.hash === hash);
