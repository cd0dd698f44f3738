import { digitsOf, type CommitClues } from "../domain/commitClues.ts";
import type { CommitMatch } from "../domain/commitMatch.ts";
import { gradeCommit } from "../domain/gradeCommit.ts";
import type { CommitLookup } from "./commitLookup.ts";

/** The commits that revisions are of. What was graded is graded again only once git has told more. */
export class GradedCommits<R extends object> {
  readonly #lookup: Pick<CommitLookup, "has" | "resolved" | "generation">;
  readonly #cluesOf: (revision: R) => CommitClues;
  readonly #clues = new WeakMap<R, CommitClues>();
  readonly #graded = new WeakMap<R, { readonly generation: number; readonly match: CommitMatch }>();

  constructor(
    lookup: Pick<CommitLookup, "has" | "resolved" | "generation">,
    cluesOf: (revision: R) => CommitClues,
  ) {
    this.#lookup = lookup;
    this.#cluesOf = cluesOf;
  }

  /** Undefined until the clone has been asked. */
  of(revision: R): CommitMatch | undefined {
    const clues = this.#clues.get(revision) ?? this.#cluesOf(revision);
    this.#clues.set(revision, clues);
    if (!this.#lookup.has(digitsOf(clues))) return undefined;
    const { generation } = this.#lookup;
    const known = this.#graded.get(revision);
    if (known?.generation === generation) return known.match;
    const match = gradeCommit(clues, this.#lookup.resolved);
    this.#graded.set(revision, { generation, match });
    return match;
  }
}
