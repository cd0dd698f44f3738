import type { ReleaseStatus, RevisionLabel } from "./release.ts";

const STATUSES: ReadonlySet<string> = new Set<ReleaseStatus>([
  "unknown",
  "deployed",
  "uninstalled",
  "superseded",
  "failed",
  "uninstalling",
  "pending-install",
  "pending-upgrade",
  "pending-rollback",
]);

const isStatus = (word: string): word is ReleaseStatus => STATUSES.has(word);

/** A word that helm does not have today is kept as `unknown`, never taken for a good one. */
export const releaseStatus = (word: string): ReleaseStatus => (isStatus(word) ? word : "unknown");

const REVISION = /^[1-9]\d{0,9}$/u;

/** Which release and revision a record says it is of, by its labels. */
export interface RecordLabels {
  readonly release: string;
  readonly revision: number;
  readonly status: ReleaseStatus;
}

/**
 * What helm's own labels say of a record; undefined where they name no revision. The object's name says nothing: a
 * release may itself be called `web.v2`.
 */
export function readRecordLabels(labels: Readonly<Record<string, string>>): RecordLabels | undefined {
  const { owner, name, version = "", status = "" } = labels;
  if (owner !== "helm" || name === undefined || name === "" || !REVISION.test(version)) return undefined;
  return { release: name, revision: Number(version), status: releaseStatus(status) };
}

/**
 * Newest first. By number, since as text revision 9 would come after revision 10; where both kinds of records are
 * there, those of the kind that was written last come first, since helm goes on with the kind that it last used and
 * counts each by itself.
 */
export function newestFirst(revisions: readonly RevisionLabel[]): readonly RevisionLabel[] {
  const byNumber = [...revisions].sort((a, b) => b.revision - a.revision);
  if (byNumber.every(({ driver }) => driver === byNumber[0]?.driver)) return byNumber;
  const secrets = byNumber.filter(({ driver }) => driver === "secret");
  const configMaps = byNumber.filter(({ driver }) => driver === "configmap");
  const [newestSecret, newestConfigMap] = [secrets[0], configMaps[0]];
  if (newestSecret === undefined || newestConfigMap === undefined) return byNumber;
  return newestConfigMap.createdAt > newestSecret.createdAt
    ? [...configMaps, ...secrets]
    : [...secrets, ...configMaps];
}
