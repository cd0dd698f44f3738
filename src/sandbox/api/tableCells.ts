import type { Json, JsonObject } from "../json.ts";
import { at, listOf, numberOf, objectOf, objectsOf, textOf, textsOf } from "../json.ts";
import { controllerOf, isTerminating, nameOf, ownersOf } from "../object.ts";
import { ageOf, since } from "./tableAges.ts";
import { claimCells, nodeCells } from "./tableMachines.ts";
import { podCells } from "./tablePod.ts";

/** The cells of one row, those of the wide table included. `now` is in epoch milliseconds. */
export type Cells = (object: JsonObject, now: number) => Json[];

/** What the server's own printer puts into the columns of each kind. */
export const CELLS: Readonly<Record<string, Cells>> = {
  Pod: podCells,
  ConfigMap: (map, now) => [nameOf(map), sizeOf(map["data"]) + sizeOf(map["binaryData"]), ageOf(map, now)],
  ControllerRevision: (revision, now) => [
    nameOf(revision),
    controllerName(revision),
    numberOf(revision["revision"]),
    ageOf(revision, now),
  ],
  DaemonSet: (set, now) => [
    nameOf(set),
    ...counts(set, ["desiredNumberScheduled", "currentNumberScheduled", "numberReady"]),
    ...counts(set, ["updatedNumberScheduled", "numberAvailable"]),
    labelsText(at(set, "spec", "template", "spec", "nodeSelector")),
    ageOf(set, now),
    ...containerCells(set),
    selectorText(set),
  ],
  Deployment: (deployment, now) => [
    nameOf(deployment),
    readyOf(deployment),
    ...counts(deployment, ["updatedReplicas", "availableReplicas"]),
    ageOf(deployment, now),
    ...containerCells(deployment),
    selectorText(deployment),
  ],
  Event: eventCells,
  Ingress: ingressCells,
  Job: jobCells,
  Lease: (lease, now) => [nameOf(lease), textOf(at(lease, "spec", "holderIdentity")), ageOf(lease, now)],
  Namespace: (namespace, now) => [
    nameOf(namespace),
    textOf(at(namespace, "status", "phase")),
    ageOf(namespace, now),
  ],
  Node: nodeCells,
  PersistentVolumeClaim: claimCells,
  ReplicaSet: (set, now) => [
    nameOf(set),
    numberOf(at(set, "spec", "replicas")),
    ...counts(set, ["replicas", "readyReplicas"]),
    ageOf(set, now),
    ...containerCells(set),
    selectorText(set),
  ],
  ResourceQuota: (quota, now) => [
    nameOf(quota),
    quotaText(quota, false),
    quotaText(quota, true),
    ageOf(quota, now),
  ],
  Secret: (secret, now) => [
    nameOf(secret),
    textOf(secret["type"]),
    sizeOf(secret["data"]),
    ageOf(secret, now),
  ],
  Service: serviceCells,
  ServiceAccount: (account, now) => [nameOf(account), ageOf(account, now)],
  StatefulSet: (set, now) => [nameOf(set), readyOf(set), ageOf(set, now), ...containerCells(set)],
};

const NONE = "<none>";

const sizeOf = (map: Json | undefined): number => Object.keys(objectOf(map)).length;

const counts = (workload: JsonObject, fields: readonly string[]): number[] =>
  fields.map((field) => numberOf(at(workload, "status", field)));

const readyOf = (workload: JsonObject): string =>
  `${numberOf(at(workload, "status", "readyReplicas"))}/${numberOf(at(workload, "spec", "replicas"))}`;

const containerCells = (workload: JsonObject): string[] => {
  const containers = objectsOf(at(workload, "spec", "template", "spec", "containers"));
  return ["name", "image"].map((field) => containers.map((one) => textOf(one[field])).join(","));
};

function labelsText(labels: Json | undefined): string {
  const pairs = Object.entries(textsOf(labels)).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? NONE : pairs.sort().join(",");
}

function selectorText(workload: JsonObject): string {
  const selector = at(workload, "spec", "selector");
  const labels = Object.entries(textsOf(at(selector, "matchLabels"))).map(
    ([key, value]) => `${key}=${value}`,
  );
  const expressions = objectsOf(at(selector, "matchExpressions")).map(
    ({ key = "", operator = "", values }) => {
      const list = listOf(values).map(textOf).sort().join(",");
      switch (textOf(operator)) {
        case "Exists":
          return textOf(key);
        case "DoesNotExist":
          return `!${textOf(key)}`;
        default:
          return `${textOf(key)} ${textOf(operator).toLowerCase()} (${list})`;
      }
    },
  );
  const parts = [...labels, ...expressions].sort();
  return parts.length === 0 ? NONE : parts.join(",");
}

