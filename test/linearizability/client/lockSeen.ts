import { newLease } from "../../../src/adapters/kubernetes/leaseObject.ts";
import { lockLeaseChange, readLockLease } from "../../../src/adapters/kubernetes/lockLease.ts";
import type { LockRecord } from "../../../src/domain/lock.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import type { LockSeen } from "../history.ts";

/** What the model knows of a lock. */
export function lockSeenOf(record: LockRecord): LockSeen {
  switch (record.kind) {
    case "unreadable":
      return { kind: "unreadable", holder: record.holder, claim: "", transitions: 0, until: 0 };
    case "free":
      return {
        kind: "free",
        holder: "",
        claim: record.last?.claim ?? "",
        transitions: record.transitions,
        until: record.last?.until ?? 0,
      };
    case "held": {
      const { by, claim = "", until } = record.hold;
      return { kind: "held", holder: holderIdentity(by), claim, transitions: record.transitions, until };
    }
  }
}

/** The same after it has been written to a Lease and read back, which makes whole seconds of its length. */
export function asStored(record: LockRecord, pool: string): LockSeen {
  return lockSeenOf(readLockLease(newLease("", "", lockLeaseChange(record, pool))));
}
