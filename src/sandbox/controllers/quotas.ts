import type { Objects } from "../api/objects.ts";
import { placeOf } from "../api/listing.ts";
import { quotaStatus } from "../api/quota.ts";
import { RESOURCE_QUOTA } from "../kinds.ts";
import { namespaceOf } from "../object.ts";
import type { Change } from "../store.ts";
import { WorkQueue } from "./queue.ts";
import { CORE_STATUS } from "./writes.ts";

/** Tells on each quota how much of it is used. What it refuses is decided where pods are made. */
export class QuotaController {
  readonly #objects: Objects;
  readonly #queue = new WorkQueue((namespace) => {
    this.#report(namespace);
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
    const isLimited = kind.isNamespaced && this.#objects.store.list(RESOURCE_QUOTA, namespace).length > 0;
    if (isLimited) this.#queue.add(namespace);
  }

  #report(namespace: string): void {
    const { store } = this.#objects;
    for (const quota of store.list(RESOURCE_QUOTA, namespace)) {
      const status = quotaStatus(store, quota, namespace);
      this.#objects.change(placeOf(RESOURCE_QUOTA, quota), (live) => ({ ...live, status }), CORE_STATUS);
    }
  }
}
