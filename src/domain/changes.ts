import { differences, jsonAtSteps } from "./jsonDifference.ts";
import { deletedEntries, type JsonObject, type ManifestEntry } from "./manifest.ts";
import { maskedObject, maskedValues, Masks } from "./masking.ts";
import type { Json } from "./release.ts";
import type { ObjectChange, ValueChange } from "./rollback.ts";

const MOST_PATHS = 20;
const MOST_VALUES = 200;
const LONGEST_TEXT = 200;

/** The objects that differ between two manifests: what changed or goes, in the order of the one, then what comes. */
export function compareObjects(
  from: readonly ManifestEntry[],
  to: readonly ManifestEntry[],
): readonly ObjectChange[] {
  const after = new Map(to.map((entry) => [entry.key, entry]));
  const before = new Set(from.map(({ key }) => key));
  const deleted = new Set(deletedEntries(from, to).map(({ key }) => key));
  const there = from.flatMap((entry): ObjectChange[] => {
    const other = after.get(entry.key);
    if (other !== undefined) return changed(entry, other);
    const isGone = entry.content === undefined || deleted.has(entry.key);
    return isGone ? [{ object: entry.object, what: "deleted", paths: [] }] : [];
  });
  const created = to
    .filter(({ key }) => !before.has(key))
    .map(({ object }): ObjectChange => ({ object, what: "created", paths: [] }));
  return [...there, ...created];
}

function changed(before: ManifestEntry, after: ManifestEntry): ObjectChange[] {
  if (before.content === undefined || after.content === undefined) {
    return before.text === after.text ? [] : [{ object: after.object, what: "changed", paths: [] }];
  }
  const paths = differences(before.content, after.content).map(({ path }) => path);
  if (paths.length === 0) return [];
  return [{ object: after.object, what: "changed", paths: paths.slice(0, MOST_PATHS) }];
}

/** The values that differ; secrets in them stand masked, and are known to `masks` from then on. */
export function compareValues(from: JsonObject, to: JsonObject, masks: Masks): readonly ValueChange[] {
  const [left, right] = maskedTwice(from, to, (values) => maskedValues(values, masks));
  return differences(from, to)
    .slice(0, MOST_VALUES)
    .map(({ path, before, after, beforeAt, afterAt }) => {
      const shownBefore = before === undefined ? undefined : jsonAtSteps(left, beforeAt);
      const shownAfter = after === undefined ? undefined : jsonAtSteps(right, afterAt);
      return {
        path,
        ...(shownBefore === undefined ? {} : { before: shown(shownBefore) }),
        ...(shownAfter === undefined ? {} : { after: shown(shownAfter) }),
        isMasked:
          JSON.stringify(shownBefore) !== JSON.stringify(before) ||
          JSON.stringify(shownAfter) !== JSON.stringify(after),
      };
    });
}

/** A document of a difference, before it is written as text. */
export interface ChangedDocument {
  /** e.g. `Deployment/web`; unlike every other one's. */
  readonly label: string;
  /** Undefined where it is not there on this side. */
  readonly left: JsonObject | string | undefined;
  readonly right: JsonObject | string | undefined;
}

/**
 * What differs between two revisions, whole and with every secret masked: the values, then object by object. Each
 * step is small, and undefined where it brings no document yet, so that whoever takes them can give way in between.
 */
export function* changedDocuments(
  from: { readonly values: JsonObject; readonly entries: readonly ManifestEntry[] },
  to: { readonly values: JsonObject; readonly entries: readonly ManifestEntry[] },
): Generator<ChangedDocument | undefined, undefined> {
  const masks = new Masks();
  const values = compareValues(from.values, to.values, masks);
  const pairs = pairsOf(from.entries, to.entries);
  // Twice: what is found to be a secret late is masked where it stood early, too.
  for (const { left, right } of pairs) {
    bodyOf(left, masks);
    bodyOf(right, masks);
    yield undefined;
  }
  if (values.length > 0) {
    const [left, right] = maskedTwice(from.values, to.values, (one) => maskedValues(one, masks));
    yield { label: "values.yaml", left, right };
  }
  const labels = new Map<string, number>();
  for (const { left, right } of pairs) {
    yield { label: labelOf(left ?? right, labels), left: bodyOf(left, masks), right: bodyOf(right, masks) };
  }
}

interface Pair {
  readonly left: ManifestEntry | undefined;
  readonly right: ManifestEntry | undefined;
}

function pairsOf(from: readonly ManifestEntry[], to: readonly ManifestEntry[]): readonly Pair[] {
  const before = new Map(from.map((entry) => [entry.key, entry]));
  const after = new Map(to.map((entry) => [entry.key, entry]));
  const deleted = new Set(deletedEntries(from, to).map(({ key }) => key));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const left = before.get(key);
    const right = after.get(key);
    if (left !== undefined && right !== undefined) {
      return changed(left, right).length === 0 ? [] : [{ left, right }];
    }
    // One that helm keeps stays as it is.
    const stays = right === undefined && left?.content !== undefined && !deleted.has(key);
    return stays ? [] : [{ left, right }];
  });
}

const bodyOf = (entry: ManifestEntry | undefined, masks: Masks): JsonObject | string | undefined => {
  if (entry === undefined) return undefined;
  return entry.content === undefined ? masks.text(entry.text) : maskedObject(entry.content, masks);
};

function labelOf(entry: ManifestEntry | undefined, taken: Map<string, number>): string {
  const { kind = "", name = "", namespace = "" } = entry?.object ?? {};
  const label = [namespace, kind, name].filter((part) => part !== "").join("/");
  const count = (taken.get(label) ?? 0) + 1;
  taken.set(label, count);
  return count === 1 ? label : `${label} (${count})`;
}

/** Both sides masked, after both were looked through. */
function maskedTwice(
  from: JsonObject,
  to: JsonObject,
  mask: (values: JsonObject) => JsonObject,
): readonly [JsonObject, JsonObject] {
  mask(from);
  mask(to);
  return [mask(from), mask(to)];
}

function shown(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
