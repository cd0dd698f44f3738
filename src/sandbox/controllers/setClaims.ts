import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import type { JsonObject } from "../json.ts";
import { at, copyOf, isEqual, objectOf, objectsOf, textOf, textsOf } from "../json.ts";
import { PERSISTENT_VOLUME_CLAIM, POD, STATEFUL_SET } from "../kinds.ts";
import {
  controlledBy,
  isTerminating,
  labelsOf,
  nameOf,
  namespaceOf,
  ownersOf,
  setMetadata,
  uidOf,
} from "../object.ts";
import { isRefusal } from "../refusal.ts";
import { recordEvent } from "./events.ts";
import { CORE_WRITE } from "./writes.ts";

const templatesOf = (set: JsonObject): JsonObject[] => objectsOf(at(set, "spec", "volumeClaimTemplates"));

/** The claim of a template for one pod. */
export const claimName = (template: JsonObject, pod: string): string => `${nameOf(template)}-${pod}`;

/** Makes the claims of a pod that are not there yet; false where one of them cannot be had. */
export function makeClaims(objects: Objects, set: JsonObject, pod: string): boolean {
  return templatesOf(set)
    .map((template) => makeClaim(objects, set, { template, pod }))
    .every((isThere) => isThere);
}

function makeClaim(
  objects: Objects,
  set: JsonObject,
  { template, pod }: { readonly template: JsonObject; readonly pod: string },
): boolean {
  const namespace = namespaceOf(set);
  const name = claimName(template, pod);
  const found = objects.store.get(PERSISTENT_VOLUME_CLAIM, namespace, name);
  if (found !== undefined) return !isTerminating(found);
  const labels = { ...labelsOf(template), ...textsOf(at(set, "spec", "selector", "matchLabels")) };
  const metadata = { ...objectOf(copyOf(template["metadata"] ?? {})), name, labels };
  const claim = { ...copyOf(template), kind: "PersistentVolumeClaim", apiVersion: "v1", metadata };
  const made = objects.create(PERSISTENT_VOLUME_CLAIM, namespace, claim, CORE_WRITE);
  const isMade = !isRefusal(made);
  recordEvent(objects, set, {
    component: "statefulset-controller",
    type: isMade ? "Normal" : "Warning",
    reason: isMade ? "SuccessfulCreate" : "FailedCreate",
    message: isMade
      ? `Create Claim ${name} Pod ${pod} in StatefulSet ${nameOf(set)} success`
      : `Create Claim ${name} for Pod ${pod} in StatefulSet ${nameOf(set)} failed error: ${made.message}`,
  });
  return isMade;
}

/**
 * Says with whom the claims of a pod go, as the set's policy has it: with the set that is deleted, with the pod that
 * is scaled away, or with nobody.
 */
export function ownClaims(
  objects: Objects,
  set: JsonObject,
  { pod, isScaledAway }: { readonly pod: JsonObject; readonly isScaledAway: boolean },
): void {
  const policy = at(set, "spec", "persistentVolumeClaimRetentionPolicy");
  const goesWithPod = isScaledAway && at(policy, "whenScaled") === "Delete";
  const goesWithSet = !goesWithPod && at(policy, "whenDeleted") === "Delete";
  const own = [uidOf(set), uidOf(pod)];
  for (const template of templatesOf(set)) {
    const place = {
      kind: PERSISTENT_VOLUME_CLAIM,
      namespace: namespaceOf(set),
      name: claimName(template, nameOf(pod)),
    };
    const claim = objects.get(place);
    if (isRefusal(claim)) continue;
    const others = ownersOf(claim).filter((owner) => !own.includes(textOf(owner["uid"])));
    const owners = [
      ...others,
      ...(goesWithPod ? [controlledBy(pod, POD)] : []),
      ...(goesWithSet ? [controlledBy(set, STATEFUL_SET)] : []),
    ];
    if (isEqual(owners, ownersOf(claim))) continue;
    objects.change(
      placeOf(PERSISTENT_VOLUME_CLAIM, claim),
      (live) => {
        setMetadata(live, "ownerReferences", owners);
        return live;
      },
      CORE_WRITE,
    );
  }
}
