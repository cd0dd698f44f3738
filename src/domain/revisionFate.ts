import { isPending, type ReleaseStatus } from "./release.ts";

/** What became of a revision, which is not always what its status says. */
export type Fate = "ran" | "failed" | "pending" | "uninstalled" | "unknown";

/** helm's own words on a record whose rollout did not come to a good end. */
const FAILED = /^(?:Upgrade|Rollback|Release) ".*" failed: /su;
/** What helm writes on a record before it begins; at the end it is replaced. */
const UNFINISHED = /^(?:Preparing upgrade|Initial install underway)$/u;
/** Hooks run before anything of the release itself is touched. */
const FAILED_BEFORE = /^(?:Upgrade|Release) ".*" failed: (?:pre-upgrade hooks failed|failed pre-install): /su;

/**
 * A failed rollback marks the record that was current as superseded, even where that one had failed itself, or never
 * came to its end. Then only the description still tells. Without it, as from labels alone, the status is believed.
 */
export function fateOf(status: ReleaseStatus, description = ""): Fate {
  if (isPending(status)) return "pending";
  switch (status) {
    case "deployed":
      return "ran";
    case "superseded":
      return FAILED.test(description) || UNFINISHED.test(description) ? "failed" : "ran";
    case "failed":
      return "failed";
    case "uninstalled":
    case "uninstalling":
      return "uninstalled";
    default:
      return "unknown";
  }
}

/** Whether a revision changed anything in the cluster: helm gets that far with much that fails afterwards. */
export function reachedCluster(fate: Fate, description: string): "yes" | "perhaps" | "no" {
  switch (fate) {
    case "ran":
      return "yes";
    case "failed":
      return FAILED_BEFORE.test(description) ? "no" : "perhaps";
    case "pending":
    case "unknown":
      return "perhaps";
    case "uninstalled":
      return "yes";
  }
}
