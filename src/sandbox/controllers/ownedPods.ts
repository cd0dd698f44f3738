import type { Objects, Write } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import type { JsonObject } from "../json.ts";
import { copyOf, objectOf } from "../json.ts";
import { type Kind, POD } from "../kinds.ts";
import {
  controlledBy,
  controllerOf,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  ownersOf,
  setMetadata,
  uidOf,
} from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { selects } from "../selectors.ts";
import { isActive } from "./workload.ts";

/** How the controllers of workloads write pods. */
export const POD_WRITE: Write = {
  manager: { name: "controller-manager", operation: "Update", apiVersion: "v1", subresource: "" },
};

/** The pods of a workload; free ones that it selects, and that may be its own, become so. */
export function podsOwnedBy(
  objects: Objects,
  owner: JsonObject,
  kind: Kind,
  mayAdopt: (pod: JsonObject) => boolean = () => true,
): JsonObject[] {
  const selector = objectOf(owner["spec"])["selector"];
  return objects.store.list(POD, namespaceOf(owner)).flatMap((pod) => {
    if (controllerOf(pod) === uidOf(owner)) return [pod];
    const isFree = controllerOf(pod) === "" && isActive(pod) && !isTerminating(owner);
    if (!isFree || !selects(selector, labelsOf(pod)) || !mayAdopt(pod)) return [];
    const adopted = objects.change(
      placeOf(POD, pod),
      (live) => {
        setMetadata(live, "ownerReferences", [...ownersOf(live), controlledBy(owner, kind)]);
        return live;
      },
      POD_WRITE,
    );
    return isRefusal(adopted) ? [] : [adopted];
  });
}

/** A pod as a template describes it, with labels beside those of the template; its name is left to the server. */
export function podFrom(
  template: JsonObject,
  of: { readonly owner: JsonObject; readonly kind: Kind; readonly labels: Readonly<Record<string, string>> },
): JsonObject {
  const { owner, kind, labels } = of;
  const { annotations, finalizers } = objectOf(template["metadata"]);
  return {
    kind: POD.kind,
    apiVersion: "v1",
    metadata: {
      generateName: `${nameOf(owner)}-`,
      labels: { ...labelsOf(template), ...labels },
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controlledBy(owner, kind)],
    },
    spec: copyOf(objectOf(template["spec"])),
  };
}
