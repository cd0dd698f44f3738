import type { Liveness } from "../domain/cluster.ts";
import type { TeamConfig, Tier } from "../domain/config.ts";
import type { LockState } from "../domain/lock.ts";
import type { OperationRecord } from "../domain/operation.ts";
import type { EpochMs } from "../domain/time.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
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
  /** Somebody's deploy or rollback under way; undefined where there is no operation Lease, or while unknown. */
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

/** The one live model of machines and environments. Fires only when something that is shown has changed. */
export class LockBoard implements Disposable {
  readonly #changes = new Emitter<void>();
  readonly #services: LockBoardServices;
  #machines: readonly MachineView[] = [];
  #environments: readonly EnvironmentView[] = [];

  readonly onChange: Listen<void> = this.#changes.event;

  constructor(services: LockBoardServices) {
    this.#services = services;
  }

  /** In the order of devdeploy.json. */
  get machines(): readonly MachineView[] {
    return this.#machines;
  }

  /** In the order of devdeploy.json. */
  get environments(): readonly EnvironmentView[] {
    return this.#environments;
  }

  /** Opens the watches that this configuration needs and closes the others; undefined closes all. */
  follow(config: TeamConfig | undefined): void {
    void config;
    this.#machines = [];
    this.#environments = [];
    this.#changes.fire();
  }

  /** The API server's time at a machine's locks, for countdowns; our own where no answer told it yet. */
  serverNow(machine: string): EpochMs {
    void machine;
    return this.#services.clock.now();
  }

  /** Reads everything again at once. */
  relist(): void {
    this.#changes.fire();
  }

  dispose(): void {
    this.#changes.dispose();
  }
}
