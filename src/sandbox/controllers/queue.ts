/**
 * Keys that wait to be looked at again. However often a key is added before its turn, it has one turn: what is to
 * be done is always judged from the present state.
 */
export class WorkQueue {
  readonly #work: (key: string) => void;
  readonly #waiting = new Set<string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isScheduled = false;
  #isStopped = false;

  constructor(work: (key: string) => void) {
    this.#work = work;
  }

  /** Looks at a key soon, after the request that is being served. */
  add(key: string): void {
    this.#waiting.add(key);
    if (this.#isScheduled || this.#isStopped) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#drain();
    });
  }

  /** Looks at a key later; a sooner time replaces the one that was set. */
  addAfter(key: string, delayMs: number): void {
    clearTimeout(this.#timers.get(key));
    if (this.#isStopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(key);
      this.add(key);
    }, delayMs);
    this.#timers.set(key, timer);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }

  #drain(): void {
    const keys = [...this.#waiting];
    this.#waiting.clear();
    for (const key of keys) if (!this.#isStopped) this.#work(key);
  }
}

/** After how long a refused write is tried again: controllers wait longer each time; here it is always five seconds. */
export const RETRY_MS = 5000;

/** The key of a namespaced object, and what it is made of. */
export const queueKey = (namespace: string, name: string): string => `${namespace}/${name}`;

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf("/");
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
