import type { WriteError } from "../../app/ports.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";

const FIRST_PAUSE_MS: DurationMs = SECOND_MS / 2;
const LONGEST_PAUSE_MS: DurationMs = 10 * SECOND_MS;
/** A refusal does not heal by asking: somebody has to grant a right or sign in. Also spares credential plugins. */
const REFUSED_PAUSE_MS: DurationMs = 60 * SECOND_MS;
/** A kubeconfig is somebody's file on this machine: looking again is cheap, and they may be editing it. */
const KUBECONFIG_PAUSE_MS: DurationMs = 5 * SECOND_MS;

/** How long a watch waits before its next try: doubling, capped, half of it by chance, begun anew by success. */
export class WatchPace {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  next(error?: WriteError): DurationMs {
    const doubled = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    const jittered = (pause: DurationMs): DurationMs => pause * (0.5 + this.#random() / 2);
    switch (error?.reason) {
      case "unauthorized":
      case "forbidden":
      case "credential-plugin":
        return jittered(REFUSED_PAUSE_MS);
      case "kubeconfig-absent":
      case "kubeconfig-unreadable":
      case "context-changed":
      case "context-unknown":
        return jittered(KUBECONFIG_PAUSE_MS);
      case "throttled":
        return error.retryAfterMs + jittered(doubled);
      case undefined:
      case "aborted":
      case "conflict":
      case "not-found":
      case "not-kubernetes":
      case "server-error":
      case "timeout":
      case "unreachable":
        return jittered(doubled);
    }
  }
}
