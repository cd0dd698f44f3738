import type { FullPool } from "../../app/fullPool.ts";
import type { MachineView } from "../../app/lockBoard.ts";
import {
  shownLock,
  type LockAsk,
  type LockChange,
  type LockState,
  type ShownLock,
  type StoredLock,
  type Hold,
} from "../../domain/lock.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import { holderIdentity, isSamePerson, type HolderIdentity, type Person } from "../../domain/person.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { Waiter } from "../../domain/waiting.ts";
import * as say from "../messages/fullPool.ts";
import { withoutIcons } from "../messages/text.ts";
import type { FolderView } from "../tree/folderView.ts";
import type { Heading, LiveItem } from "./livePick.ts";

/** A lock of somebody else, as it was shown when the person chose. */
export interface OthersLock {
  readonly machine: string;
  readonly hold: Hold;
  readonly history: readonly LockChange[];
  readonly shown: ShownLock;
  readonly operation: OperationRecord | undefined;
}

export type FullChoice =
  | { readonly kind: "take-over" | "ask"; readonly lock: OthersLock }
  | { readonly kind: "clear"; readonly machine: string }
  | { readonly kind: "wait" }
  | { readonly kind: "again" };

/** What the list of a full pool shows: first as the claim found it, then as the board goes on. */
export interface FullView {
  readonly me: Person;
  readonly machines: readonly SeenMachine[];
  readonly waiters: readonly Waiter[];
  readonly now: EpochMs;
}

export interface SeenMachine {
  readonly name: string;
  readonly state: LockState;
  readonly lock: StoredLock | undefined;
  readonly operation: OperationRecord | undefined;
}

/** The board once it is live: until then what the claim read is newer. */
export function fullView(full: FullPool, folder: FolderView): FullView {
  const views = folder.machines.filter(({ pool }) => pool === full.pool.name);
  const waiters = folder.pools.find(({ name }) => name === full.pool.name)?.waiters;
  const isLive = views.length > 0 && views.every(({ liveness }) => liveness.kind === "live");
  const [first] = views;
  if (!isLive || first === undefined || waiters === undefined) {
    const operation = (name: string): OperationRecord | undefined =>
      views.find((view) => view.name === name)?.operation;
    const machines = full.machines.map(({ machine: name, state, lock }) => ({
      name,
      state,
      lock,
      operation: operation(name),
    }));
    return { me: full.person, machines, waiters: full.waiters, now: full.now };
  }
  return { me: full.person, machines: views.map(seen), waiters, now: folder.nowAt(first.name) };
}

const seen = ({ name, state, lock, operation }: MachineView): SeenMachine => ({
  name,
  state,
  lock,
  operation,
});

type Item = LiveItem<FullChoice> | Heading;

/** What one can do when no machine is free: holders by time left, then what is for those who can wait. */
export function fullItems(view: FullView): readonly Item[] {
  const free = view.machines.filter(({ state }) => isForMe(state, view.me));
  const held = view.machines.flatMap((machine) => {
    const lock = othersLock(machine);
    return lock === undefined ? [] : [lock];
  });
  const byTimeLeft = [...held].sort((a, b) => a.hold.until - b.hold.until);
  return [
    ...free.map(({ name }) => ({
      key: `${name}/again`,
      label: `$(rocket) ${say.goOn(name)}`,
      description: say.freeNow(),
      value: { kind: "again" } as const,
    })),
    ...byTimeLeft.flatMap((lock) => holderItems(lock, view)),
    { heading: say.otherwise() },
    waitItem(view),
    ...view.machines.flatMap((machine) => blockedItem(machine, view)),
  ];
}

const isForMe = (state: LockState, me: Person): boolean =>
  state.kind === "free" || state.kind === "expired" || (state.kind === "kept" && isSamePerson(state.for, me));

/** Undefined where nobody holds it, or where there is nothing that could be compared. */
export function othersLock({ name, state, lock, operation }: SeenMachine): OthersLock | undefined {
  const shown = lock === undefined ? undefined : shownLock(lock);
  if (state.kind !== "held" || lock?.record.kind !== "held" || shown === undefined) return undefined;
  return { machine: name, hold: state.hold, history: lock.record.history, shown, operation };
}

function holderItems(lock: OthersLock, view: FullView): readonly Item[] {
  const { machine, hold, operation } = lock;
  const note = askNote(view, machine);
  const busy = operation?.kind === "working" ? { description: say.isDeploying() } : {};
  return [
    { heading: say.holderHeading(machine, hold, view.now) },
    {
      key: `${machine}/take-over`,
      label: `$(unlock) ${withoutIcons(say.takeOverItem(machine, hold.by.name))}`,
      ...busy,
      value: { kind: "take-over", lock },
    },
    {
      key: `${machine}/ask`,
      label: `$(comment) ${withoutIcons(say.askItem(machine, hold.by.name))}`,
      ...(note === undefined ? {} : { description: note }),
      value: { kind: "ask", lock },
    },
  ];
}

function askNote({ machines, me }: FullView, name: string): string | undefined {
  const record = machines.find((machine) => machine.name === name)?.lock?.record;
  const ask = record?.kind === "held" ? askOf(record.asks ?? [], holderIdentity(me)) : undefined;
  if (ask === undefined) return undefined;
  return ask.keptAt === undefined ? say.askedAt(ask.at) : say.keepsIt(ask.keptAt);
}

const askOf = (asks: readonly LockAsk[], by: HolderIdentity): LockAsk | undefined =>
  asks.find((ask) => ask.by === by);

function waitItem({ waiters, me }: FullView): Item {
  const place = waiters.findIndex(({ by }) => by === holderIdentity(me)) + 1;
  return {
    key: "wait",
    label: `$(bell) ${say.waitItem()}`,
    description: place === 0 ? say.waitHint(waiters.length) : say.waitsAlready(place),
    value: { kind: "wait" },
  };
}

function blockedItem({ name, state }: SeenMachine, { me, now }: FullView): readonly Item[] {
  const words = isForMe(state, me) ? undefined : say.blockedWords(state, now);
  if (words === undefined) return [];
  const icon = state.kind === "kept" ? "clock" : "circle-slash";
  const item = { key: `${name}/blocked`, label: `$(${icon}) ${name}`, description: words };
  return [state.kind === "unreadable" ? { ...item, value: { kind: "clear", machine: name } } : item];
}
