import { INVARIANTS, type Finding } from "./check/findings.ts";
import type { RequestFaults } from "./store/requestFaults.ts";
import { isEntry, NOBODYS, type Entry, type Verb } from "./history.ts";

/** What a store was found to be. */
export interface StoreReport {
  readonly store: string;
  readonly operations: ReadonlyMap<string, number>;
  /** Of these operations, those that ended in an error. */
  readonly errors: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

const total = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

export const violationsOf = ({ findings }: StoreReport): number =>
  findings.reduce((sum, { violations }) => sum + violations.length, 0);

/** Finished or not, by verb. */
export function operationsOf(history: readonly Entry[]): ReadonlyMap<Verb, number> {
  return counted(history.filter(isEntry("call")).map(({ verb }) => verb));
}

/** How many operations were answered by an error, which in bad weather is as it should be. */
export const errorsOf = (history: readonly Entry[]): number =>
  history.filter(isEntry("return")).filter(({ said, answer }) => said === "not-done" && answer !== NOBODYS)
    .length;

/** Those of single requests, which the store counted, and those of whole processes. */
export function faultsOf(
  history: readonly Entry[],
  stores: readonly (RequestFaults | undefined)[],
): ReadonlyMap<string, number> {
  const skewed = history
    .filter(isEntry("client"))
    .filter(({ offset, rate }) => offset !== 0 || rate !== 1)
    .map(() => "clock off or at another rate");
  const happened = history.filter(isEntry("fault")).map(({ fault }) => fault);
  const faults = new Map<string, number>(counted([...happened, ...skewed]));
  for (const [fault, count] of stores.flatMap((requests) => [...(requests?.counts ?? [])])) {
    faults.set(fault, (faults.get(fault) ?? 0) + count);
  }
  return faults;
}

export function counted<K>(all: readonly K[]): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}

const MOST_SHOWN = 5;

/** Everything about a store, as lines. */
export function linesOf(report: StoreReport): readonly string[] {
  const { store, operations, errors, faults, findings } = report;
  return [
    `${store}: ${total(operations)} operations (${listOf(operations)}), ${errors} ended in an error`,
    `  faults: ${total(faults)} (${listOf(faults)})`,
    ...findings.flatMap(({ invariant, checked, violations }) => [
      `  ${violations.length === 0 ? "holds   " : "VIOLATED"} ${invariant} ${INVARIANTS[invariant]}: ${checked}`,
      ...violations.slice(0, MOST_SHOWN).map((violation) => `             ${violation}`),
      ...(violations.length > MOST_SHOWN ? [`             and ${violations.length - MOST_SHOWN} more`] : []),
    ]),
  ];
}

const listOf = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([name, count]) => `${name} ${count}`).join(", ");

/** What a store that has to be found out was found out by. */
export const caughtBy = ({ findings }: StoreReport): string =>
  findings
    .filter(({ violations }) => violations.length > 0)
    .map(({ invariant, violations }) => `${invariant} ${violations.length}`)
    .join(", ");

/** The closing line of a store. */
export const closingLineOf = (report: StoreReport): string =>
  `${report.store}: ${total(report.operations)} operations, ${total(report.faults)} faults, ` +
  `${violationsOf(report)} violations`;
