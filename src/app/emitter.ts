/** Something that is ended once it is not needed any more; the shape of vscode.Disposable, without vscode. */
export interface Disposable {
  dispose(): void;
}

export type Listen<T> = (listener: (event: T) => void) => Disposable;

/** What is done only for as long as anybody listens. */
export interface Attendance {
  /** The first listener is there. */
  readonly begin: () => void;
  /** The last listener has gone. */
  readonly end: () => void;
}

/** Tells listeners of events in the order in which they began to listen. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(event: T) => void>();
  #attendance: Attendance | undefined;

  constructor(attendance?: Attendance) {
    this.#attendance = attendance;
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  readonly event: Listen<T> = (listener) => {
    // A wrapper of its own for each call, so that one function can listen twice and stop once.
    const entry = (event: T): void => {
      listener(event);
    };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#attendance?.begin();
    return {
      dispose: () => {
        if (this.#listeners.delete(entry) && !this.hasListeners) this.#attendance?.end();
      },
    };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Whoever ends it ends the work as well: nothing begins or ends by a listener any more. */
  dispose(): void {
    this.#attendance = undefined;
    this.#listeners.clear();
  }
}
