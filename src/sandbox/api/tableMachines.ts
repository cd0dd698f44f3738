import type { Json, JsonObject } from "../json.ts";
import { at, listOf, objectOf, objectsOf, textOf } from "../json.ts";
import { isTerminating, labelsOf, nameOf } from "../object.ts";
import { ageOf } from "./tableAges.ts";

const ROLE = "node-role.kubernetes.io/";

/** What the server's own printer tells of a node. */
export function nodeCells(node: JsonObject, now: number): Json[] {
  const ready = objectsOf(at(node, "status", "conditions")).find(({ type }) => type === "Ready");
  const status = ready === undefined ? "Unknown" : ready["status"] === "True" ? "Ready" : "NotReady";
  const roles = Object.keys(labelsOf(node)).flatMap((key) =>
    key.startsWith(ROLE) ? key.slice(ROLE.length) || [] : [],
  );
  const address = (kind: string): string =>
    textOf(objectsOf(at(node, "status", "addresses")).find(({ type }) => type === kind)?.["address"]) ||
    "<none>";
  const info = objectOf(at(node, "status", "nodeInfo"));
  const told = (field: string): string => textOf(info[field]) || "<unknown>";
  return [
    nameOf(node),
    at(node, "spec", "unschedulable") === true ? `${status},SchedulingDisabled` : status,
    roles.sort().join(",") || "<none>",
    ageOf(node, now),
    textOf(info["kubeletVersion"]),
    address("InternalIP"),
    address("ExternalIP"),
    ...["osImage", "kernelVersion", "containerRuntimeVersion"].map(told),
  ];
}

const MODES = [
  ["ReadWriteOnce", "RWO"],
  ["ReadOnlyMany", "ROX"],
  ["ReadWriteMany", "RWX"],
  ["ReadWriteOncePod", "RWOP"],
] as const;

/** What it tells of a claim; sizes and modes are those of its volume. */
export function claimCells(claim: JsonObject, now: number): Json[] {
  const spec = objectOf(claim["spec"]);
  const volume = textOf(spec["volumeName"]);
  const modes = listOf(at(claim, "status", "accessModes")).map(textOf);
  return [
    nameOf(claim),
    isTerminating(claim) ? "Terminating" : textOf(at(claim, "status", "phase")),
    volume,
    volume === "" ? "" : textOf(at(claim, "status", "capacity", "storage")) || "0",
    volume === "" ? "" : MODES.flatMap(([mode, short]) => (modes.includes(mode) ? short : [])).join(","),
    textOf(spec["storageClassName"]),
    textOf(spec["volumeAttributesClassName"]) || "<unset>",
    ageOf(claim, now),
    textOf(spec["volumeMode"]) || "<unset>",
  ];
}