function controllerName(object: JsonObject): string {
  const owner = ownersOf(object).find(({ uid }) => uid === controllerOf(object) && uid !== "");
  if (owner === undefined) return NONE;
  const [group] = textOf(owner["apiVersion"]).includes("/") ? textOf(owner["apiVersion"]).split("/") : [];
  const kind = textOf(owner["kind"]).toLowerCase();
  return `${group === undefined ? kind : `${kind}.${group}`}/${textOf(owner["name"])}`;
}

function jobCells(job: JsonObject, now: number): Json[] {
  const started = textOf(at(job, "status", "startTime"));
  const ended = textOf(at(job, "status", "completionTime"));
  const end = ended === "" ? now : Date.parse(ended);
  return [
    nameOf(job),
    jobStatus(job),
    `${numberOf(at(job, "status", "succeeded"))}/${numberOf(at(job, "spec", "completions"), 1)}`,
    started === "" ? "" : since(Date.parse(started), end),
    ageOf(job, now),
    ...containerCells(job),
    selectorText(job),
  ];
}

function jobStatus(job: JsonObject): string {
  const is = (type: string): boolean =>
    objectsOf(at(job, "status", "conditions")).some(
      (one) => one["type"] === type && one["status"] === "True",
    );
  const ended = ["Complete", "Failed"].find(is);
  if (ended !== undefined) return ended;
  if (isTerminating(job)) return "Terminating";
  return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].find(is) ?? "Running";
}

function serviceCells(service: JsonObject, now: number): Json[] {
  const spec = objectOf(service["spec"]);
  const type = textOf(spec["type"]);
  const external = listOf(spec["externalIPs"]).map(textOf).join(",");
  const ports = objectsOf(spec["ports"]).map(({ port = 0, nodePort, protocol = "TCP" }) =>
    numberOf(nodePort) > 0
      ? `${numberOf(port)}:${numberOf(nodePort)}/${textOf(protocol)}`
      : `${numberOf(port)}/${textOf(protocol)}`,
  );
  return [
    nameOf(service),
    type,
    textOf(listOf(spec["clusterIPs"])[0]) || NONE,
    type === "ExternalName"
      ? textOf(spec["externalName"])
      : external || (type === "LoadBalancer" ? "<pending>" : NONE),
    ports.length === 0 ? NONE : ports.join(","),
    ageOf(service, now),
    labelsText(spec["selector"]),
  ];
}

function ingressCells(ingress: JsonObject, now: number): Json[] {
  const hosts = objectsOf(at(ingress, "spec", "rules")).flatMap((rule) => textOf(rule["host"]) || []);
  const addresses = objectsOf(at(ingress, "status", "loadBalancer", "ingress")).map(
    ({ ip, hostname }) => textOf(ip) || textOf(hostname),
  );
  const hasTls = listOf(at(ingress, "spec", "tls")).length > 0;
  return [
    nameOf(ingress),
    textOf(at(ingress, "spec", "ingressClassName")) || NONE,
    hosts.length === 0 ? "*" : hosts.join(","),
    addresses.join(","),
    hasTls ? "80, 443" : "80",
    ageOf(ingress, now),
  ];
}

function eventCells(event: JsonObject, now: number): Json[] {
  const time = (field: string): string => {
    const text = textOf(event[field]);
    return text === "" ? "<unknown>" : since(Date.parse(text), now);
  };
  const first = textOf(event["firstTimestamp"]) === "" ? time("eventTime") : time("firstTimestamp");
  const last = textOf(event["lastTimestamp"]) === "" ? first : time("lastTimestamp");
  const about = objectOf(event["involvedObject"]);
  const kind = textOf(about["kind"]).toLowerCase();
  const name = textOf(about["name"]);
  const component = textOf(at(event, "source", "component")) || textOf(event["reportingComponent"]);
  const host = textOf(at(event, "source", "host")) || textOf(event["reportingInstance"]);
  return [
    last,
    textOf(event["type"]),
    textOf(event["reason"]),
    name === "" ? kind : `${kind}/${name}`,
    textOf(about["fieldPath"]),
    host === "" ? component : `${component}, ${host}`,
    textOf(event["message"]).trim(),
    first,
    numberOf(event["count"]) || 1,
    nameOf(event),
  ];
}

function quotaText(quota: JsonObject, isOfLimits: boolean): string {
  const hard = objectOf(at(quota, "status", "hard"));
  const used = objectOf(at(quota, "status", "used"));
  const amount = (value: Json | undefined): string =>
    typeof value === "number" ? String(value) : textOf(value);
  return Object.keys(hard)
    .filter((name) => name.startsWith("limits.") === isOfLimits)
    .sort()
    .map((name) => `${name}: ${amount(used[name]) || "0"}/${amount(hard[name])}`)
    .join(", ");
}
