import { isEntry, type Entry, type EntryOf, type Moment } from "../history.ts";
import { inSeconds, type Finding } from "./findings.ts";

/** A client at work at a machine, from its entry until it left or was last heard of. */
interface Section {
  readonly client: string;
  readonly machine: string;
  readonly run: string;
  readonly token: number;
  readonly from: Moment;
  readonly to: Moment;
}

/** I3: overlaps of work at one machine, and whether one of the two was faulty. */
export function sectionsDoNotOverlap(history: readonly Entry[]): Finding {
  const sections = sectionsOf(history);
  const violations: string[] = [];
  let excused = 0;
  for (const [index, one] of sections.entries()) {
    for (const other of sections.slice(index + 1)) {
      const [first, second] = one.from <= other.from ? [one, other] : [other, one];
      if (first.machine !== second.machine || first.to <= second.from) continue;
      if (isFaulty(first, second.from, history)) {
        excused += 1;
        continue;
      }
      violations.push(
        `${first.machine}: ${first.client} was at work until ${inSeconds(first.to - second.from)} after ${second.client} began`,
      );
    }
  }
  const checked = `${sections.length} times at work, ${excused} overlapped by somebody paused or unable to renew`;
  return { invariant: "I3", checked, violations };
}

function sectionsOf(history: readonly Entry[]): readonly Section[] {
  const leaves = new Map(history.filter(isEntry("leave")).map((leave) => [leave.run, leave.at]));
  const faults = history.filter(isEntry("fault"));
  const end = history.at(-1)?.at ?? 0;
  return history.filter(isEntry("enter")).map(({ client, machine, run, token, at }) => {
    const killed = faults.find(({ fault, clients }) => fault === "client killed" && clients.includes(client));
    return { client, machine, run, token, from: at, to: leaves.get(run) ?? killed?.at ?? end };
  });
}

/** The length of an operation Lease on the fastest clock; within it a healthy holder shows a sign of life. */
const FASTEST_LEASE_MICROS = 15_000_000;

/** Paused, or without one renewal that came through in the time that the fastest clock waits for one. */
function isFaulty({ client, run, from }: Section, until: Moment, history: readonly Entry[]): boolean {
  const since = until - FASTEST_LEASE_MICROS;
  const wasPaused = history
    .filter(isEntry("fault"))
    .some(({ clients, at, until: healed }) => clients.includes(client) && at < until && healed > since);
  if (wasPaused) return true;
  const renewals = history.filter(isEntry("renewal")).filter((renewal) => renewal.run === run);
  const tried = renewals.filter(({ from: began, at }) => at > since && began < until);
  return (
    from < since &&
    tried.some(({ isDone }) => !isDone) &&
    !tried.some(({ isDone, at }) => isDone && at < until)
  );
}

/** I4: a fenced store accepted no lower token after a higher one. */
export function effectsAreFenced(history: readonly Entry[]): Finding {
  const effects = history.filter(isEntry("effect"));
  const accepted = effects.filter(({ result }) => result === "accepted");
  const violations: string[] = [];
  const highest = new Map<string, EntryOf<"effect">[]>();
  for (const effect of accepted) {
    const before = highest.get(effect.machine) ?? [];
    const newer = before.find(({ at, token }) => at < effect.from && token > effect.token);
    if (newer !== undefined || effect.highest > effect.token) {
      violations.push(
        `${effect.machine}: ${effect.client} acted under ${effect.token} after ${newer?.token ?? effect.highest}`,
      );
    }
    highest.set(effect.machine, [...before, effect]);
  }
  const late = effects.filter(({ result }) => result === "rejected");
  const rejectedHealthy = late.filter((effect) => !isLate(effect, history));
  for (const { client, machine, token } of rejectedHealthy) {
    violations.push(
      `${machine}: ${client}, which was never paused nor unable to renew, acted late under ${token}`,
    );
  }
  const checked = `${accepted.length} effects accepted, ${late.length} of somebody paused or cut off turned away`;
  return { invariant: "I4", checked, violations };
}

function isLate({ client, run, machine, token, at }: EntryOf<"effect">, history: readonly Entry[]): boolean {
  const began = history.filter(isEntry("enter")).find((enter) => enter.run === run)?.at ?? 0;
  // The pause ends before the effect does, so that it lies in the time of the Lease that ran out.
  return isFaulty({ client, run, machine, token, from: began, to: at }, at, history);
}
