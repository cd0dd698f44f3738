import type { Json, JsonObject } from "../json.ts";
import { at, childOf, copyOf, numberOf, objectOf, textOf } from "../json.ts";
import {
  type Kind,
  NAMESPACE,
  PERSISTENT_VOLUME_CLAIM,
  POD,
  RESOURCE_QUOTA,
  SERVICE,
  SERVICE_ACCOUNT,
} from "../kinds.ts";
import { finalizersOf, isTerminating, nameOf, setMetadata, timeText, uidOf, versionOf } from "../object.ts";
import { isRefusal, preconditionFailed, type Refusal } from "../refusal.ts";
import type { Objects, Place } from "./objects.ts";

/** Who else goes: dependents after the owner, dependents before it, or nobody. */
export type Propagation = "Background" | "Foreground" | "Orphan";

/** The part of DeleteOptions that matters here. */
export interface Removal {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly graceSeconds: number | undefined;
  readonly propagation: Propagation;
  readonly isDryRun: boolean;
}

/** Reads DeleteOptions from the body and the query of a request; the body wins. */
export function readRemoval(body: JsonObject, query: URLSearchParams): Removal {
  const grace = body["gracePeriodSeconds"] ?? queryNumber(query.get("gracePeriodSeconds"));
  const propagation = textOf(body["propagationPolicy"]) || (query.get("propagationPolicy") ?? "");
  return {
    uid: textOf(at(body, "preconditions", "uid")),
    resourceVersion: textOf(at(body, "preconditions", "resourceVersion")),
    graceSeconds: typeof grace === "number" ? grace : undefined,
    propagation: propagation === "Foreground" || propagation === "Orphan" ? propagation : "Background",
    isDryRun:
      query.get("dryRun") === "All" || (Array.isArray(body["dryRun"]) && body["dryRun"].includes("All")),
  };
}

const queryNumber = (text: string | null): Json => (text === null ? null : Number(text));

/** A removal without any conditions, as controllers ask for it. */
export const PLAIN_REMOVAL: Removal = {
  uid: "",
  resourceVersion: "",
  graceSeconds: undefined,
  propagation: "Background",
  isDryRun: false,
};

const FINALIZERS: Readonly<Record<Propagation, string | undefined>> = {
  Background: undefined,
  Foreground: "foregroundDeletion",
  Orphan: "orphan",
};

/**
 * Removes an object, or marks it as terminating while a finalizer, the grace period of a pod or the content of a
 * namespace keeps it. Returns what the server answers: the marked object, or a Status.
 */
export function removeObject(objects: Objects, place: Place, removal: Removal): JsonObject | Refusal {
  const live = objects.get(place);
  if (isRefusal(live)) return live;
  const refusal = preconditionRefusal(place.kind, live, removal);
  if (refusal !== undefined) return refusal;

  const marked = terminating(place.kind, live, removal, objects.now());
  if (marked !== undefined) {
    if (removal.isDryRun || isTerminating(live))
      return removal.isDryRun ? marked : shortened(objects, place, live, marked);
    return objects.store.put(place.kind, marked);
  }
  const last = removal.isDryRun ? live : (objects.erase(place) ?? live);
  return RETURNS_OBJECT.has(place.kind) ? last : success(place.kind, live);
}

/** Kinds whose deletion is answered by the object itself. */
const RETURNS_OBJECT = new Set([PERSISTENT_VOLUME_CLAIM, POD, RESOURCE_QUOTA, SERVICE, SERVICE_ACCOUNT]);

function preconditionRefusal(
  kind: Kind,
  live: JsonObject,
  { uid, resourceVersion }: Removal,
): Refusal | undefined {
  if (uid !== "" && uid !== uidOf(live)) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${uidOf(live)}). ` +
      "The object might have been deleted and then recreated";
    return preconditionFailed(kind, nameOf(live), why);
  }
  if (resourceVersion !== "" && resourceVersion !== versionOf(live)) {
    const why =
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record ` +
      `(${versionOf(live)}). The object might have been modified`;
    return preconditionFailed(kind, nameOf(live), why);
  }
  return undefined;
}

/** The object marked as terminating, or undefined when nothing keeps it. */
function terminating(kind: Kind, live: JsonObject, removal: Removal, now: number): JsonObject | undefined {
  const grace = kind === POD ? podGrace(live, removal) : 0;
  const added = FINALIZERS[removal.propagation];
  const finalizers = finalizersOf(live);
  if (added !== undefined && !finalizers.includes(added)) finalizers.push(added);
  if (grace === 0 && finalizers.length === 0 && kind !== NAMESPACE) return undefined;

  const marked = copyOf(live);
  if (finalizers.length > 0) setMetadata(marked, "finalizers", finalizers);
  setMetadata(marked, "deletionTimestamp", timeText(now + grace * 1000));
  if (kind === NAMESPACE) childOf(marked, "status")["phase"] = "Terminating";
  else setMetadata(marked, "deletionGracePeriodSeconds", grace);
  if (kind.hasGeneration) {
    setMetadata(marked, "generation", numberOf(at(live, "metadata", "generation")) + 1);
  }
  return marked;
}

function podGrace(pod: JsonObject, { graceSeconds }: Removal): number {
  const isRunning = at(pod, "spec", "nodeName") !== undefined;
  const isDone = ["Failed", "Succeeded"].includes(textOf(at(pod, "status", "phase")));
  if (!isRunning || isDone) return 0;
  return graceSeconds ?? numberOf(at(pod, "spec", "terminationGracePeriodSeconds"), 30);
}

/** A second delete changes nothing, unless it leaves a pod less time. */
function shortened(objects: Objects, { kind }: Place, live: JsonObject, marked: JsonObject): JsonObject {
  const grace = (object: JsonObject): number =>
    numberOf(at(object, "metadata", "deletionGracePeriodSeconds"));
  return grace(marked) < grace(live) ? objects.store.put(kind, marked) : live;
}

const success = (kind: Kind, live: JsonObject): JsonObject => ({
  kind: "Status",
  apiVersion: "v1",
  metadata: {},
  status: "Success",
  details: {
    name: nameOf(live),
    ...(kind.group === "" ? {} : { group: kind.group }),
    kind: kind.plural,
    uid: objectOf(live["metadata"])["uid"] ?? "",
  },
});
