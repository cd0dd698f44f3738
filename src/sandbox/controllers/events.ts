import type { Objects, Write } from "../api/objects.ts";
import type { JsonObject } from "../json.ts";
import { at, numberOf } from "../json.ts";
import { EVENT } from "../kinds.ts";
import { nameOf, namespaceOf, timeText, uidOf, versionOf } from "../object.ts";

/** What there is to tell about an object. */
export interface Happening {
  readonly component: string;
  readonly type: "Normal" | "Warning";
  readonly reason: string;
  readonly message: string;
  /** The part of the object that it is about, e.g. `spec.containers{app}`. */
  readonly fieldPath?: string;
}

/** Records an Event; the same happening again only counts up the one that is there. */
export function recordEvent(objects: Objects, about: JsonObject, happening: Happening): void {
  const { component, type, reason, message, fieldPath } = happening;
  const namespace = namespaceOf(about);
  const write: Write = {
    manager: { name: component, operation: "Update", apiVersion: "v1", subresource: "" },
  };
  const now = timeText(objects.now());
  const earlier = objects.store
    .list(EVENT, namespace)
    .find(
      (event) =>
        at(event, "involvedObject", "uid") === uidOf(about) &&
        event["reason"] === reason &&
        event["message"] === message &&
        at(event, "involvedObject", "fieldPath") === fieldPath,
    );
  if (earlier !== undefined) {
    const place = { kind: EVENT, namespace, name: nameOf(earlier) };
    objects.change(
      place,
      (event) => ({ ...event, count: numberOf(event["count"], 1) + 1, lastTimestamp: now }),
      write,
    );
    return;
  }
  const unique = objects.store.revision.toString(16).padStart(16, "0");
  objects.create(
    EVENT,
    namespace,
    {
      kind: "Event",
      apiVersion: "v1",
      metadata: { name: `${nameOf(about)}.${unique}`, namespace },
      involvedObject: {
        kind: about["kind"] ?? "",
        namespace,
        name: nameOf(about),
        uid: uidOf(about),
        apiVersion: about["apiVersion"] ?? "",
        resourceVersion: versionOf(about),
        ...(fieldPath === undefined ? {} : { fieldPath }),
      },
      reason,
      message,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: "",
    },
    write,
  );
}
