/** Something that is ended once it is not needed any more; the shape of vscode.Disposable, without vscode. */
export interface Disposable {
  dispose(): void;
}

export type Listen<T> = (listener: (event: T) => void) => Disposable;

/** Tells listeners of events in the order in which they began to listen. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(event: T) => void>();

  readonly event: Listen<T> = (listener) => {
    // A wrapper of its own for each call, so that one function can listen twice and stop once.
    const entry = (event: T): void => {
      listener(event);
    };
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
