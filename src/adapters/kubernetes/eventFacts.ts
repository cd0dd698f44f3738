import { workloadName } from "../../domain/release.ts";
import type { EventFact } from "../../domain/releaseFacts.ts";
import { numberAt, textAt, type JsonObject } from "./json.ts";

/** Events in the domain's words, the one that was seen last at the end. */
export const readEvents = (events: readonly JsonObject[]): readonly EventFact[] =>
  [...events].sort((a, b) => timeOf(a).localeCompare(timeOf(b))).map(readEvent);

/** Older recorders fill lastTimestamp, newer ones eventTime and the series. */
const timeOf = (event: JsonObject): string =>
  textAt(event, "series", "lastObservedTime") ??
  textAt(event, "lastTimestamp") ??
  textAt(event, "eventTime") ??
  textAt(event, "metadata", "creationTimestamp") ??
  "";

/** As the kubelet writes where in the pod it is: `spec.containers{app}`. */
const IN_CONTAINER = /^spec\.(?:initContainers|containers|ephemeralContainers)\{(?<name>[^}]+)\}$/u;

function readEvent(event: JsonObject): EventFact {
  const place = textAt(event, "involvedObject", "fieldPath") ?? "";
  const container = IN_CONTAINER.exec(place)?.groups?.["name"];
  const at = Date.parse(timeOf(event));
  return {
    about: workloadName(
      textAt(event, "involvedObject", "kind") ?? "",
      textAt(event, "involvedObject", "name") ?? "",
    ),
    reason: textAt(event, "reason") ?? "",
    message: (textAt(event, "message") ?? "").slice(0, MAX_EVENT),
    count: numberAt(event, "series", "count") ?? numberAt(event, "count") ?? 1,
    ...(Number.isFinite(at) ? { at } : {}),
    isWarning: textAt(event, "type") === "Warning",
    ...(container === undefined ? {} : { container }),
  };
}

/** The API server itself keeps no longer one. */
const MAX_EVENT = 1024;
