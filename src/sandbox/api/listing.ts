import type { JsonObject } from "../json.ts";
import { isObject, numberOf, parseJson, textOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { nameOf, namespaceOf } from "../object.ts";
import type { Cause } from "../refusal.ts";
import { badRequest, expired, invalidListOptions, isRefusal, Refusal } from "../refusal.ts";
import type { Match } from "../selectors.ts";
import { parseFieldSelector, parseLabelSelector } from "../selectors.ts";
import type { Store } from "../store.ts";

/** One page of a list. */
export interface Page {
  readonly metadata: JsonObject;
  readonly objects: readonly JsonObject[];
}

interface Snapshot {
  readonly revision: number;
  readonly objects: readonly JsonObject[];
}

interface PageStart {
  readonly limit: number;
  readonly id: string;
  readonly offset?: number;
  /** Whether the page tells how many objects follow. */
  readonly isCounted: boolean;
}

/** The server counts what is left only where it need not look at every object for it. */
const isChosen = (query: URLSearchParams): boolean =>
  (query.get("labelSelector") ?? "") !== "" || (query.get("fieldSelector") ?? "") !== "";

const MAX_SNAPSHOTS = 50;

/**
 * Lists objects, page by page. Later pages show the state of the first one, so a snapshot is kept for them; a
 * client that comes back when it is gone is told 410, as after a compaction.
 */
export class Listing {
  readonly #store: Store;
  readonly #snapshots = new Map<string, Snapshot>();
  #count = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  list(kind: Kind, namespace: string, query: URLSearchParams): Page | Refusal {
    const match = matchOf(kind, query);
    if (isRefusal(match)) return match;
    const limit = Number(query.get("limit") ?? 0);
    if (!Number.isInteger(limit)) {
      return badRequest(`strconv.ParseInt: parsing ${JSON.stringify(query.get("limit"))}: invalid syntax`);
    }
    const token = query.get("continue") ?? "";
    if (token !== "") return this.#nextPage(token, query, match);
    const refusal = this.#optionsRefusal(query);
    if (refusal !== undefined) return refusal;
    const objects = this.#store.list(kind, namespace);
    return this.#page({ revision: this.#store.revision, objects }, match, {
      limit,
      id: "",
      isCounted: !isChosen(query),
    });
  }

  /** Forgets the snapshots that later pages need, as etcd's compaction does. */
  forget(): void {
    this.#snapshots.clear();
  }

  #optionsRefusal(query: URLSearchParams): Refusal | undefined {
    const version = query.get("resourceVersion") ?? "";
    const match = query.get("resourceVersionMatch") ?? "";
    const causes: Cause[] = [];
    if (match !== "" && version === "") {
      causes.push(
        forbiddenOption(
          "resourceVersionMatch",
          "resourceVersionMatch is forbidden unless resourceVersion is provided",
        ),
      );
    }
    if (!["", "Exact", "NotOlderThan"].includes(match)) {
      const message = `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`;
      causes.push({ reason: "FieldValueNotSupported", message, field: "resourceVersionMatch" });
    }
    if (query.has("sendInitialEvents")) {
      causes.push(forbiddenOption("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    }
    if (causes.length > 0) return invalidListOptions(causes);
    if (version === "" || version === "0") return undefined;
    const revision = readVersion(version);
    if (revision === undefined) return badRequest(`invalid resource version: ${versionProblem(version)}`);
    if (revision > this.#store.revision) return tooLarge(revision, this.#store.revision);
    if (match === "Exact" && revision < this.#store.revision) {
      return expired(`The resourceVersion for the provided list is too old.`);
    }
    return undefined;
  }

  #nextPage(token: string, query: URLSearchParams, match: Match): Page | Refusal {
    const limit = Number(query.get("limit") ?? 0);
    const parsed = parseJson(Buffer.from(token, "base64url").toString("utf8"));
    if (!isObject(parsed) || textOf(parsed["v"]) !== "meta.k8s.io/v1") {
      return badRequest(`invalid continue token: continue key is not valid: ${problemOf(token)}`);
    }
    const id = textOf(parsed["id"]);
    const snapshot = this.#snapshots.get(id);
    if (snapshot === undefined) return expired(CONTINUE_EXPIRED);
    const start = snapshot.objects.slice(numberOf(parsed["start"]));
    return this.#page({ revision: snapshot.revision, objects: start }, match, {
      limit,
      id,
      isCounted: !isChosen(query),
      offset: numberOf(parsed["start"]),
    });
  }

  #page(snapshot: Snapshot, match: Match, from: PageStart): Page {
    const objects: JsonObject[] = [];
    let index = 0;
    for (; index < snapshot.objects.length; index += 1) {
      const object = snapshot.objects[index];
      if (object === undefined || !match(object)) continue;
      if (from.limit > 0 && objects.length === from.limit) break;
      objects.push(object);
    }
    const resourceVersion = String(snapshot.revision);
    const rest = snapshot.objects.slice(index).filter(match).length;
    if (rest === 0) return { metadata: { resourceVersion }, objects };
    const id = from.id === "" ? this.#keep(snapshot) : from.id;
    const token = { v: "meta.k8s.io/v1", rv: snapshot.revision, id, start: index + (from.offset ?? 0) };
    return {
      metadata: {
        resourceVersion,
        continue: Buffer.from(JSON.stringify(token)).toString("base64url"),
        ...(from.isCounted ? { remainingItemCount: rest } : {}),
      },
      objects,
    };
  }

  #keep(snapshot: Snapshot): string {
    this.#count += 1;
    const id = String(this.#count);
    this.#snapshots.set(id, snapshot);
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > MAX_SNAPSHOTS && oldest !== undefined) this.#snapshots.delete(oldest);
    return id;
  }
}

const CONTINUE_EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
  "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
  "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
  "deleted between the time the first chunk was returned and now may show up in the list.";

/** What Go's decoder says of a token that holds no JSON. */
const problemOf = (token: string): string =>
  `invalid character '${Buffer.from(token, "base64url").toString("utf8").slice(0, 1)}' looking for beginning of value`;

/** Both selectors of a query as one test. */
export function matchOf(kind: Kind, query: URLSearchParams): Match | Refusal {
  const byLabel = parseLabelSelector(query.get("labelSelector") ?? "");
  if (isRefusal(byLabel)) return byLabel;
  const byField = parseFieldSelector(kind, query.get("fieldSelector") ?? "");
  if (isRefusal(byField)) return byField;
  return (object) => byLabel(object) && byField(object);
}

export const forbiddenOption = (field: string, why: string): Cause => ({
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
  field,
});

/** A resourceVersion as a number, or undefined if it is none. */
export const readVersion = (text: string): number | undefined =>
  /^\d+$/u.test(text) ? Number(text) : undefined;

export const versionProblem = (text: string): string =>
  `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;

/** A version from the future: the real server waits three seconds for it and then gives up. */
export const tooLarge = (asked: number, present: number): Refusal =>
  new Refusal(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${present}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  });

/** The namespace and name by which an object is found. */
export const placeOf = (kind: Kind, object: JsonObject): { kind: Kind; namespace: string; name: string } => ({
  kind,
  namespace: namespaceOf(object),
  name: nameOf(object),
});
