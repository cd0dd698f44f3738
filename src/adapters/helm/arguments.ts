import type { DeployOrder, ReleaseRef } from "../../app/ports.ts";
import type { KeptRollback } from "../../app/rollbackPorts.ts";
import { safeName, shortCommit, type CommitHash } from "../../domain/branch.ts";
import { oneLine } from "../../domain/plainText.ts";
import type { RevisionMark } from "../../domain/release.ts";

/** Where helm finds what cannot stand in its arguments. */
export interface HelmFiles {
  readonly chart: string;
  readonly values: string;
}

/** helm refuses descriptions of more than 256 characters since 4.3; the rest is room for what we do not foresee. */
const MAX_DESCRIPTION_LENGTH = 200;

/** Of a label's value, by Kubernetes. */
const MAX_LABEL_LENGTH = 63;

/**
 * `helm upgrade --install` as an argument list. Every flag is written `--flag=value`, since helm 4 would take a
 * separate value of `--wait` for a positional, and everything positional comes after `--`.
 */
export function upgradeArguments(order: DeployOrder, files: HelmFiles, major: number): readonly string[] {
  return [
    "upgrade",
    "--install",
    `--kube-context=${order.release.context}`,
    `--namespace=${order.release.namespace}`,
    waiting(major),
    `--timeout=${order.driver.timeoutMinutes}m0s`,
    `--history-max=${order.driver.historyMax}`,
    // What helm does with values when none of these is given depends on the others.
    "--reset-values",
    `--values=${files.values}`,
    `--description=${description(order.mark)}`,
    `--labels=${Object.entries(markLabels(order.mark, order.revision))
      .map(([name, value]) => `${name}=${value}`)
      .join(",")}`,
    "--",
    order.release.release,
    files.chart,
  ];
}

/**
 * `helm rollback` to a revision that is always named: without one helm takes the one before the newest, whatever became
 * of it. It is never forced, and gets no description of its own: helm's `Rollback to N` is what everybody reads.
 */
export function rollbackArguments(order: KeptRollback, major: number): readonly string[] {
  const { release, to, timeoutMinutes, historyMax } = order;
  return [
    "rollback",
    `--kube-context=${release.context}`,
    `--namespace=${release.namespace}`,
    waiting(major),
    `--timeout=${timeoutMinutes}m0s`,
    `--history-max=${historyMax}`,
    "--",
    release.release,
    String(to.revision),
  ];
}

/** `helm uninstall`, for a first installation that was never finished. */
export function uninstallArguments(
  { context, namespace, release }: ReleaseRef,
  timeoutMinutes: number,
  major: number,
): readonly string[] {
  return [
    "uninstall",
    `--kube-context=${context}`,
    `--namespace=${namespace}`,
    waiting(major),
    `--timeout=${timeoutMinutes}m0s`,
    "--",
    release,
  ];
}

/** helm 3 knows no value here, and helm 4 waits only for hooks when it is given none. */
const waiting = (major: number): string => (major === 3 ? "--wait" : "--wait=watcher");

/** One line for `helm history`; read back by `markOf`. */
export function description(mark: RevisionMark): string {
  const by = mark.by === undefined ? "" : ` by ${mark.by}`;
  return oneLine(`Devdeploy ${mark.branch ?? ""} ${shortCommit(mark.commit)}${by}`, MAX_DESCRIPTION_LENGTH);
}

/** The mark on the revision's record. Later upgrades by others inherit it, hence the revision that it was made for. */
export function markLabels(mark: RevisionMark, revision: number): Readonly<Record<string, string>> {
  return {
    ...commitLabels(mark.commit),
    "devdeploy-revision": String(revision),
    ...(mark.branch === undefined ? {} : { "devdeploy-branch": safeName(mark.branch, "branch") }),
    ...(mark.by === undefined ? {} : { "devdeploy-by": safeName(mark.by, "somebody") }),
  };
}

/**
 * A label has room for one digit less than a SHA-256 hash has. Such a one stands there in two halves, neither of which
 * can be taken for a whole hash.
 */
function commitLabels(commit: CommitHash): Readonly<Record<string, string>> {
  if (commit.length <= MAX_LABEL_LENGTH) return { "devdeploy-commit": commit };
  const half = commit.length / 2;
  return { "devdeploy-commit": commit.slice(0, half), "devdeploy-commit-rest": commit.slice(half) };
}
