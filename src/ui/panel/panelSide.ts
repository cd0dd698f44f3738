import { Emitter, type Disposable } from "../../app/emitter.ts";

/**
 * What the right-hand side of a panel is about, and the one thing that is being asked for it. Once the panel is closed
 * nothing changes any more.
 */
export class PanelSide<Side> implements Disposable {
  readonly #changes = new Emitter<void>();
  #current: Side;
  #asking: AbortController | undefined;
  #isFetching = false;
  #isOver = false;

  readonly onChange = this.#changes.event;

  constructor(first: Side) {
    this.#current = first;
  }

  get current(): Side {
    return this.#current;
  }

  /** Commits are being fetched. */
  get isFetching(): boolean {
    return this.#isFetching;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  set(side: Side): void {
    if (this.#isOver) return;
    this.#current = side;
    this.#changes.fire();
  }

  /** Something else that is drawn has changed. */
  redraw(): void {
    this.#changes.fire();
  }

  /** Puts another question in place of the one that was being asked; aborted once the answer counts no more. */
  ask(): AbortSignal {
    this.#asking?.abort();
    this.#asking = new AbortController();
    return this.#asking.signal;
  }

  /** One fetch at a time: another press while it goes on does nothing. */
  async fetch(work: () => Promise<void>): Promise<void> {
    if (this.#isFetching) return;
    this.#isFetching = true;
    this.#changes.fire();
    try {
      await work();
    } finally {
      this.#isFetching = false;
      this.#changes.fire();
    }
  }

  dispose(): void {
    this.#isOver = true;
    this.#asking?.abort();
    this.#changes.dispose();
  }
}
