import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubeconfigOf } from "../../contract/kubeconfig.ts";
import { CONTEXT, type ClientPlan } from "../client/job.ts";
import { seedOf } from "../random.ts";
import { MACHINES, NAMESPACE, POOL, QUIET_MACHINE } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import { WorkerProcess, type WorkerPlan } from "./workerProcess.ts";

/** What makes one run differ from another. */
export interface RunPlan {
  readonly seed: number;
  readonly faultSeconds: number;
  readonly healedSeconds: number;
  /** How long a lock lasts. */
  readonly lockSeconds: number;
  readonly pauseMs: number;
  /** Whether the clients' store gives up compare-and-swap, and has neither faults nor operations to cope with. */
  readonly isBroken: boolean;
}

const LOCK_CLIENTS = 16;
/** So many people have two windows open: two clients, one holder. */
const DOUBLE = 4;
const CLIENTS_OF_A_PROCESS = 4;
const HOUR_MS = 3_600_000;

/** Off by an hour either way and running at half and double rate, in all combinations. */
const SKEWS = [0, HOUR_MS, -HOUR_MS].flatMap((offset) => [1, 0.5, 2].map((rate) => ({ offset, rate })));

/** Their rates are in a ratio of four, which a lease of thirty seconds renewed every five allows. */
const OPERATION_RATES = [0.5, 1, 2] as const;
/** Who waits for another's end on this clock has it soonest. */
const FASTEST = 2;

/** The person whose boards hear nothing any more. */
export const QUIET_PERSON = { user: "quiet", mail: "quiet@example.com", name: "Quiet" } as const;

/** Where a run takes place. */
export interface Place {
  /** What hosts clients. */
  readonly program: string;
  readonly folder: string;
  /** Where watches are silenced; undefined for a run without. */
  readonly quietTarget: Target | undefined;
}

/** All processes of a run: lock clients, four to a process, and clients that work under operation Leases. */
export async function makeCrew(
  target: Target,
  plan: RunPlan,
  { program, folder, quietTarget }: Place,
): Promise<readonly WorkerProcess[]> {
  await mkdir(folder, { recursive: true });
  const kubeconfig = kubeconfigs(target, folder);
  const locks = await Promise.all(
    Array.from({ length: LOCK_CLIENTS }, (_, index) => lockClient(target, plan, index, kubeconfig)),
  );
  const groups = new Map<string, readonly ClientPlan[]>();
  for (let first = 0; first < locks.length; first += CLIENTS_OF_A_PROCESS) {
    groups.set(`locks${first / CLIENTS_OF_A_PROCESS}`, locks.slice(first, first + CLIENTS_OF_A_PROCESS));
  }
  if (!plan.isBroken) {
    for (const rate of OPERATION_RATES) {
      groups.set(
        rate === FASTEST ? "fast operations" : `operations${rate}`,
        await operationClients(target, plan, rate, kubeconfig),
      );
    }
    if (quietTarget !== undefined) {
      groups.set("quiet", await quietClients(plan, kubeconfigs(quietTarget, folder)));
    }
  }
  return [...groups].map(([name, clients]) => {
    const worker: WorkerPlan = {
      name,
      clients,
      job: {
        namespace: NAMESPACE,
        pool: POOL,
        lockHours: (plan.lockSeconds * 1000) / HOUR_MS,
        pauseMs: plan.pauseMs,
        isBroken: plan.isBroken,
      },
      history: (life) => join(folder, `${name}.${life}.jsonl`),
    };
    return new WorkerProcess(program, worker);
  });
}

type Kubeconfigs = (user: string) => Promise<string>;

function kubeconfigs({ access }: Target, folder: string): Kubeconfigs {
  return async (user) => {
    const file = join(folder, `${user}.kubeconfig`);
    await writeFile(file, kubeconfigOf(access, access.tokens[user] ?? "", [CONTEXT]), { mode: 0o600 });
    return file;
  };
}

async function lockClient(
  { users }: Target,
  { seed }: RunPlan,
  index: number,
  kubeconfig: Kubeconfigs,
): Promise<ClientPlan> {
  const name = `c${String(index).padStart(2, "0")}`;
  const person = index < LOCK_CLIENTS - DOUBLE ? index : index - (LOCK_CLIENTS - DOUBLE);
  const user = users[person % users.length] ?? users[0];
  return {
    ...{ name, role: "locks", machines: [...MACHINES], seed: seedOf(seed, name) },
    ...(SKEWS[index % SKEWS.length] ?? { offset: 0, rate: 1 }),
    person: { user, mail: `person${person}@example.com`, name: `Person ${person}` },
    kubeconfig: await kubeconfig(user),
  };
}

function operationClients(
  { users }: Target,
  { seed }: RunPlan,
  rate: number,
  kubeconfig: Kubeconfigs,
): Promise<readonly ClientPlan[]> {
  return Promise.all(
    MACHINES.map(async (machine, index): Promise<ClientPlan> => {
      const name = `w${machine}x${rate}`;
      const number =
        LOCK_CLIENTS + OPERATION_RATES.length * index + OPERATION_RATES.findIndex((r) => r === rate);
      const user = users[number % users.length] ?? users[0];
      return {
        ...{ name, role: "operation", machines: [machine], seed: seedOf(seed, name), offset: 0, rate },
        person: { user, mail: `worker-${name}@example.com`, name: `Worker ${name}` },
        kubeconfig: await kubeconfig(user),
      };
    }),
  );
}

/** One person's boards at each rate, which only look. */
function quietClients({ seed }: RunPlan, kubeconfig: Kubeconfigs): Promise<readonly ClientPlan[]> {
  return Promise.all(
    OPERATION_RATES.map(async (rate): Promise<ClientPlan> => ({
      ...{ name: `q${rate}`, role: "quiet", machines: [QUIET_MACHINE], seed, offset: 0, rate },
      person: QUIET_PERSON,
      kubeconfig: await kubeconfig(QUIET_PERSON.user),
    })),
  );
}
