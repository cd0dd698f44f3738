import type { Filter } from "./filterRows.ts";

/** What a person can do in the panel; the views call it. */
export interface Deeds {
  act(id: string): void;
  choose(revision: number): void;
  /** Puts the keyboard on a row. */
  moveTo(revision: number): void;
  filter(filter: Filter): void;
  type(review: string, text: string): void;
  /** Why it is to be done. */
  explain(review: string, text: string): void;
  confirm(): void;
}
