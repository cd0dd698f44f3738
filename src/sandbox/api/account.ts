import type { JsonObject } from "../json.ts";
import { at, childOf, isEqual } from "../json.ts";
import { setMetadata } from "../object.ts";
import { afterUpdate, managedFields, type Manager, type Ownership, ownershipsOf } from "../patch/managers.ts";

/** A write on its way: what was there, what will be, and what the client sent. */
export interface Writing {
  readonly live: JsonObject | undefined;
  readonly next: JsonObject;
  readonly sent: JsonObject;
}

/** Keeps account of who set which field in `next`, unless the client sent an account of its own. */
export function keepAccount({ live, next, sent }: Writing, manager: Manager, now: number): void {
  const account = at(sent, "metadata", "managedFields");
  if (manager.operation === "Apply") {
    setMetadata(next, "managedFields", account ?? []);
    return;
  }
  const before = at(live, "metadata", "managedFields");
  if (live !== undefined && account !== undefined && !isEqual(account, before)) {
    // An empty entry, as `[{}]`, means none.
    setAccount(next, ownershipsOf(next));
    return;
  }
  // An object of which no account was kept gets one only by its first apply.
  if (live !== undefined && before === undefined) return;
  setAccount(next, afterUpdate(live, next, { manager, now }));
}

function setAccount(object: JsonObject, ownerships: readonly Ownership[]): void {
  const entries = managedFields(ownerships);
  if (entries.length > 0) setMetadata(object, "managedFields", entries);
  else Reflect.deleteProperty(childOf(object, "metadata"), "managedFields");
}
