import type { EpochMs } from "../domain/time.ts";
import type { DeployerEnd, KeptOrder } from "./ports.ts";
import type { KeptRollback } from "./rollbackPorts.ts";

interface RunLeftBehind<Order> {
  readonly id: string;
  readonly order: Order;
  /** The kubeconfig that the tool was given: a path or a list of them; undefined is the default. */
  readonly kubeconfig?: string;
  readonly startedAt: EpochMs;
  readonly isRunning: boolean;
}

export type PastDeploy = RunLeftBehind<KeptOrder>;
export type PastRollback = RunLeftBehind<KeptRollback>;

/** A run of the tool whose window is gone; from the moment that it is told here, this window follows it. */
export type PastRun = PastDeploy | PastRollback;

/** Deploys were kept without a word about their kind, before there was another one. */
export const isRollback = (run: PastRun): run is PastRollback => "kind" in run.order;

/** Runs of earlier windows: what closing, reloading or killing a window while helm worked left behind. */
export interface PastRuns {
  /** Those that nobody follows, oldest first; each is given to one window only. */
  adopt(): Promise<readonly PastRun[]>;
  /** Waits until it has ended; undefined where it was left before. */
  ended(id: string, onLine: (line: string) => void, signal: AbortSignal): Promise<DeployerEnd | undefined>;
  /** Asks the tool to stop; a rollback, which cannot be stopped softly, goes on all the same. */
  stop(id: string): Promise<void>;
  /** The person has been told how it ended; what is kept of the run is deleted. */
  seen(id: string): Promise<void>;
}

/** The process of a window (its extension host) that follows something which is kept on this computer. */
export interface Follower {
  readonly hostPid: number;
  /** When it began to follow. */
  readonly startedAt: EpochMs;
}

/** Which of several windows of this computer follows what is kept in a folder. */
export interface Followers {
  /** This window's own process. */
  me(): Follower;
  /**
   * Whether this window has it from now on: `first`, who made the folder, is gone, and so is who followed it later. Of
   * several windows that ask, one alone gets it. Who knows that it follows by itself does not ask.
   */
  take(folder: string, first: Follower): Promise<boolean>;
}
