import type { RolloutReading, RolloutRevision } from "./rollouts.ts";
import { sameTemplate } from "./undo.ts";

/** Why an undo is not to be done as it was reviewed. */
export type Unfit =
  | { readonly kind: "stale"; readonly why: "changed" | "target-gone" | "workload-gone" }
  | { readonly kind: "paused" }
  | { readonly kind: "same-template"; readonly revision: number };

/** What was reviewed: the workload as it was read then, and the revision to go back to. */
export interface ReviewedUndo {
  readonly seen: RolloutReading;
  readonly to: Pick<RolloutRevision, "object" | "hash">;
}

/**
 * Whether a workload is still what was reviewed; undefined where it is. Its status may have changed, and with it the
 * version: pods come and go. Its spec, what people wrote on it, and the target may not.
 */
export function undoUnfitness(
  { seen, to }: ReviewedUndo,
  now: RolloutReading | undefined,
): Unfit | undefined {
  if (now?.version.uid !== seen.version.uid) return { kind: "stale", why: "workload-gone" };
  const target = now.revisions.find(({ object }) => object.uid === to.object.uid);
  if (target?.hash !== to.hash) return { kind: "stale", why: "target-gone" };
  if (now.isPaused) return { kind: "paused" };
  if (sameTemplate(now.template, target.template)) {
    return { kind: "same-template", revision: now.current?.revision ?? target.revision };
  }
  const isSame =
    now.generation === seen.generation &&
    isSameMap(ofPeople(now.annotations), ofPeople(seen.annotations)) &&
    isSameMap(now.labels, seen.labels);
  return isSame ? undefined : { kind: "stale", why: "changed" };
}

/** Controllers write these by themselves. */
const OF_CONTROLLERS = /^(?:deployment\.kubernetes\.io\/|deprecated\.daemonset\.template\.generation$)/u;

const ofPeople = (annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !OF_CONTROLLERS.test(key)));

function isSameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
