import { Emitter } from "../app/emitter.ts";

/** The devdeploy of this window that is under way. */
export interface Run {
  readonly branch: string | undefined;
  /** Known from the claim on. */
  readonly machine: string | undefined;
  /** Nothing goes on before the person has answered what to do about a full pool. */
  readonly isAsking: boolean;
}

/** At most one devdeploy runs in a window; others are refused politely. */
export class Running {
  readonly #changes = new Emitter<void>();
  #current: Run | undefined;

  readonly onChange = this.#changes.event;

  get current(): Run | undefined {
    return this.#current;
  }

  set(run: Run | undefined): void {
    this.#current = run;
    this.#changes.fire();
  }
}
