import { isJsonList, isJsonObject, type JsonObject } from "./manifest.ts";
import type { Json } from "./release.ts";

/** Keys and places that lead to a value. */
export type JsonSteps = readonly (string | number)[];

/** A place where two values differ: how it is called, and where it lies on either side. */
export interface Difference {
  /** e.g. `spec.template.spec.containers[app].image`. */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly beforeAt: JsonSteps;
  readonly afterAt: JsonSteps;
}

/** Every place where two values differ, as deep as it can be named. What is there on one side only is one place. */
export function differences(before: Json | undefined, after: Json | undefined): readonly Difference[] {
  const found: Difference[] = [];
  compare({ path: "", before, after, beforeAt: [], afterAt: [] }, found);
  return found;
}

export const isEqualJson = (before: Json | undefined, after: Json | undefined): boolean =>
  differences(before, after).length === 0;

/** What lies there; undefined where there is nothing. */
export const jsonAtSteps = (value: Json | undefined, steps: JsonSteps): Json | undefined =>
  steps.reduce<Json | undefined>((found, step) => {
    if (isJsonList(found)) return typeof step === "number" ? found[step] : undefined;
    return isJsonObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }, value);

function compare(pair: Difference, found: Difference[]): void {
  const { before, after } = pair;
  if (isJsonObject(before) && isJsonObject(after)) compareMaps(pair, before, after, found);
  else if (isJsonList(before) && isJsonList(after)) compareLists(pair, before, after, found);
  else if (before !== after) found.push(pair);
}

function compareMaps(pair: Difference, before: JsonObject, after: JsonObject, found: Difference[]): void {
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const step = (side: JsonObject): Json | undefined => (Object.hasOwn(side, key) ? side[key] : undefined);
    const [left, right] = [step(before), step(after)];
    // Nearly all is the same on both sides, and needs no name.
    if (left === right) continue;
    compare(
      {
        path: joined(pair.path, key),
        before: left,
        after: right,
        beforeAt: [...pair.beforeAt, key],
        afterAt: [...pair.afterAt, key],
      },
      found,
    );
  }
}

function compareLists(
  pair: Difference,
  before: readonly Json[],
  after: readonly Json[],
  found: Difference[],
): void {
  const left = placesOf(before);
  const right = placesOf(after);
  const names = left !== undefined && right !== undefined ? new Set([...left.keys(), ...right.keys()]) : [];
  if (left === undefined || right === undefined) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
      compareItems(pair, { name: String(index), left: index, right: index, before, after }, found);
    }
    return;
  }
  const count = found.length;
  for (const name of names) {
    const item = { name, left: left.get(name) ?? -1, right: right.get(name) ?? -1, before, after };
    compareItems(pair, item, found);
  }
  // The order of an environment matters: later ones may refer to earlier ones.
  if (found.length === count && [...left.keys()].join("\n") !== [...right.keys()].join("\n")) {
    found.push(pair);
  }
}

function compareItems(
  { path, beforeAt, afterAt }: Difference,
  item: {
    readonly name: string;
    readonly left: number;
    readonly right: number;
    readonly before: readonly Json[];
    readonly after: readonly Json[];
  },
  found: Difference[],
): void {
  compare(
    {
      path: `${path}[${item.name}]`,
      before: item.before[item.left],
      after: item.after[item.right],
      beforeAt: [...beforeAt, item.left],
      afterAt: [...afterAt, item.right],
    },
    found,
  );
}

/** Where each item of a list lies, by its name; undefined where its items have no names of their own. */
function placesOf(list: readonly Json[]): ReadonlyMap<string, number> | undefined {
  const places = new Map<string, number>();
  for (const [index, item] of list.entries()) {
    const name = isJsonObject(item) ? item["name"] : undefined;
    if (typeof name !== "string" || places.has(name)) return undefined;
    places.set(name, index);
  }
  return places;
}

const PLAIN_KEY = /^[\w-]+$/u;

const joined = (path: string, key: string): string => {
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
};
