import type { JsonObject } from "./json.ts";
import { groupVersion, type Kind } from "./kinds.ts";
import { namespaceOf } from "./object.ts";
import type { Form } from "./api/representation.ts";
import { objectText } from "./api/representation.ts";
import { forbiddenOption, matchOf, readVersion, versionProblem } from "./api/listing.ts";
import { expired, invalidListOptions, isRefusal, Refusal } from "./refusal.ts";
import type { Match } from "./selectors.ts";
import type { Change, Store } from "./store.ts";

/** A watch as a request asks for it. */
export interface WatchOrder {
  readonly kind: Kind;
  readonly match: Match;
  readonly form: Form;
  /** The revision from which changes are told; undefined for "the present objects first". */
  readonly from: number | undefined;
  /** Whether the present objects are followed by a bookmark that says so. */
  readonly endsInitialEvents: boolean;
  readonly hasBookmarks: boolean;
  readonly timeoutMs: number;
}

/** Where the events of a watch go, and how time passes for it. */
export interface WatchPipe {
  readonly write: (line: string) => void;
  readonly end: () => void;
  readonly bookmarkMs: number;
}

/** Reads the options of a watch and refuses those that do not go together. */
export function readWatch(
  kind: Kind,
  namespace: string,
  query: URLSearchParams,
  form: Form,
): WatchOrder | Refusal {
  const match = matchOf(kind, query);
  if (isRefusal(match)) return match;
  const refusal = optionsRefusal(query);
  if (refusal !== undefined) return refusal;
  const version = query.get("resourceVersion") ?? "";
  const wantsInitialEvents = query.get("sendInitialEvents") === "true";
  const isFromNow = version === "" || version === "0" || wantsInitialEvents;
  return {
    kind,
    match: (object) => (namespace === "" || namespaceOf(object) === namespace) && match(object),
    form,
    from: isFromNow ? undefined : readVersion(version),
    endsInitialEvents: wantsInitialEvents,
    hasBookmarks: query.get("allowWatchBookmarks") === "true",
    timeoutMs: timeoutOf(query),
  };
}

function optionsRefusal(query: URLSearchParams): Refusal | undefined {
  const version = query.get("resourceVersion") ?? "";
  if (version !== "" && readVersion(version) === undefined)
    return new Refusal(500, "", versionProblem(version));
  const match = query.get("resourceVersionMatch") ?? "";
  if (query.has("sendInitialEvents") && match !== "NotOlderThan") {
    const why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    return invalidListOptions([forbiddenOption("resourceVersionMatch", why)]);
  }
  if (match !== "" && !query.has("sendInitialEvents")) {
    const why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
    return invalidListOptions([forbiddenOption("resourceVersionMatch", why)]);
  }
  return undefined;
}

/** Clients that name no limit get 30 to 60 minutes, spread so that they do not all come back at once. */
function timeoutOf(query: URLSearchParams): number {
  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  return (seconds > 0 ? seconds : 1800 + Math.random() * 1800) * 1000;
}

/**
 * Runs a watch until its time is over or the returned function is called. An object that enters the selection
 * is told as ADDED, one that leaves it as DELETED, as the real server does.
 */
export function runWatch(store: Store, order: WatchOrder, pipe: WatchPipe): () => void {
  const past = order.from === undefined ? [] : store.since(order.kind, order.from);
  if (past === undefined) {
    const refusal = expired(`too old resource version: ${order.from ?? 0} (${store.oldest(order.kind)})`);
    pipe.write(`{"type":"ERROR","object":${JSON.stringify(refusal.toStatus())}}\n`);
    pipe.end();
    return () => undefined;
  }
  if (order.from === undefined) sendPresent(store, order, pipe);
  for (const change of past) sendChange(order, pipe, change);
  const stop = store.subscribe((change) => {
    if (change.kind === order.kind) sendChange(order, pipe, change);
  });
  const bookmarks = setInterval(() => {
    if (order.hasBookmarks) pipe.write(bookmarkLine(order, store.revision, false));
  }, pipe.bookmarkMs);
  const timeout = setTimeout(() => {
    close();
    pipe.end();
  }, order.timeoutMs);
  const close = (): void => {
    stop();
    clearInterval(bookmarks);
    clearTimeout(timeout);
  };
  return close;
}

function sendPresent(store: Store, order: WatchOrder, pipe: WatchPipe): void {
  for (const object of store.list(order.kind)) {
    if (order.match(object)) pipe.write(eventLine("ADDED", object, order.form));
  }
  if (order.endsInitialEvents && order.hasBookmarks) pipe.write(bookmarkLine(order, store.revision, true));
}

function sendChange(order: WatchOrder, pipe: WatchPipe, { type, object, previous }: Change): void {
  const isIn = type !== "DELETED" && order.match(object);
  const wasIn = previous !== undefined && order.match(previous);
  if (isIn) pipe.write(eventLine(wasIn ? "MODIFIED" : "ADDED", object, order.form));
  else if (wasIn)
    pipe.write(eventLine("DELETED", type === "DELETED" ? object : leaving(object, previous), order.form));
}

/** An object that leaves a selection is shown as it was inside, with the version of its leaving. */
function leaving(object: JsonObject, previous: JsonObject): JsonObject {
  const metadata = { ...(previous["metadata"] as JsonObject) };
  metadata["resourceVersion"] = (object["metadata"] as JsonObject)["resourceVersion"] ?? "";
  return { ...previous, metadata };
}

const eventLine = (type: string, object: JsonObject, form: Form): string =>
  `{"type":"${type}","object":${objectText(object, form)}}\n`;

function bookmarkLine({ kind, form }: WatchOrder, revision: number, endsInitialEvents: boolean): string {
  const object: JsonObject = {
    kind: kind.kind,
    apiVersion: groupVersion(kind),
    metadata: {
      resourceVersion: String(revision),
      ...(endsInitialEvents ? { annotations: { "k8s.io/initial-events-end": "true" } } : {}),
    },
  };
  return eventLine("BOOKMARK", object, form);
}
