import type { HistoryEntry, ImageDrift, WhatRuns } from "./history.ts";
import { descriptionOf, fateOfEntry } from "./historyEntries.ts";
import type { ContainerImage, Revision } from "./release.ts";
import { reachedCluster, type Fate } from "./revisionFate.ts";

/** A revision that may be what runs. */
export interface Candidate {
  readonly revision: Revision;
  readonly fate: Fate;
  /** helm's word for it. */
  readonly isDeployed: boolean;
}

/** Which revisions the images of the cluster are to be compared with. */
export type Candidates =
  | { readonly kind: "reading" }
  | { readonly kind: "unknown"; readonly detail: string }
  /** Newest first, down to the newest one that surely ran. */
  | { readonly kind: "known"; readonly candidates: readonly Candidate[] };

/** With more failures than this in a row, what ran before them is no candidate any more. */
const MOST_CANDIDATES = 8;

/**
 * The revisions that the cluster may run, from the newest record down to the newest that surely reached it: what
 * helm calls deployed is its last success, and what failed afterwards was applied all the same.
 */
export function runCandidates(entries: readonly HistoryEntry[]): Candidates {
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    const { record, status } = entry;
    const fate = fateOfEntry(entry);
    if (fate === "uninstalled") break;
    if (record.kind === "reading") return { kind: "reading" };
    if (record.kind !== "read") return { kind: "unknown", detail: record.detail };
    const reached = reachedCluster(fate, descriptionOf(record));
    if (reached !== "no")
      candidates.push({ revision: record.revision, fate, isDeployed: status === "deployed" });
    if (reached === "yes" || candidates.length === MOST_CANDIDATES) break;
  }
  return { kind: "known", candidates };
}

/** Workloads whose pods run for as long as the release does; Jobs and CronJobs come and go. */
const RUNNING = /^(?:Deployment|StatefulSet|DaemonSet)\//u;

/**
 * What runs, by the images that the workloads have now. A pending revision counts only for what no other explains:
 * it may not have been applied yet.
 */
export function whatRuns(candidates: readonly Candidate[], live: readonly ContainerImage[]): WhatRuns {
  const running = live.filter(({ workload }) => RUNNING.test(workload));
  const withWorkloads = candidates.filter(({ revision }) => wanted(revision).length > 0);
  if (withWorkloads.length === 0 || running.length === 0) return { kind: "nothing" };

  const same = withWorkloads.filter(({ revision }) => drift(revision, running).length === 0);
  const found = same.find(({ fate }) => fate !== "pending" && fate !== "unknown") ?? same[0];
  if (found !== undefined) return runs(found);
  // Half applied: helm changes one workload after the other, and may be stopped in between.
  const [newest, ...older] = withWorkloads;
  if (newest !== undefined && older.length > 0 && isMixOf(withWorkloads, running)) return runs(newest);

  const applied = withWorkloads.find(({ fate }) => fate === "ran" || fate === "failed") ?? newest;
  if (applied === undefined) return { kind: "nothing" };
  const { revision } = applied;
  return { kind: "drift", revision: revision.revision, differences: drift(revision, running) };
}

const runs = ({ revision, isDeployed }: Candidate): WhatRuns => ({
  kind: "revision",
  revision: revision.revision,
  isDeployed,
});

const wanted = (revision: Revision): readonly ContainerImage[] =>
  revision.images.filter(({ workload }) => RUNNING.test(workload));

const keyOf = ({ workload, container }: ContainerImage): string => `${workload}/${container}`;

/** Where the workloads of a revision have other images than its manifest says, or containers that it has not. */
function drift(revision: Revision, live: readonly ContainerImage[]): readonly ImageDrift[] {
  const recorded = wanted(revision);
  const known = new Set(recorded.map(keyOf));
  const workloads = new Set(recorded.map(({ workload }) => workload));
  const now = new Map(live.map((image) => [keyOf(image), image.image]));
  const changed = recorded.flatMap((image): readonly ImageDrift[] => {
    const there = now.get(keyOf(image));
    if (there === image.image) return [];
    const { workload, container } = image;
    const difference = { workload, container, recorded: image.image };
    return [there === undefined ? difference : { ...difference, live: there }];
  });
  const added = live.flatMap((image): readonly ImageDrift[] =>
    workloads.has(image.workload) && !known.has(keyOf(image))
      ? [{ workload: image.workload, container: image.container, recorded: "", live: image.image }]
      : [],
  );
  return [...changed, ...added];
}

/** Whether each container runs what one of these revisions says of it. */
function isMixOf(candidates: readonly Candidate[], live: readonly ContainerImage[]): boolean {
  const said = new Set(
    candidates.flatMap(({ revision }) => wanted(revision).map((image) => `${keyOf(image)}=${image.image}`)),
  );
  return live.every((image) => said.has(`${keyOf(image)}=${image.image}`));
}
