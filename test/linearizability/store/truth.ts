import { setTimeout as delay } from "node:timers/promises";
import { isObject, textAt } from "../../../src/adapters/kubernetes/json.ts";
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
 * checked against. The watch goes on where it was cut off, so that none is missed.
 */
export async function followTruth(target: Target, recorder: Recorder): Promise<Truth> {
  const admin = adminOf(target);
  const followed = new Set<string>([...MACHINES, QUIET_MACHINE]);
  const ended = new AbortController();
  const { body } = await admin.get(LEASES);
  let version = textAt(body, "metadata", "resourceVersion") ?? "";
  const tell = (object: unknown): void => {
    version = textAt(object, "metadata", "resourceVersion") ?? version;
    const machine = textAt(object, "metadata", "name") ?? "";
    if (!isObject(object) || !followed.has(machine)) return;
    const lock = lockSeenOf(readLockLease(object));
    recorder.write({ entry: "truth", at: now(), machine, version, lock });
  };
  const follow = async (): Promise<void> => {
    const path = `${LEASES}?watch=true&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${version}`;
    for await (const { type, object } of admin.watch(path, ended.signal)) {
      if (type === "MODIFIED" || type === "ADDED") tell(object);
      else if (type === "ERROR") throw new Error(`The watch lost its place: ${JSON.stringify(object)}`);
      else if (type === "HTTP 410") throw new Error("The watch lost its place: too old");
      else if (type.startsWith("HTTP")) return;
    }
  };
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await follow().catch((error: unknown) => {
        if (error instanceof Error && error.message.startsWith("The watch lost")) throw error;
      });
      await delay(AGAIN_MS);
    }
  };
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
