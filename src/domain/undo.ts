import { parseCommitHash } from "./branch.ts";
import { isJsonList, isJsonObject, type JsonObject } from "./manifest.ts";
import { oneLine } from "./plainText.ts";
import type { Json } from "./release.ts";
import type { RolloutMark, RolloutReading, RolloutRevision } from "./rollouts.ts";

/** Where a mark stands: on the workload, from where the controllers copy it to the revision. */
export const MARK_ANNOTATIONS = {
  commit: "devdeploy.dev/commit",
  branch: "devdeploy.dev/branch",
  by: "devdeploy.dev/by",
  at: "devdeploy.dev/at",
  reason: "devdeploy.dev/reason",
  undoneTo: "devdeploy.dev/undone-to",
  undoneFrom: "devdeploy.dev/undone-from",
  /**
   * The hash of the revision that the mark is of. Whoever rolls out something else by another tool leaves the mark
   * on the workload, and the controllers copy it to a revision that it says nothing about.
   */
  hash: "devdeploy.dev/revision-hash",
} as const;

export const CHANGE_CAUSE = "kubernetes.io/change-cause";

/** The label by which a Deployment's controller tells the pods of its ReplicaSets apart. */
export const TEMPLATE_HASH = "pod-template-hash";

const LONGEST = { branch: 250, by: 100, reason: 200 } as const;
const NUMBER = /^[1-9]\d{0,9}$/u;
const MARKS: ReadonlySet<string> = new Set(Object.values(MARK_ANNOTATIONS));

/** A mark as it stands in annotations; undefined where nothing of it can be read. Empty counts as absent. */
export function readMark(annotations: Readonly<Record<string, string>>): RolloutMark | undefined {
  const text = (key: keyof typeof MARK_ANNOTATIONS): string | undefined => {
    const found = annotations[MARK_ANNOTATIONS[key]];
    return found === undefined || found === "" ? undefined : found;
  };
  const line = (key: keyof typeof LONGEST): string | undefined => {
    const found = oneLine(text(key) ?? "", LONGEST[key]);
    return found === "" ? undefined : found;
  };
  const number = (key: "undoneTo" | "undoneFrom"): number | undefined => {
    const found = text(key);
    return found !== undefined && NUMBER.test(found) ? Number(found) : undefined;
  };
  const commit = parseCommitHash(text("commit") ?? "");
  const at = Date.parse(text("at") ?? "");
  const [branch, by, reason] = [line("branch"), line("by"), line("reason")];
  const [undoneTo, undoneFrom] = [number("undoneTo"), number("undoneFrom")];
  const mark: RolloutMark = {
    ...(commit.ok ? { commit: commit.value } : {}),
    ...(branch === undefined ? {} : { branch }),
    ...(by === undefined ? {} : { by }),
    ...(Number.isFinite(at) ? { at } : {}),
    ...(reason === undefined ? {} : { reason }),
    ...(undoneTo === undefined ? {} : { undoneTo }),
    ...(undoneFrom === undefined ? {} : { undoneFrom }),
  };
  return Object.keys(mark).length === 0 ? undefined : mark;
}

