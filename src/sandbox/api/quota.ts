import { at, numberOf, textOf } from "../json.ts";
import { POD, RESOURCE_QUOTA } from "../kinds.ts";
import { nameOf } from "../object.ts";
import { forbidden, type Refusal } from "../refusal.ts";
import type { Store } from "../store.ts";

/** Why a namespace's quota has no room for one more pod; undefined where it has. Pods that are done do not count. */
export function quotaRefusal(store: Store, namespace: string, pod: string): Refusal | undefined {
  for (const quota of store.list(RESOURCE_QUOTA, namespace)) {
    const hard = at(quota, "spec", "hard", "pods");
    if (hard === undefined) continue;
    const limit = typeof hard === "number" ? hard : Number(textOf(hard));
    const used = store
      .list(POD, namespace)
      .filter((other) => !["Failed", "Succeeded"].includes(textOf(at(other, "status", "phase")))).length;
    if (used + 1 <= numberOf(limit)) continue;
    return forbidden(
      POD,
      pod,
      `exceeded quota: ${nameOf(quota)}, requested: pods=1, used: pods=${used}, limited: pods=${limit}`,
    );
  }
  return undefined;
}
