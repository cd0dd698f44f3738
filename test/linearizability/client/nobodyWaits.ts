import type { WaitingStore } from "../../../src/app/ports.ts";
import { ok } from "../../../src/domain/result.ts";

const NONE = { value: { waiters: [], version: { uid: "", resourceVersion: "" } }, serverTime: undefined };

export const nobodyWaits: WaitingStore = {
  read: () => Promise.resolve(ok(NONE)),
  write: () => Promise.resolve(ok(NONE)),
  create: () => Promise.resolve(ok(NONE)),
};
