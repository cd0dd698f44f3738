import type { WaitingStore } from "../../src/app/ports.ts";
import { fail } from "../../src/domain/result.ts";

/** A waiting list that nobody has made, for flows that are not about waiting. */
export const nobodyWaits: WaitingStore = {
  read: ({ namespace, name }) =>
    Promise.resolve(fail({ reason: "not-found", what: `leases ${namespace}/${name}` })),
  write: () => Promise.resolve(fail({ reason: "conflict" })),
  create: () => Promise.resolve(fail({ reason: "conflict" })),
};