/** Something that carries annotations: a revision, or the workload itself (then without a hash). */
export interface MarkCarrier {
  readonly hash?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The mark of each revision, by its hash. A mark that names its revision counts for that one wherever it stands: a
 * ControllerRevision gets its annotations only when it is made, so that the mark of an undo is on the workload alone,
 * and on whatever was made after it. One that names none counts for the revision that it stands on. The newest wins.
 */
export function marksByHash(carriers: readonly MarkCarrier[]): ReadonlyMap<string, RolloutMark> {
  const marks = new Map<string, RolloutMark>();
  for (const { hash, annotations } of carriers) {
    const named = annotations[MARK_ANNOTATIONS.hash];
    const of = named === undefined || named === "" ? hash : named;
    const mark = readMark(annotations);
    if (of === undefined || mark === undefined) continue;
    const known = marks.get(of);
    if (known === undefined || (mark.at ?? 0) > (known.at ?? 0)) marks.set(of, mark);
  }
  return marks;
}

/**
 * The annotations of a workload once its template is the target's again.
 *
 * `kubectl rollout undo` puts the ReplicaSet's annotations in place of the Deployment's, but for six that the
 * controller never copies, and leaves those of StatefulSets and DaemonSets alone. This takes the middle way, for all:
 * - What the workload has now stays. kubectl loses each annotation that was set since (an owner, a link, an alert
 *   that was silenced), and brings back those that were taken away; neither has to do with the template.
 * - With it the six stay, as with kubectl. `last-applied-configuration` among them is stale from then on: the next
 *   `kubectl apply` still compares with what was applied last, not with what was gone back to.
 * - `change-cause` belongs to the revision: it becomes the target's, and goes where the target has none.
 * - Devdeploy's mark becomes that of this undo. A field that it has not got is written empty where the target's own
 *   annotations have it: the controller adds and changes annotations of a ReplicaSet, and never takes one away.
 */
export function restoredAnnotations(
  seen: Pick<RolloutReading, "annotations">,
  target: Pick<RolloutRevision, "annotations" | "changeCause" | "hash">,
  mark: RolloutMark,
): Record<string, string> {
  const kept = Object.entries(seen.annotations).filter(([key]) => key !== CHANGE_CAUSE && !MARKS.has(key));
  const emptied = Object.keys(target.annotations).filter((key) => MARKS.has(key));
  return {
    ...Object.fromEntries(kept),
    ...(target.changeCause === undefined ? {} : { [CHANGE_CAUSE]: target.changeCause }),
    ...Object.fromEntries(emptied.map((key) => [key, ""])),
    ...markAnnotations(mark, target.hash),
  };
}

function markAnnotations(mark: RolloutMark, hash: string): Record<string, string> {
  const annotations = [
    [MARK_ANNOTATIONS.commit, mark.commit ?? ""],
    [MARK_ANNOTATIONS.branch, oneLine(mark.branch ?? "", LONGEST.branch)],
    [MARK_ANNOTATIONS.by, oneLine(mark.by ?? "", LONGEST.by)],
    [MARK_ANNOTATIONS.at, mark.at === undefined ? "" : new Date(mark.at).toISOString()],
    [MARK_ANNOTATIONS.reason, oneLine(mark.reason ?? "", LONGEST.reason)],
    [MARK_ANNOTATIONS.undoneTo, mark.undoneTo?.toString() ?? ""],
    [MARK_ANNOTATIONS.undoneFrom, mark.undoneFrom?.toString() ?? ""],
    [MARK_ANNOTATIONS.hash, hash],
  ] as const;
  return Object.fromEntries(annotations.filter(([, text]) => text !== ""));
}

/**
 * Whether two templates make the same pods, as the Deployment controller and kubectl compare them: without the label
 * that the controller adds, and an absent field is the same as null (older API servers write
 * `creationTimestamp: null`).
 */
export const sameTemplate = (a: Json, b: Json): boolean => isSame(plainTemplate(a), plainTemplate(b));

/** A template without the label that the controller adds. */
export function plainTemplate(template: Json): Json {
  const metadata = isJsonObject(template) ? template["metadata"] : undefined;
  const labels = isJsonObject(metadata) ? metadata["labels"] : undefined;
  if (!isJsonObject(template) || !isJsonObject(metadata) || !isJsonObject(labels)) return template;
  if (!Object.hasOwn(labels, TEMPLATE_HASH)) return template;
  const others = Object.fromEntries(Object.entries(labels).filter(([key]) => key !== TEMPLATE_HASH));
  return { ...template, metadata: { ...metadata, labels: others } };
}

function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isJsonList(a)) {
    return isJsonList(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return (
    Object.keys(a).every((key) => isSame(a[key] ?? null, memberOf(b, key))) &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) || b[key] === null)
  );
}

const memberOf = (object: JsonObject, key: string): Json =>
  (Object.hasOwn(object, key) ? object[key] : undefined) ?? null;
