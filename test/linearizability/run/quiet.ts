import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "../../../src/adapters/system/clock.ts";
import { claimMachine } from "../../../src/app/claimMachine.ts";
import { unlockMachine } from "../../../src/app/unlockMachine.ts";
import { openCluster } from "../../../src/cluster.ts";
import { lockRef } from "../../../src/domain/lock.ts";
import { aBranch, aCommit, aMachine, aPool } from "../../builders/deploy.ts";
import { kubeconfigOf } from "../../contract/kubeconfig.ts";
import { FakeLog } from "../../fakes/log.ts";
import { CONTEXT } from "../client/job.ts";
import { now, type Recorder } from "../history.ts";
import { NAMESPACE, POOL, QUIET_MACHINE } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import { QUIET_PERSON } from "./crew.ts";

/** The machine of which only a watch can tell that its lock is gone. */
export interface QuietMachine {
  /** Silences the holder's watches, cuts the present ones, then gives the machine back from elsewhere. */
  happen(): Promise<void>;
  dispose(): void;
}

const NEVER = new AbortController().signal;
const SETTLED_MS = 3_000;
const LOCKS = { context: CONTEXT, namespace: NAMESPACE };

/**
 * Has the quiet person hold the quiet machine for hours, and later no more, unheard. The target is one of its own:
 * a restart for another reason would tell the boards more than silence does.
 */
export async function holdQuietly(target: Target, folder: string, recorder: Recorder): Promise<QuietMachine> {
  const kubeconfig = join(folder, "elsewhere.kubeconfig");
  const token = target.access.tokens["admin"] ?? "";
  await writeFile(kubeconfig, kubeconfigOf(target.access, token, [CONTEXT]), { mode: 0o600 });
  const log = new FakeLog();
  const cluster = openCluster({ kubeconfig, env: process.env, clock: systemClock, log });
  const services = {
    locks: cluster.locks,
    waiting: cluster.waiting,
    log,
    clock: systemClock,
    random: Math.random,
    newNonce: () => crypto.randomUUID(),
  };
  const pool = { ...aPool([aMachine(QUIET_MACHINE, { pool: POOL, locks: LOCKS })]), name: POOL };
  const claim = { by: QUIET_PERSON, branch: aBranch(), commit: aCommit() };
  const claimed = await claimMachine(services, { pool, claim }, NEVER);
  if (claimed.kind !== "claimed") throw new Error(`The quiet machine could not be had: ${claimed.kind}`);
  return {
    happen: async () => {
      await delay(SETTLED_MS);
      target.requests?.silence(QUIET_PERSON.user);
      const at = now();
      await target.restart(0);
      recorder.write({ entry: "fault", at, fault: "API restart", until: now(), clients: [] });
      await delay(SETTLED_MS);
      const order = { ref: lockRef(QUIET_MACHINE, LOCKS), pool: POOL, by: QUIET_PERSON };
      const unlocked = await unlockMachine(services, order, NEVER);
      if (unlocked.kind !== "unlocked") throw new Error(`The quiet machine was not freed: ${unlocked.kind}`);
    },
    dispose: () => {
      cluster.dispose();
    },
  };
}
