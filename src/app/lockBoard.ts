import type { Liveness } from "../domain/cluster.ts";
import type { Environment, LeaseHome, Machine, TeamConfig, Tier } from "../domain/config.ts";
import { judgeLock, type LockState } from "../domain/lock.ts";
import { operationRef, type OperationRecord } from "../domain/operation.ts";
import { HOUR_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
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
  /** What was last known before the state became unknown; for tooltips, never shown as current. */
  readonly lastKnown: LockState | undefined;
  /** Somebody's deploy or rollback under way; undefined where there is none, or while unknown. */
  readonly operation: OperationRecord | undefined;
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
    return this.#pools().flatMap(({ name, machines }) =>
      machines.map((machine) => this.#machineView(machine, name)),
    );
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

  /** The API server's time at a machine's locks, for countdowns; our own where no answer told it yet. */
  serverNow(machine: string): EpochMs {
    const home = this.#pools()
      .flatMap(({ machines }) => machines)
      .find(({ name }) => name === machine)?.locks;
    return home === undefined ? this.#clock.now() : this.#homes.serverNow(home);
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

  #machineView(machine: Machine, pool: string): MachineView {
    const liveness = this.#homes.liveness(machine.locks);
    const known = this.#judged(machine);
    return {
      name: machine.name,
      pool,
      ...(machine.url === undefined ? {} : { url: machine.url }),
      state: liveness.kind === "live" ? known : unknown(liveness),
      lastKnown: liveness.kind === "stale" && this.#homes.hasListed(machine.locks) ? known : undefined,
      operation: this.#homes.operation(operationRef(machine.name, machine.target, machine.locks)),
      liveness,
    };
  }

  #judged({ name, locks }: Machine): LockState {
    const record = this.#homes.lock({ ...locks, name });
    return record === undefined ? { kind: "missing" } : judgeLock(record, this.#homes.serverNow(locks));
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
    const { machines, environments } = this;
    this.#scheduleTurn(machines);
    // When a watch last heard something changes all the time and is shown only on demand.
    const shown = JSON.stringify([machines, environments], (key, value: unknown) =>
      key === "verifiedAt" ? undefined : value,
    );
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.fire();
  }

  /** A lock ends, and a dead operation fades, without any event: the board looks again at that very moment. */
  #scheduleTurn(machines: readonly MachineView[]): void {
    this.#nextTurn?.dispose();
    const turns = machines.flatMap(({ name, state }) =>
      state.kind === "held" ? [state.hold.until - this.serverNow(name)] : [],
    );
    const next = Math.min(...turns, this.#homes.nextFading(), LONGEST_WAIT_MS);
    this.#nextTurn = this.#clock.after(Math.max(1, Math.ceil(next)), () => {
      this.#update();
    });
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
