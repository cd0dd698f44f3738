import type { MachineView } from "../../app/lockBoard.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { Flag } from "../../domain/flags.ts";
import type { Hold, LockAsk, LockState } from "../../domain/lock.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import { holderIdentity, isSamePerson, type Person } from "../../domain/person.ts";
import type { EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "../messages/cluster.ts";
import * as fact from "../messages/facts.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { timeLeft } from "../messages/time.ts";
import { facts, type Fact, type Row, type RowIcon } from "./row.ts";

/** Who looks, and when by the API server's clock. */
export interface Onlooker {
  readonly me: Person | undefined;
  readonly now: EpochMs;
  /** What is amiss with the machine. */
  readonly flags?: readonly Flag[];
}

/** The newest of a lock's changes that are told; the Lease has some more. */
const CHANGES_SHOWN = 10;

export const isMine = (state: LockState, me: Person | undefined): boolean =>
  state.kind === "held" && me !== undefined && isSamePerson(state.hold.by, me);

export const isKeptForMe = (state: LockState, me: Person | undefined): boolean =>
  state.kind === "kept" && me !== undefined && isSamePerson(state.for, me);

/** A machine of a pool: `dev2  Ann Lee · task/x · 4f1c0de · 9 h left`. */
export function machineRow(view: MachineView, onlooker: Onlooker): Row {
  const { state, operation } = view;
  const isWorking = operation?.kind === "working" && state.kind !== "unknown";
  return {
    label: shown(view.name),
    description: isWorking ? workingWords(operation, state, onlooker) : stateWords(view, onlooker),
    icon: isWorking ? { id: "sync~spin", color: "charts.blue" } : stateIcon(view, onlooker),
    tokens: tokens(view, onlooker, isWorking),
    facts: machineFacts(view, onlooker),
  };
}

const holderName = (hold: Hold, { me }: Onlooker): string =>
  me !== undefined && isSamePerson(hold.by, me) ? words.you() : shown(hold.by.name);

const work = ({ branch, commit }: Hold): readonly (string | undefined)[] => [
  branch === undefined ? undefined : shown(branch),
  commit === undefined ? undefined : shortCommit(commit),
];

/** What is amiss goes before what is usual, which a narrow sidebar cuts off. */
function heldWords(
  hold: Hold,
  { name, lock }: Pick<MachineView, "name" | "lock">,
  onlooker: Onlooker,
): string {
  const left = timeLeft(hold.until - onlooker.now);
  const who = holderName(hold, onlooker);
  const amiss = flagTexts(name, onlooker);
  if (amiss.length > 0) return words.parts(who, ...amiss, left);
  const isMe = onlooker.me !== undefined && isSamePerson(hold.by, onlooker.me);
  const asking = isMe ? words.asksForIt(openAsks(lock).map((ask) => ask.name)) : undefined;
  return words.parts(who, asking, ...work(hold), left);
}

const asksOf = (lock: MachineView["lock"]): readonly LockAsk[] =>
  lock?.record.kind === "held" ? (lock.record.asks ?? []) : [];

const openAsks = (lock: MachineView["lock"]): readonly LockAsk[] =>
  asksOf(lock).filter(({ keptAt }) => keptAt === undefined);

const flagTexts = (machine: string, { flags = [] }: Onlooker): readonly string[] =>
  flags.flatMap((flag) => (flag.kind === "unreadable" ? [] : [words.flagWords(flag, machine)]));

function stateWords(
  view: Pick<MachineView, "name" | "state" | "lock" | "liveness">,
  onlooker: Onlooker,
): string {
  const { state, liveness } = view;
  switch (state.kind) {
    case "free":
      return words.free();
    case "expired":
      return words.parts(
        words.free(),
        onlooker.me !== undefined && isSamePerson(state.hold.by, onlooker.me)
          ? words.yourLockEnded()
          : words.lockEnded(state.hold.by.name),
      );
    case "kept":
      return words.parts(
        isKeptForMe(state, onlooker.me) ? words.keptForYou() : words.keptFor(state.for.name),
        timeLeft(state.until - onlooker.now),
      );
    case "held":
      return heldWords(state.hold, view, onlooker);
    case "unreadable":
      return words.lockUnreadable(state.holder);
    case "missing":
      return words.leaseMissing();
    case "unknown":
      return liveness.kind === "connecting"
        ? words.connecting()
        : words.unknownSince(state.since, state.error);
  }
}

type Working = OperationRecord & { readonly kind: "working" };

function workingWords(operation: Working, state: LockState, onlooker: Onlooker): string {
  const isHolders = state.kind === "held" && holderIdentity(state.hold.by) === operation.by;
  if (isHolders) {
    return words.parts(words.deploying(), holderName(state.hold, onlooker), ...work(state.hold));
  }
  const isMe = onlooker.me !== undefined && holderIdentity(onlooker.me) === operation.by;
  return words.working(isMe ? words.you() : operation.name, operation.what);
}

function stateIcon({ name, state, endsSoon }: MachineView, onlooker: Onlooker): RowIcon {
  switch (state.kind) {
    case "free":
    case "expired":
      return { id: "unlock", color: "charts.green" };
    case "kept":
      return { id: isKeptForMe(state, onlooker.me) ? "bell-dot" : "clock", color: "charts.yellow" };
    case "held":
      if (flagTexts(name, onlooker).length > 0) return { id: "warning", color: "charts.yellow" };
      if (!isMine(state, onlooker.me)) return { id: "lock", color: "charts.red" };
      return endsSoon ? { id: "warning", color: "charts.yellow" } : { id: "account", color: "charts.blue" };
    case "unreadable":
      return { id: "warning", color: "charts.yellow" };
    case "missing":
      return { id: "circle-slash", color: "disabledForeground" };
    case "unknown":
      return { id: "question", color: "disabledForeground" };
  }
}

function tokens(
  { name, state, url }: MachineView,
  onlooker: Onlooker,
  isWorking: boolean,
): readonly string[] {
  const { me } = onlooker;
  // A machine at which somebody works is neither to be claimed nor to be given back.
  const isFree = state.kind === "free" || state.kind === "expired";
  const freeWord = isWorking ? "busy" : "free";
  return [
    "machine",
    "details",
    isFree ? freeWord : state.kind,
    ...(isMine(state, me) ? [isWorking ? "minebusy" : "mine"] : []),
    ...(isKeptForMe(state, me) ? ["keptformine"] : []),
    ...(flagTexts(name, onlooker).length > 0 && !isWorking ? ["flagged"] : []),
    ...(url === undefined ? [] : ["url"]),
  ];
}

function machineFacts(view: MachineView, onlooker: Onlooker): readonly Fact[] {
  return facts(
    fact.stateFact(stateWords(view, onlooker)),
    ...flagTexts(view.name, onlooker).map(fact.flagFact),
    fact.operationFact(view.operation),
    ...stateFacts(view),
    ...asksOf(view.lock).map(fact.askFact),
    lastKnown(view, onlooker),
    fact.urlFact(view.url),
    fact.clockFact(view.clockOff),
    ...history(view.lock),
  );
}

/** Newest first. */
function history(lock: MachineView["lock"]): readonly Fact[] {
  return (lock?.record.history ?? []).slice(-CHANGES_SHOWN).reverse().map(fact.changeFact);
}

function stateFacts({ state, lock }: MachineView): readonly (Fact | undefined)[] {
  switch (state.kind) {
    case "free":
      return [fact.lastHolderFact(state.last?.by.name), fact.branchFact(state.last?.branch)];
    case "expired":
      return [...holdFacts(state.hold, lock), fact.endedFact(state.hold.until)];
    case "kept":
      return [
        fact.keptUntilFact(state.until),
        fact.lastHolderFact(state.last?.by.name),
        fact.branchFact(state.last?.branch),
      ];
    case "held":
      return [...holdFacts(state.hold, lock), fact.untilFact(state.hold.until)];
    case "unreadable":
      return [fact.problemFact(state.problem), fact.unreadableHint()];
    case "missing":
      return [fact.leaseHint()];
    case "unknown":
      return [fact.causeFact(state.error === undefined ? undefined : clusterSentence(state.error))];
  }
}

/** An extension counts anew as well; where the history does not tell, nothing is said. */
function lastDevdeploy(hold: Hold, lock: MachineView["lock"]): EpochMs | undefined {
  const history = lock?.record.history ?? [];
  const last = history.findLast(({ what }) => what === "claimed" || what === "renewed");
  return last?.at ?? (history.some(({ what }) => what === "extended") ? undefined : hold.renewedAt);
}

function holdFacts(hold: Hold, lock: MachineView["lock"]): readonly (Fact | undefined)[] {
  return [
    fact.holderFact(hold.by.name, holderIdentity(hold.by)),
    fact.branchFact(hold.branch),
    fact.commitFact(hold.commit),
    fact.sinceFact(hold.since),
    fact.deployedFact(lastDevdeploy(hold, lock)),
    fact.reasonFact(hold.reason),
  ];
}

function lastKnown(
  { name, state, lastKnown: last, liveness }: MachineView,
  onlooker: Onlooker,
): Fact | undefined {
  if (state.kind !== "unknown" || last === undefined || last.kind === "unknown") return undefined;
  return fact.lastKnownFact(stateWords({ name, state: last, lock: undefined, liveness }, onlooker));
}
