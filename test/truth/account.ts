/** What is true of a release after somebody wanted to roll it back: in words that two can find without each other. */
export interface Account {
  /** Whether the rollback that was wanted is done, from the record to the last pod. */
  readonly done: boolean;
  /** Of helm's newest record, e.g. `revision 3 deployed`. */
  readonly newest: string;
  /** Whose image the workload is set to run: a commit by its letter. */
  readonly runs: string;
  /** Whose pods are ready: letters, or `no`. Absent where no rollback was begun: then the panel claims nothing of pods. */
  readonly ready?: string;
  /** What stood in the way, or what there is to know besides. */
  readonly because?: string;
}

/** One line of the table. */
export interface Row {
  readonly scenario: string;
  readonly helm: string;
  /** By kubectl and helm alone. */
  readonly happened: string;
  /** By the panel. */
  readonly said: string;
  readonly equal: boolean;
}

/** An account as one short sentence: two accounts are the same where their sentences are. */
export function sentence({ done, newest, runs, ready, because }: Account): string {
  const pods = ready === undefined ? "" : `, ${ready === "no" ? ready : `${ready}'s`} pods ready`;
  const facts = `${done ? "done" : "not done"}: ${newest}, set to ${runs}${pods}`;
  return because === undefined ? facts : `${facts}; ${because}`;
}

/** Compares what was seen with what was said. */
export function rowOf(
  scenario: string,
  helm: string,
  { happened, said }: { readonly happened: string; readonly said: string },
): Row {
  return { scenario, helm, happened, said, equal: happened === said };
}
