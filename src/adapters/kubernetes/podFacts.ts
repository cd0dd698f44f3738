import type {
  ConditionFact,
  ContainerEnd,
  ContainerFacts,
  ContainerState,
  PodFacts,
} from "../../domain/releaseFacts.ts";
import type { EpochMs } from "../../domain/time.ts";
import { numberAt, objectAt, objectsAt, textAt, valueAt, type JsonObject } from "./json.ts";

/** Longer than any message of the kubelet; what a hostile container leaves behind ends here. */
const MAX_MESSAGE = 2000;

const messageAt = (value: unknown, ...path: readonly string[]): string =>
  (textAt(value, ...path) ?? "").slice(0, MAX_MESSAGE);

/** A pod as its status tells it, in the domain's words. */
export function readPodFacts(pod: JsonObject): PodFacts {
  const conditions = readConditions(pod);
  const sidecars = new Set(
    objectsAt(pod, "spec", "initContainers")
      .filter((container) => container["restartPolicy"] === "Always")
      .map((container) => textAt(container, "name")),
  );
  const init = objectsAt(pod, "spec", "initContainers").map((container) =>
    readContainer(
      container,
      objectsAt(pod, "status", "initContainerStatuses"),
      sidecars.has(textAt(container, "name")) ? "sidecar" : "init",
    ),
  );
  const others = objectsAt(pod, "spec", "containers").map((container) =>
    readContainer(container, objectsAt(pod, "status", "containerStatuses"), "app"),
  );
  const gates = objectsAt(pod, "spec", "readinessGates").flatMap(
    (gate) => textAt(gate, "conditionType") ?? [],
  );
  const node = textAt(pod, "spec", "nodeName");
  return {
    name: textAt(pod, "metadata", "name") ?? "",
    namespace: textAt(pod, "metadata", "namespace") ?? "",
    uid: textAt(pod, "metadata", "uid") ?? "",
    phase: textAt(pod, "status", "phase") ?? "",
    reason: textAt(pod, "status", "reason") ?? "",
    message: messageAt(pod, "status", "message"),
    isReady: conditions.some(({ type, status }) => type === "Ready" && status === "True"),
    conditions,
    ...readySince(pod),
    ...(node === undefined ? {} : { node: { name: node } }),
    ...(gates.length === 0 ? {} : { gates }),
    containers: [...init, ...others],
  };
}

/** The conditions of whatever object. */
export const readConditions = (object: unknown): readonly ConditionFact[] =>
  objectsAt(object, "status", "conditions").map((condition) => ({
    type: textAt(condition, "type") ?? "",
    status: textAt(condition, "status") ?? "",
    reason: textAt(condition, "reason") ?? "",
    message: messageAt(condition, "message"),
  }));

function readySince(pod: JsonObject): { readonly readySince?: EpochMs } {
  const ready = objectsAt(pod, "status", "conditions").find((one) => one["type"] === "Ready");
  const time = Date.parse(textAt(ready, "lastTransitionTime") ?? "");
  return textAt(ready, "status") === "True" && Number.isFinite(time) ? { readySince: time } : {};
}

function readContainer(
  spec: JsonObject,
  statuses: readonly JsonObject[],
  role: "app" | "init" | "sidecar",
): ContainerFacts {
  const name = textAt(spec, "name") ?? "";
  const status = statuses.find((one) => textAt(one, "name") === name);
  const last = readEnd(valueAt(status, "lastState", "terminated"));
  const memoryLimit = textAt(spec, "resources", "limits", "memory");
  const probes = {
    ...probeText(spec, "readinessProbe"),
    ...probeText(spec, "livenessProbe"),
    ...probeText(spec, "startupProbe"),
  };
  return {
    name,
    image: textAt(spec, "image") ?? "",
    isInit: role === "init",
    ...(role === "sidecar" ? { isSidecar: true } : {}),
    isReady: valueAt(status, "ready") === true,
    restarts: numberAt(status, "restartCount") ?? 0,
    state: readState(objectAt(status, "state")),
    ...(last === undefined ? {} : { last }),
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ...probes,
  };
}

function readState(state: JsonObject): ContainerState {
  const ended = readEnd(state["terminated"]);
  if (ended !== undefined) return { kind: "terminated", ...ended };
  if (state["running"] !== undefined) return { kind: "running" };
  if (state["waiting"] === undefined) return { kind: "unknown" };
  return {
    kind: "waiting",
    reason: textAt(state, "waiting", "reason") ?? "",
    message: messageAt(state, "waiting", "message"),
  };
}

function readEnd(terminated: unknown): ContainerEnd | undefined {
  if (terminated === undefined || terminated === null) return undefined;
  return {
    exitCode: numberAt(terminated, "exitCode"),
    reason: textAt(terminated, "reason") ?? "",
    message: messageAt(terminated, "message"),
  };
}

type ProbeKey = "readinessProbe" | "livenessProbe" | "startupProbe";

function probeText(spec: JsonObject, key: ProbeKey): Partial<Record<ProbeKey, string>> {
  const text = questionOf(valueAt(spec, key));
  return text === undefined ? {} : { [key]: text };
}

/** What a probe asks, as short as it can be said. */
function questionOf(probe: unknown): string | undefined {
  const http = valueAt(probe, "httpGet");
  if (http !== undefined) {
    return `${textAt(http, "scheme") ?? "HTTP"} GET :${portAt(http)}${textAt(http, "path") ?? "/"}`;
  }
  const tcp = valueAt(probe, "tcpSocket");
  if (tcp !== undefined) return `TCP :${portAt(tcp)}`;
  const grpc = valueAt(probe, "grpc");
  if (grpc !== undefined) return `gRPC :${portAt(grpc)}`;
  const command = valueAt(probe, "exec", "command");
  return Array.isArray(command) ? command.map(String).join(" ") : undefined;
}

/** A number, or the name of a container's port. */
const portAt = (value: unknown): string => textAt(value, "port") ?? numberAt(value, "port")?.toString() ?? "";
