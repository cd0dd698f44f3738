import type { JsonObject } from "./json.ts";
import { isObject, listOf, numberOf, objectsOf, parseJson, textOf } from "./json.ts";

/** What a sandbox is started with. */
export interface Options {
  /** The name of the person who may do everything. */
  readonly admin: string;
  /** People who may do everything inside namespaces. */
  readonly people: readonly string[];
  /** People who can sign in and may do nothing. */
  readonly strangers: readonly string[];
  /** Namespaces made at the start, besides those that every cluster has. */
  readonly namespaces: readonly string[];
  /** Objects that are there from the start, with the uids, dates and states that they name. */
  readonly objects: readonly JsonObject[];
  /** Whether the program outlives its standard input. */
  readonly isDetached: boolean;
  /** How long nobody may ask anything before a detached sandbox ends. */
  readonly idleSeconds: number;
  /** How often watches say that they are alive. */
  readonly bookmarkSeconds: number;
  /** How many past changes of each kind watches can begin at. */
  readonly historyWindow: number;
}

/** Reads options from one line of JSON; undefined when it is no JSON object. Absent ones have defaults. */
export function readOptions(line: string): Options | undefined {
  const parsed = parseJson(line.trim() === "" ? "{}" : line);
  if (!isObject(parsed)) return undefined;
  return {
    admin: textOf(parsed["admin"]) || "admin",
    people: textList(parsed, "people", []),
    strangers: textList(parsed, "strangers", ["eve"]),
    namespaces: textList(parsed, "namespaces", []),
    objects: objectsOf(parsed["objects"]),
    isDetached: parsed["detached"] === true,
    idleSeconds: numberOf(parsed["idleSeconds"], 12 * 3600),
    bookmarkSeconds: numberOf(parsed["bookmarkSeconds"], 60),
    historyWindow: numberOf(parsed["historyWindow"], 1000),
  };
}

const textList = (options: JsonObject, key: string, fallback: readonly string[]): readonly string[] =>
  options[key] === undefined ? fallback : listOf(options[key]).map(textOf);
