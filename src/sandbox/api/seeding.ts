import { randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { childOf, copyOf, textOf, without } from "../json.ts";
import { groupVersion, type Kind, POD, SERVICE } from "../kinds.ts";
import { labelsOf, metadataOf, timeText } from "../object.ts";
import { fieldsOf } from "../patch/fields.ts";
import { managedFields, ownable, type Ownership } from "../patch/managers.ts";
import { applyDefaults, giveClusterAddress } from "./defaults.ts";
import type { Objects } from "./objects.ts";

/** Loads an object as it once was: its uid, dates, owners and status are kept. */
export function seedObject({ store, now }: Objects, kind: Kind, object: JsonObject): JsonObject {
  const seeded = copyOf(object);
  const metadata = childOf(seeded, "metadata");
  if (kind.isNamespaced) metadata["namespace"] ??= "default";
  metadata["uid"] ??= randomUUID();
  metadata["creationTimestamp"] ??= timeText(now());
  if (kind.hasGeneration) metadata["generation"] ??= 1;
  // helm 4 has to find its own fields, or its next upgrade would meet a conflict with nobody.
  const isOfHelm = labelsOf(seeded)["app.kubernetes.io/managed-by"] === "Helm";
  if (isOfHelm) metadata["managedFields"] ??= managedFields([appliedByHelm(kind, seeded)]);
  applyDefaults(kind, seeded);
  if (kind === SERVICE) giveClusterAddress(seeded, store.list(SERVICE));
  if (kind === POD) childOf(seeded, "status")["phase"] ??= "Pending";
  return store.put(kind, seeded);
}

const appliedByHelm = (kind: Kind, object: JsonObject): Ownership => ({
  manager: { name: "helm", operation: "Apply", apiVersion: groupVersion(kind), subresource: "" },
  time: textOf(metadataOf(object)["creationTimestamp"]),
  fields: fieldsOf(without(ownable(object), "status")),
});
