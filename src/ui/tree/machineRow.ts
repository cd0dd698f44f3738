import type { MachineView } from "../../app/lockBoard.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { Hold, LockState } from "../../domain/lock.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import { holderIdentity, isSamePerson, type Person } from "../../domain/person.ts";
import { MINUTE_MS, type EpochMs } from "../../domain/time.ts";
import { clusterSentence } from "../messages/cluster.ts";
import * as fact from "../messages/facts.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { timeLeft } from "../messages/time.ts";
import { facts, type Fact, type Row, type RowIcon } from "./row.ts";

/** From here on a lock of mine is shown as ending. */
export const ENDS_SOON_MS = 30 * MINUTE_MS;

/** Who looks, and when by the API server's clock. */
export interface Onlooker {
  readonly me: Person | undefined;
  readonly now: EpochMs;
}

export const isMine = (state: LockState, me: Person | undefined): boolean =>
  state.kind === "held" && me !== undefined && isSamePerson(state.hold.by, me);

/** A machine of a pool: `dev2  Ann Lee · task/x · 4f1c0de · 9 h left`. */
export function machineRow(view: MachineView, onlooker: Onlooker): Row {
  const { state, operation } = view;
  const isWorking = operation?.kind === "working" && state.kind !== "unknown";
  return {
    label: shown(view.name),
    description: isWorking ? workingWords(operation, state, onlooker) : stateWords(view, onlooker),
    icon: isWorking ? { id: "sync~spin", color: "charts.blue" } : stateIcon(state, onlooker),
    tokens: tokens(view, onlooker, isWorking),
    facts: machineFacts(view, onlooker),
  };
}

function holderWords(hold: Hold, { me }: Onlooker): string {
  const who = me !== undefined && isSamePerson(hold.by, me) ? words.you() : shown(hold.by.name);
  return words.parts(
    who,
    hold.branch === undefined ? undefined : shown(hold.branch),
    hold.commit === undefined ? undefined : shortCommit(hold.commit),
  );
}

function stateWords(
  { state, liveness }: Pick<MachineView, "state" | "liveness">,
  onlooker: Onlooker,
): string {
  switch (state.kind) {
    case "free":
      return words.free();
    case "expired":
      return words.parts(words.free(), words.lockEnded(state.hold.by.name));
    case "kept":
      return words.parts(words.keptFor(state.for.name), timeLeft(state.until - onlooker.now));
    case "held":
      return words.parts(holderWords(state.hold, onlooker), timeLeft(state.hold.until - onlooker.now));
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
  if (isHolders) return words.parts(words.deploying(), holderWords(state.hold, onlooker));
  const isMe = onlooker.me !== undefined && holderIdentity(onlooker.me) === operation.by;
  return words.working(isMe ? words.you() : operation.name, operation.what);
}

function stateIcon(state: LockState, onlooker: Onlooker): RowIcon {
  switch (state.kind) {
    case "free":
    case "expired":
      return { id: "unlock", color: "charts.green" };
    case "kept":
      return { id: "clock", color: "charts.yellow" };
    case "held":
      if (!isMine(state, onlooker.me)) return { id: "lock", color: "charts.red" };
      return state.hold.until - onlooker.now < ENDS_SOON_MS
        ? { id: "warning", color: "charts.yellow" }
        : { id: "account", color: "charts.blue" };
    case "unreadable":
      return { id: "warning", color: "charts.yellow" };
    case "missing":
      return { id: "circle-slash", color: "disabledForeground" };
    case "unknown":
      return { id: "question", color: "disabledForeground" };
  }
}

function tokens({ state, url }: MachineView, { me }: Onlooker, isWorking: boolean): readonly string[] {
  // A machine at which somebody works is neither to be claimed nor to be given back.
  const isFree = (state.kind === "free" || state.kind === "expired") && !isWorking;
  return [
    "machine",
    "details",
    isFree ? "free" : state.kind,
    ...(isMine(state, me) ? [isWorking ? "minebusy" : "mine"] : []),
    ...(url === undefined ? [] : ["url"]),
  ];
}

function machineFacts(view: MachineView, onlooker: Onlooker): readonly Fact[] {
  return facts(
    fact.stateFact(stateWords(view, onlooker)),
    fact.operationFact(view.operation),
    ...stateFacts(view.state),
    lastKnown(view, onlooker),
    fact.urlFact(view.url),
  );
}

function stateFacts(state: LockState): readonly (Fact | undefined)[] {
  switch (state.kind) {
    case "free":
      return [fact.lastHolderFact(state.last?.by.name), fact.branchFact(state.last?.branch)];
    case "expired":
      return [...holdFacts(state.hold), fact.endedFact(state.hold.until)];
    case "kept":
      return [fact.untilFact(state.until)];
    case "held":
      return [...holdFacts(state.hold), fact.untilFact(state.hold.until)];
    case "unreadable":
      return [fact.problemFact(state.problem), fact.unreadableHint()];
    case "missing":
      return [fact.leaseHint()];
    case "unknown":
      return [fact.causeFact(state.error === undefined ? undefined : clusterSentence(state.error))];
  }
}

function holdFacts(hold: Hold): readonly (Fact | undefined)[] {
  return [
    fact.holderFact(hold.by.name, holderIdentity(hold.by)),
    fact.branchFact(hold.branch),
    fact.commitFact(hold.commit),
    fact.sinceFact(hold.since),
    fact.deployedFact(hold.renewedAt),
    fact.reasonFact(hold.reason),
  ];
}

function lastKnown({ state, lastKnown: last, liveness }: MachineView, onlooker: Onlooker): Fact | undefined {
  if (state.kind !== "unknown" || last === undefined || last.kind === "unknown") return undefined;
  return fact.lastKnownFact(stateWords({ state: last, liveness }, onlooker));
}
