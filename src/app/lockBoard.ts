import type { Liveness } from "../domain/cluster.ts";
import type { Environment, LeaseHome, Machine, Pool, TeamConfig, Tier } from "../domain/config.ts";
import type { LockState, StoredLock } from "../domain/lock.ts";
import { ENDING_NOTICE_MS } from "../domain/news.ts";
import { operationRef, type OperationRecord } from "../domain/operation.ts";
import { holderIdentity } from "../domain/person.ts";
import { HOUR_MS, SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import { current, judgePool, waitingRef, WAITS_AT_MOST_MS, type Waiter } from "../domain/waiting.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import { LeaseHomes } from "./leaseHomes.ts";
import type { Clock, ClusterWatches } from "./ports.ts";

/** A machine of a pool as the sidebar shows it. Whole and current: nothing in it has to be judged again. */
export interface MachineView {
  readonly name: string;
  readonly pool: string;
  readonly url?: string;
  /** `unknown` while connecting and as soon as the watch is stale; never an old state. */
  readonly state: LockState;
  /** The record that the state was judged from, with its version; undefined unless it is current. */
  readonly lock: StoredLock | undefined;
  /** The last half hour of the lock has begun. */
  readonly endsSoon: boolean;
  /** What was last known before the state became unknown; for tooltips, never shown as current. */
  readonly lastKnown: LockState | undefined;
  /** Somebody's deploy or rollback under way; undefined where there is none, or while unknown. */
  readonly operation: OperationRecord | undefined;
  readonly liveness: Liveness;
  /** The server's clock minus ours, in whole seconds, where ours is off by more than a few. */
  readonly clockOff?: DurationMs;
}

/** A pool, and who waits for one of its machines. */
export interface PoolView {
  readonly name: string;
  /** In the order in which they are served; without those who have got a machine; empty while unknown. */
  readonly waiters: readonly Waiter[];
  readonly liveness: Liveness;
}

/** An environment of devdeploy.json: who works at it now. */
export interface EnvironmentView {
  readonly name: string;
  readonly tier: Tier;
  readonly operation: OperationRecord | undefined;
  readonly liveness: Liveness;
}

export interface LockBoardServices {
  readonly watches: ClusterWatches;
  readonly clock: Clock;
}

/** The longest that the board waits without looking at the time again; timers take no longer than 24 days. */
const LONGEST_WAIT_MS: DurationMs = HOUR_MS;
/** The answers' dates are cut to seconds and take time to arrive; from here on it is the clock that is wrong. */
const CLOCK_OFF_MS: DurationMs = 5 * SECOND_MS;

/**
 * The one live model of machines and environments. It is never told of a change: it hears of it through the
 * watch, as everybody else does. Fires only when something that is shown has changed.
 */
export class LockBoard implements Disposable {
  readonly #changes = new Emitter<void>();
  readonly #clock: Clock;
  readonly #homes: LeaseHomes;
  #config: TeamConfig | undefined;
  #shown = "";
  #nextTurn: Disposable | undefined;

  readonly onChange: Listen<void> = this.#changes.event;

  constructor({ watches, clock }: LockBoardServices) {
    this.#clock = clock;
    this.#homes = new LeaseHomes(watches, clock, () => {
      this.#update();
    });
  }

  /** In the order of devdeploy.json. */
  get machines(): readonly MachineView[] {
    return this.#pools().flatMap((pool) => this.#machinesOf(pool));
  }

  /** In the order of devdeploy.json. */
  get pools(): readonly PoolView[] {
    return this.#pools().map((pool) => this.#poolView(pool));
  }

  /** In the order of devdeploy.json. */
  get environments(): readonly EnvironmentView[] {
    return (this.#config?.environments ?? []).map((environment) => this.#environmentView(environment));
  }

  /** Opens the watches that this configuration needs and closes the others; undefined closes all. */
  follow(config: TeamConfig | undefined): void {
    this.#config = config;
    this.#homes.follow(config === undefined ? [] : homesOf(config));
    this.#update();
  }

  /** The API server's time at a machine's or an environment's Leases; our own where no answer told it yet. */
  serverNow(name: string): EpochMs {
    const machine = this.#pools()
      .flatMap(({ machines }) => machines)
      .find((one) => one.name === name);
    const home = machine?.locks ?? this.#targetHome(name);
    return home === undefined ? this.#clock.now() : this.#homes.serverNow(home);
  }

  /** Of an environment: in the cluster that it is deployed to. */
  #targetHome(name: string): LeaseHome | undefined {
    const environment = this.#config?.environments.find((one) => one.name === name);
    const target = environment?.targets[0];
    return environment === undefined || target === undefined
      ? undefined
      : operationRef(name, target, environment.locks);
  }

  /** Reads everything again at once. */
  relist(): void {
    this.#homes.relist();
  }

  dispose(): void {
    this.#nextTurn?.dispose();
    this.#homes.dispose();
    this.#changes.dispose();
  }

  #pools(): TeamConfig["pools"] {
    return this.#config?.pools ?? [];
  }

  #poolView(pool: Pool): PoolView {
    const home = waitingRef(pool);
    const liveness = home === undefined ? ({ kind: "connecting" } as const) : this.#homes.liveness(home);
    if (home === undefined || liveness.kind !== "live") return { name: pool.name, waiters: [], liveness };
    const holders = new Set(
      this.#machinesOf(pool).flatMap(({ state }) =>
        state.kind === "held" ? [holderIdentity(state.hold.by)] : [],
      ),
    );
    const waiting = current(this.#waiters(pool), this.#homes.serverNow(home));
    return { name: pool.name, waiters: waiting.filter(({ by }) => !holders.has(by)), liveness };
  }

  /** The whole list as it is stored, with those who left: the turns of the others are reckoned with them. */
  #waiters(pool: Pool): readonly Waiter[] {
    const ref = waitingRef(pool);
    return ref === undefined ? [] : this.#homes.waiters(ref);
  }

  /** Machines of a pool are judged together: which of the free ones are kept for somebody hangs on all of them. */
  #machinesOf(pool: Pool): readonly MachineView[] {
    const [first] = pool.machines;
    if (first === undefined) return [];
    const stored = pool.machines.map(({ name, locks }) => this.#homes.lock({ ...locks, name }));
    const judged = judgePool(
      pool.machines.map(({ name }, index) => ({ machine: name, record: stored[index]?.record })),
      this.#waiters(pool),
      this.#homes.serverNow(first.locks),
    );
    return pool.machines.map((machine, index) =>
      this.#machineView(machine, stored[index], judged[index]?.state ?? { kind: "missing" }),
    );
  }

  #machineView(machine: Machine, lock: StoredLock | undefined, known: LockState): MachineView {
    const { name, pool, url, locks } = machine;
    const liveness = this.#homes.liveness(locks);
    const isLive = liveness.kind === "live";
    const state = isLive ? known : unknown(liveness);
    const offset = this.#homes.clockOffset(locks) ?? 0;
    return {
      name,
      pool,
      ...(url === undefined ? {} : { url }),
      state,
      lock: isLive ? lock : undefined,
      endsSoon: state.kind === "held" && state.hold.until - this.#homes.serverNow(locks) <= ENDING_NOTICE_MS,
      lastKnown: liveness.kind === "stale" && this.#homes.hasListed(locks) ? known : undefined,
      operation: this.#homes.operation(operationRef(name, machine.target, locks)),
      liveness,
      ...(Math.abs(offset) > CLOCK_OFF_MS ? { clockOff: SECOND_MS * Math.round(offset / SECOND_MS) } : {}),
    };
  }

  /** The targets of an environment may be in several clusters; work at any of them is work at it. */
  #environmentView({ name, tier, targets, locks }: Environment): EnvironmentView {
    const refs = targets.map((target) => operationRef(name, target, locks));
    const operations = refs.map((ref) => this.#homes.operation(ref));
    const livenesses = refs.map((ref) => this.#homes.liveness(ref));
    return {
      name,
      tier,
      operation: operations.find((operation) => operation !== undefined),
      liveness: livenesses.find(({ kind }) => kind !== "live") ?? livenesses[0] ?? { kind: "connecting" },
    };
  }

  #update(): void {
    const { machines, pools, environments } = this;
    this.#scheduleTurn(machines, pools);
    // When a watch last heard something changes all the time and is shown only on demand; the version of a Lease
    // changes with every note of a tool that is not shown at all.
    const shown = JSON.stringify([machines, pools, environments], (key, value: unknown) =>
      key === "verifiedAt" || key === "resourceVersion" ? undefined : value,
    );
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.fire();
  }

  /**
   * A lock ends, a keeping is passed on, a dead operation fades, without any event: the board looks again at that
   * very moment.
   */
  #scheduleTurn(machines: readonly MachineView[], pools: readonly PoolView[]): void {
    this.#nextTurn?.dispose();
    const turns = [
      ...machines.flatMap(({ name, state }) => turnsOf(state).map((at) => at - this.serverNow(name))),
      ...this.#pools().flatMap((pool, index) => {
        const now = this.serverNow(pool.machines[0]?.name ?? "");
        return (pools[index]?.waiters ?? []).map(({ since }) => since + WAITS_AT_MOST_MS - now);
      }),
    ];
    const next = Math.min(...turns.filter((turn) => turn > 0), this.#homes.nextFading(), LONGEST_WAIT_MS);
    this.#nextTurn = this.#clock.after(Math.max(1, Math.ceil(next)), () => {
      this.#update();
    });
  }
}

/** When a state turns into another one by itself, or there is something to be told of it. */
function turnsOf(state: LockState): readonly EpochMs[] {
  switch (state.kind) {
    case "held":
      return [state.hold.until - ENDING_NOTICE_MS, state.hold.until];
    case "kept":
      return [state.until];
    case "free":
    case "expired":
    case "unreadable":
    case "missing":
    case "unknown":
      return [];
  }
}

function unknown(liveness: Exclude<Liveness, { readonly kind: "live" }>): LockState {
  return liveness.kind === "stale"
    ? { kind: "unknown", since: liveness.since, error: liveness.error }
    : { kind: "unknown" };
}

function homesOf({ environments, pools }: TeamConfig): readonly LeaseHome[] {
  const machines = pools.flatMap((pool) => pool.machines);
  return [
    ...machines.map(({ locks }) => locks),
    ...machines.map(({ name, target, locks }) => operationRef(name, target, locks)),
    ...environments.flatMap(({ name, targets, locks }) =>
      targets.map((target) => operationRef(name, target, locks)),
    ),
  ];
}
