import { isEntry, MICROS_OF_A_SECOND, type Entry, type EntryOf, type Moment } from "../history.ts";
import { inSeconds, type Finding } from "./findings.ts";
import { holders } from "./operations.ts";
import { statesByMachine } from "./ownership.ts";

/** On the client's clock: a watch may be silent for 90 s, then an answer may take 15 s and the next try come 10 s later. */
const NOTICED_S = 90 + 15 + 10;
/** What a busy computer takes. */
const SLACK_S = 5;

/** I8: how long boards called a machine the person's own after it was not. */
export function boardsLetGo(history: readonly Entry[]): Finding {
  const clients = new Map(history.filter(isEntry("client")).map((client) => [client.client, client]));
  const people = holders(history);
  const truth = statesByMachine(history);
  const violations: string[] = [];
  let rows = 0;
  let longest = 0;
  let longestOf = "";
  for (const { shown, until } of rowsThatSayMine(history)) {
    rows += 1;
    const by = people.get(shown.client);
    const lost = (truth.get(shown.machine) ?? []).find(
      ({ at, lock }) => at >= shown.at && !(lock.kind === "held" && lock.holder === by),
    );
    const wrong =
      lost === undefined
        ? 0
        : Math.max(0, until - lost.at - pausedFor(shown.client, lost.at, until, history));
    const rate = clients.get(shown.client)?.rate ?? 1;
    if (wrong > longest) {
      longest = wrong;
      longestOf = ` by ${shown.client} whose clock runs at ${rate}`;
    }
    if (wrong > (NOTICED_S / rate + SLACK_S) * MICROS_OF_A_SECOND) {
      violations.push(
        `${shown.machine}: the board of ${shown.client} said mine for ${inSeconds(wrong)} too long`,
      );
    }
  }
  const checked = `${rows} rows that said mine, at the longest ${inSeconds(longest)} too long${longestOf}`;
  return { invariant: "I8", checked, violations };
}

interface Row {
  readonly shown: EntryOf<"shown">;
  /** When the board said something else, or was last heard of. */
  readonly until: Moment;
}

function rowsThatSayMine(history: readonly Entry[]): readonly Row[] {
  const people = holders(history);
  const rows: Row[] = [];
  const open = new Map<string, EntryOf<"shown">>();
  for (const shown of history.filter(isEntry("shown"))) {
    const key = `${shown.client} ${shown.machine}`;
    const before = open.get(key);
    if (before !== undefined) rows.push({ shown: before, until: shown.at });
    open.delete(key);
    if (shown.state === "held" && shown.holder === people.get(shown.client)) open.set(key, shown);
  }
  return [...rows, ...[...open.values()].map((shown) => ({ shown, until: lastOf(shown.client, history) }))];
}

/** Nobody looks at the board of a process that was killed or has ended. */
const lastOf = (client: string, history: readonly Entry[]): Moment =>
  history.findLast((entry) => "client" in entry && entry.client === client)?.at ?? 0;

/** A stopped process shows nothing new and nobody can use it. */
function pausedFor(client: string, from: Moment, to: Moment, history: readonly Entry[]): Moment {
  const pauses = history
    .filter(isEntry("fault"))
    .filter(({ fault, clients }) => fault === "client paused" && clients.includes(client));
  return pauses.reduce(
    (sum, { at, until }) => sum + Math.max(0, Math.min(to, until) - Math.max(from, at)),
    0,
  );
}
