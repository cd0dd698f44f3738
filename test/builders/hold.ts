import type { EnvironmentHold } from "../../src/domain/hold.ts";
import { holderIdentity } from "../../src/domain/person.ts";
import { HOUR_MS } from "../../src/domain/time.ts";
import { aCommit, ben } from "./deploy.ts";
import { at } from "./lock.ts";

/** Ben's, from eight o'clock on for a day. */
export const aHold = (hold: Partial<EnvironmentHold> = {}): EnvironmentHold => ({
  by: holderIdentity(ben),
  name: ben.name,
  at: at("08:00"),
  until: at("08:00") + 24 * HOUR_MS,
  reason: "rolled back from bad0bad to 4f1c0de",
  undone: [aCommit("bad0bad")],
  nonce: "hold-1",
  ...hold,
});
