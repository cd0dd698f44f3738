import { setTimeout as delay } from "node:timers/promises";
import { isObject, objectsAt, textAt } from "../../../src/adapters/kubernetes/json.ts";
import { readLockLease } from "../../../src/adapters/kubernetes/lockLease.ts";
import { lockSeenOf } from "../client/lockSeen.ts";
import { now, type Recorder } from "../history.ts";
import { adminOf, LEASES, MACHINES, POOL, QUIET_MACHINE } from "./leases.ts";
import type { Target } from "./target.ts";

/** The administrator's own watch of all locks. */
export interface Truth {
  /** Waits until everything that was written before now has been told, then ends the watch. */
  end(): Promise<void>;
}

const AGAIN_MS = 100;
const LIMIT_MS = 20_000;

/**
 * Takes down every state of every lock as the API server itself tells it, in its order: what the invariants are
 * checked against. The watch goes on where it was cut off. A real API server has forgotten after a restart what was
 * before it: then everything is listed anew, and what may have been missed is marked.
 */
export async function followTruth(target: Target, recorder: Recorder): Promise<Truth> {
  const admin = adminOf(target);
  const followed = new Set<string>([...MACHINES, QUIET_MACHINE]);
  const told = new Map<string, string>();
  const ended = new AbortController();
  let version = "";
  const tell = (object: unknown, isAfterGap: boolean): void => {
    const machine = textAt(object, "metadata", "name") ?? "";
    const own = textAt(object, "metadata", "resourceVersion") ?? "";
    if (!isObject(object) || !followed.has(machine) || told.get(machine) === own) return;
    told.set(machine, own);
    const lock = lockSeenOf(readLockLease(object));
    const gap = isAfterGap ? { isAfterGap } : {};
    recorder.write({ entry: "truth", at: now(), machine, version: own, lock, ...gap });
  };
  const list = async (isAfterGap: boolean): Promise<void> => {
    const { status, body } = await admin.get(LEASES);
    if (status !== 200) throw new Error(`The Leases were answered with ${status}.`);
    for (const lease of objectsAt(body, "items")) tell(lease, isAfterGap);
    version = textAt(body, "metadata", "resourceVersion") ?? version;
  };
  const follow = async (): Promise<void> => {
    const path = `${LEASES}?watch=true&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${version}`;
    for await (const { type, object } of admin.watch(path, ended.signal)) {
      if (type === "ERROR" || type === "HTTP 410") {
        await list(true);
        return;
      }
      if (type.startsWith("HTTP")) return;
      if (type !== "BOOKMARK") tell(object, false);
      version = textAt(object, "metadata", "resourceVersion") ?? version;
    }
  };
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      // Cut off, or not listening at all: it is tried again from the same version.
      await follow().catch(() => undefined);
      await delay(AGAIN_MS);
    }
  };
  await list(false);
  const running = run();
  return {
    end: async () => {
      // The last of all writes is our own.
      const patch = { metadata: { annotations: { end: String(now()) } } };
      const { body: last } = await admin.patch("merge", `${LEASES}/${POOL}`, patch);
      const deadline = performance.now() + LIMIT_MS;
      while (version !== textAt(last, "metadata", "resourceVersion")) {
        if (performance.now() > deadline) throw new Error("The watch did not come to the end of the run.");
        await delay(20);
      }
      ended.abort();
      await running;
      admin.close();
    },
  };
}
