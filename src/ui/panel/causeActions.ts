import type { Diagnosis, DiagnosisCause } from "../../domain/diagnosis.ts";
import type { ActionView } from "../../protocol/panel.ts";
import * as say from "../messages/pods.ts";
import type { Deeds } from "./deeds.ts";
import type { PodPlace } from "./podsView.ts";

/** Containers that ended left a log of the run before; the others speak now. One that never ran has none. */
const LOGS: Readonly<Partial<Record<DiagnosisCause["kind"], "previous" | "present">>> = {
  "crash-loop": "previous",
  "out-of-memory": "previous",
  "init-failed": "previous",
  "killed-by-probe": "previous",
  "init-running": "present",
  "not-ready": "present",
};

/** Opens what a diagnosis quotes only a few lines of: the log of the container, and the events of its pod. */
export function causeActions({ cause }: Diagnosis, place: PodPlace, deeds: Deeds): readonly ActionView[] {
  // Where no pod came to exist, a workload is named in its place.
  if (!("pod" in cause) || cause.pod.includes("/")) return [];
  const { context, namespace } = place;
  const { pod } = cause;
  const events = deeds.action(
    { kind: "open-document", context, namespace, of: { kind: "events", object: "Pod", name: pod } },
    say.openEvents(),
  );
  const which = LOGS[cause.kind];
  if (which === undefined || !("container" in cause)) return [events];
  const { container } = cause;
  const previous = which === "previous";
  const log = deeds.action(
    { kind: "open-document", context, namespace, of: { kind: "log", pod, container, previous } },
    previous ? say.openPreviousLogOf(container) : say.openLogOf(container),
  );
  return [log, events];
}
