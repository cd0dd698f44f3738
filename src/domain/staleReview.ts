import type { RevisionLabel } from "./release.ts";
import type { ReviewedState } from "./rollback.ts";
import type { ObjectVersion } from "./cluster.ts";

/** Why a review no longer describes what is there. */
export interface Stale {
  readonly why: "newer" | "changed" | "target-gone";
  /** The newest revision there is; undefined where the release is gone. */
  readonly newest?: number;
}

/** Whether the records are still those that were reviewed: by the very objects, since helm writes them anew each time. */
export function staleness(
  seen: ReviewedState,
  to: number,
  labels: readonly RevisionLabel[],
): Stale | undefined {
  const newest = labels[0];
  if (newest === undefined) return { why: "target-gone" };
  const at = { newest: newest.revision };
  if (newest.revision > seen.newest) return { why: "newer", ...at };
  const target = labels.find(({ revision }) => revision === to);
  if (target === undefined) return { why: "target-gone", ...at };
  const isSame =
    newest.revision === seen.newest &&
    newest.status === seen.status &&
    isSameObject(newest.version, seen.version) &&
    isSameObject(target.version, seen.target);
  return isSame ? undefined : { why: "changed", ...at };
}

const isSameObject = (a: ObjectVersion, b: ObjectVersion): boolean =>
  a.uid === b.uid && a.resourceVersion === b.resourceVersion;
