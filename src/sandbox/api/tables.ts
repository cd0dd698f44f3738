import type { Json, JsonObject } from "../json.ts";
import { objectOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { CELLS } from "./tableCells.ts";

/** A client's wish for a table: what of each object its row is to hold. */
export interface TableForm {
  readonly kind: "table";
  readonly includes: "Metadata" | "None" | "Object";
  /** Epoch milliseconds; ages are told by it. */
  readonly now: () => number;
}

/** A name, with a `*` before it where only the wide table shows the column, and a `#` where it holds numbers. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ["Name", "Data", "Age"],
  ControllerRevision: ["Name", "Controller", "Revision", "Age"],
  DaemonSet: [
    ...["Name", "#Desired", "#Current", "#Ready", "#Up-to-date", "#Available", "Node Selector", "Age"],
    ...["*Containers", "*Images", "*Selector"],
  ],
  Deployment: ["Name", "Ready", "Up-to-date", "Available", "Age", "*Containers", "*Images", "*Selector"],
  Event: [
    ...["Last Seen", "Type", "Reason", "Object", "*Subobject", "*Source", "Message"],
    ...["*First Seen", "*Count", "*Name"],
  ],
  Ingress: ["Name", "Class", "Hosts", "Address", "Ports", "Age"],
  Job: ["Name", "Status", "Completions", "Duration", "Age", "*Containers", "*Images", "*Selector"],
  Lease: ["Name", "Holder", "Age"],
  Namespace: ["Name", "Status", "Age"],
  Node: [
    ...["Name", "Status", "Roles", "Age", "Version"],
    ...["*Internal-IP", "*External-IP", "*OS-Image", "*Kernel-Version", "*Container-Runtime"],
  ],
  PersistentVolumeClaim: [
    ...[
      "Name",
      "Status",
      "Volume",
      "Capacity",
      "Access Modes",
      "StorageClass",
      "VolumeAttributesClass",
      "Age",
    ],
    "*VolumeMode",
  ],
  Pod: [
    ...["Name", "Ready", "Status", "Restarts", "Age"],
    ...["*IP", "*Node", "*Nominated Node", "*Readiness Gates"],
  ],
  ReplicaSet: ["Name", "#Desired", "#Current", "#Ready", "Age", "*Containers", "*Images", "*Selector"],
  ResourceQuota: ["Name", "Request", "Limit", "Age"],
  Secret: ["Name", "Type", "Data", "Age"],
  Service: ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "*Selector"],
  ServiceAccount: ["Name", "Age"],
  StatefulSet: ["Name", "Ready", "Age", "*Containers", "*Images"],
};

function column(text: string): JsonObject {
  const name = text.replace(/^[*#]/u, "");
  return {
    name,
    type: text.startsWith("#") ? "integer" : "string",
    format: name === "Name" ? "name" : "",
    description: "",
    priority: text.startsWith("*") ? 1 : 0,
  };
}

/** Objects as a table, which is what kubectl asks for when it shows them. */
export function tableOf(
  kind: Kind,
  { metadata, objects }: { readonly metadata: JsonObject; readonly objects: readonly JsonObject[] },
  { includes, now }: TableForm,
): JsonObject {
  const cells = CELLS[kind.kind];
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: (COLUMNS[kind.kind] ?? []).map(column),
    rows: objects.map((object) => ({
      cells: cells?.(object, now()) ?? [],
      object: included(object, includes),
    })),
  };
}

function included(object: JsonObject, includes: TableForm["includes"]): Json {
  switch (includes) {
    case "None":
      return null;
    case "Object":
      return object;
    case "Metadata":
      return {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: objectOf(object["metadata"]),
      };
  }
}
