import { CLAIM_PROTECTION } from "../api/claims.ts";
import { placeOf } from "../api/listing.ts";
import type { Objects } from "../api/objects.ts";
import type { JsonObject } from "../json.ts";
import { at, childOf, objectsOf, textOf } from "../json.ts";
import { PERSISTENT_VOLUME_CLAIM, POD } from "../kinds.ts";
import { finalizersOf, isTerminating, nameOf, namespaceOf, setMetadata, uidOf } from "../object.ts";
import type { Change } from "../store.ts";
import { queueKey, splitKey, WorkQueue } from "./queue.ts";
import { isActive } from "./workload.ts";
import { CORE_STATUS, CORE_WRITE } from "./writes.ts";

/** Binds each claim at once to a volume of which there is nothing but the name, and lets go of claims that no pod uses. */
export class VolumeController {
  readonly #objects: Objects;
  readonly #queue = new WorkQueue((key) => {
    this.#reconcile(key);
  });

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  stop(): void {
    this.#queue.stop();
  }

  /** Takes notice of a change. */
  notice({ kind, object }: Change): void {
    const namespace = namespaceOf(object);
    if (kind === PERSISTENT_VOLUME_CLAIM) this.#queue.add(queueKey(namespace, nameOf(object)));
    if (kind === POD) for (const claim of claimsOf(object)) this.#queue.add(queueKey(namespace, claim));
  }

  #reconcile(key: string): void {
    const { namespace, name } = splitKey(key);
    const claim = this.#objects.store.get(PERSISTENT_VOLUME_CLAIM, namespace, name);
    if (claim === undefined) return;
    if (isTerminating(claim)) this.#letGo(claim);
    else if (at(claim, "status", "phase") !== "Bound") this.#bind(claim);
  }

  #bind(claim: JsonObject): void {
    const place = placeOf(PERSISTENT_VOLUME_CLAIM, claim);
    this.#objects.change(
      place,
      (live) => {
        childOf(live, "spec")["volumeName"] ??= `pvc-${uidOf(live)}`;
        return live;
      },
      CORE_WRITE,
    );
    const status = {
      phase: "Bound",
      accessModes: at(claim, "spec", "accessModes") ?? [],
      capacity: { storage: at(claim, "spec", "resources", "requests", "storage") ?? "0" },
    };
    this.#objects.change(place, (live) => ({ ...live, status }), CORE_STATUS);
  }

  #letGo(claim: JsonObject): void {
    const rest = finalizersOf(claim).filter((finalizer) => finalizer !== CLAIM_PROTECTION);
    const pods = this.#objects.store.list(POD, namespaceOf(claim));
    const isUsed = pods.some((pod) => isUsing(pod) && claimsOf(pod).includes(nameOf(claim)));
    if (isUsed || rest.length === finalizersOf(claim).length) return;
    this.#objects.change(
      placeOf(PERSISTENT_VOLUME_CLAIM, claim),
      (live) => {
        setMetadata(live, "finalizers", rest);
        return live;
      },
      CORE_WRITE,
    );
  }
}

/** A pod that is on its way out holds on to its volumes until it is gone. */
const isUsing = (pod: JsonObject): boolean => isActive(pod) || isTerminating(pod);

const claimsOf = (pod: JsonObject): string[] =>
  objectsOf(at(pod, "spec", "volumes")).flatMap(
    (volume) => textOf(at(volume, "persistentVolumeClaim", "claimName")) || [],
  );
