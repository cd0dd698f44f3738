import type { RiskLevel } from "./rollback.ts";
import { riskLevel } from "./risks.ts";
import type { LivePod, RolloutReading, RolloutRevision, UndoRisk } from "./rollouts.ts";

/** Both ends of an undo, and what is there now. */
export interface UndoEnds {
  readonly seen: RolloutReading;
  readonly from: RolloutRevision | undefined;
  readonly to: RolloutRevision;
  /** Pods of the newest template. */
  readonly pods: readonly LivePod[];
  /** The application's container, where the team named it. */
  readonly container: string | undefined;
  readonly wasUndoneFrom: boolean;
}

/** What can be said of an undo from the workload and its revisions alone. */
export function workloadRisks(ends: UndoEnds): readonly UndoRisk[] {
  const { seen, to, wasUndoneFrom } = ends;
  const manager = seen.manager;
  return [
    ...(manager === undefined ? [] : [{ kind: "managed", by: manager } as const]),
    ...sameImages(ends),
    ...(wasUndoneFrom ? [{ kind: "undone-from", revision: to.revision } as const] : []),
    ...(seen.strategy === "OnDelete" ? [{ kind: "on-delete" } as const] : []),
    ...stuckPod(ends),
    { kind: "not-restored" },
  ];
}

/** One that has this very template is no target, so that pods restart whatever the images are. */
function sameImages({ from, to, container }: UndoEnds): readonly UndoRisk[] {
  const named = to.images.filter((image) => image.container === container);
  const wanted = named.length > 0 ? named : to.images;
  const before = new Map(from?.images.map((one) => [one.container, one.image]));
  if (wanted.length === 0 || wanted.some((one) => before.get(one.container) !== one.image)) return [];
  const images = [...new Set(wanted.map(({ image }) => image))];
  return [{ kind: "same-images", images, podsRestart: true }];
}

/** Where a StatefulSet waits for each of its pods, one that never becomes ready has to be deleted by hand. */
function stuckPod({ seen, pods }: UndoEnds): readonly UndoRisk[] {
  if (seen.kind !== "StatefulSet" || seen.podManagement === "Parallel") return [];
  const waiting = pods.filter(({ ready, isBeingDeleted }) => !ready && !isBeingDeleted);
  const stuck = waiting.find((pod) => pod.waiting !== undefined) ?? waiting[0];
  return stuck === undefined ? [] : [{ kind: "ordered-ready", pod: stuck.name }];
}

/** How a risk of an undo is to be looked at; see `riskLevel`. */
export function undoRiskLevel(risk: UndoRisk): RiskLevel {
  switch (risk.kind) {
    case "managed":
    case "undone-from":
    case "on-delete":
    case "ordered-ready":
      return "warning";
    case "not-restored":
      return "note";
    default:
      return riskLevel(risk);
  }
}
