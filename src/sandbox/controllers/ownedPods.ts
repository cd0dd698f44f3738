import type { Objects, Write } from "../api/objects.ts";
import { PLAIN_REMOVAL, removeObject } from "../api/removal.ts";
import type { JsonObject } from "../json.ts";
import { copyOf, objectOf } from "../json.ts";
import { POD } from "../kinds.ts";
import { controlledBy, labelsOf, nameOf, namespaceOf } from "../object.ts";
import { isRefusal, type Refusal } from "../refusal.ts";
import { recordEvent } from "./events.ts";
import { ownedBy, type Owned, type Owner } from "./ownership.ts";
import { isActive } from "./workload.ts";
import { CORE_WRITE } from "./writes.ts";

/** The pods of a workload; free ones that it selects, and that may be its own, become so. */
export const podsOwnedBy = (
  objects: Objects,
  owner: Owner,
  { write = CORE_WRITE, mayAdopt = () => true }: Partial<Omit<Owned, "kind">> = {},
): JsonObject[] =>
  ownedBy(objects, owner, { kind: POD, write, mayAdopt: (pod) => isActive(pod) && mayAdopt(pod) });

/** A pod as a template describes it, with labels beside those of the template; its name is left to the server. */
export function podFrom(
  template: JsonObject,
  { owner, labels }: { readonly owner: Owner; readonly labels?: Readonly<Record<string, string>> },
): JsonObject {
  const { annotations, finalizers } = objectOf(template["metadata"]);
  return {
    kind: POD.kind,
    apiVersion: "v1",
    metadata: {
      generateName: `${nameOf(owner.object)}-`,
      labels: { ...labelsOf(template), ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controlledBy(owner.object, owner.kind)],
    },
    spec: copyOf(objectOf(template["spec"])),
  };
}

/** Makes a pod, and tells of it on its owner; the refusal, where there is one. */
export function makePod(
  objects: Objects,
  pod: JsonObject,
  {
    owner,
    component,
    write,
  }: { readonly owner: JsonObject; readonly component: string; readonly write: Write },
): Refusal | undefined {
  const made = objects.create(POD, namespaceOf(owner), pod, write);
  if (isRefusal(made)) {
    const message = `Error creating: ${made.message}`;
    recordEvent(objects, owner, { component, type: "Warning", reason: "FailedCreate", message });
    return made;
  }
  const message = `Created pod: ${nameOf(made)}`;
  recordEvent(objects, owner, { component, type: "Normal", reason: "SuccessfulCreate", message });
  return undefined;
}

/** Takes a pod away, and tells of it on its owner. */
export function takePod(
  objects: Objects,
  pod: string,
  { owner, component }: { readonly owner: JsonObject; readonly component: string },
): void {
  removeObject(objects, { kind: POD, namespace: namespaceOf(owner), name: pod }, PLAIN_REMOVAL);
  const message = `Deleted pod: ${pod}`;
  recordEvent(objects, owner, { component, type: "Normal", reason: "SuccessfulDelete", message });
}
