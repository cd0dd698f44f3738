import { parseCommitHash, shortCommit } from "../../domain/branch.ts";
import type { RevisionMark } from "../../domain/release.ts";

const DESCRIPTION = /^Devdeploy (?<branch>\S+) (?<commit>[0-9a-f]{7}) by (?<by>.+)$/u;

/**
 * What we wrote on this very revision. The labels decide; the description, which helm overwrites when an upgrade
 * fails, only adds the branch and the name as they are really spelled.
 */
export function markOf(
  labels: Readonly<Record<string, string>>,
  revision: number,
  description: string,
): RevisionMark | undefined {
  const commit = commitOf(labels);
  if (!commit.ok || labels["devdeploy-revision"] !== String(revision)) return undefined;
  const said = DESCRIPTION.exec(description)?.groups;
  const own = said?.["commit"] === shortCommit(commit.value) ? said : undefined;
  const branch = own?.["branch"] ?? labels["devdeploy-branch"];
  const by = own?.["by"] ?? labels["devdeploy-by"];
  return {
    commit: commit.value,
    ...(branch === undefined ? {} : { branch }),
    ...(by === undefined ? {} : { by }),
  };
}

/** Whole, or in two halves (see `markLabels`); half a hash beside a whole one was inherited. */
function commitOf(labels: Readonly<Record<string, string>>): ReturnType<typeof parseCommitHash> {
  const { "devdeploy-commit": start = "", "devdeploy-commit-rest": rest = "" } = labels;
  const whole = parseCommitHash(start);
  return whole.ok ? whole : parseCommitHash(`${start}${rest}`);
}
