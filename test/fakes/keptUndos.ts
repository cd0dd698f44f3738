import type { KeptUndo, KeptUndos, PastUndo, UnreadableUndo } from "../../src/app/keptUndo.ts";

/** Undos that are under way, in memory; a test says which ones windows that are gone have left. */
export class FakeKeptUndos implements KeptUndos {
  readonly kept = new Map<string, KeptUndo>();
  /** Given away by the next look. */
  left: (PastUndo | UnreadableUndo)[] = [];
  isDiskFull = false;
  /** Runs once one is kept. */
  onKeep: () => void = () => undefined;
  #count = 0;

  keep(undo: KeptUndo): Promise<string | undefined> {
    if (this.isDiskFull) return Promise.resolve(undefined);
    const id = `undo-${this.#count++}`;
    this.kept.set(id, undo);
    this.onKeep();
    return Promise.resolve(id);
  }

  adopt(): Promise<readonly (PastUndo | UnreadableUndo)[]> {
    return Promise.resolve(this.left.splice(0));
  }

  told(id: string): Promise<void> {
    this.kept.delete(id);
    return Promise.resolve();
  }
}
