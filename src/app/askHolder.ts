import { shownLock, type LockAsk, type ShownLock, type StoredLock } from "../domain/lock.ts";
import { asked, kept } from "../domain/lockChanges.ts";
import { holderIdentity, isSamePerson, type Person } from "../domain/person.ts";
import { oneLine } from "../domain/plainText.ts";
import { settled, type ChangeFailed } from "./changeLease.ts";
import { changeLock, type LockChanged, type LockPlace, type LockServices } from "./changeLock.ts";
import type { Reading } from "./ports.ts";

export interface AskOrder extends LockPlace {
  readonly by: Person;
  /** What they want the machine for. */
  readonly branch?: string;
  /** Whom they ask. */
  readonly shown: ShownLock;
}

export type AskOutcome = { readonly kind: "asked" } | LockChanged | ChangeFailed;

const MOST_BRANCH = 250;

/**
 * Notes on the machine's Lease that somebody asks its holder for it; one note a person. Written as long as the same
 * person holds the same object, even when they have devdeployed again meanwhile.
 */
export function askHolder(services: LockServices, order: AskOrder, signal: AbortSignal): Promise<AskOutcome> {
  const { by, shown } = order;
  const branch = oneLine(order.branch ?? "", MOST_BRANCH);
  let noted: LockAsk | undefined;
  return changeLock<AskOutcome>(
    services,
    order,
    {
      decide: (reading, isLost) => {
        const { value, serverTime } = reading;
        const { record } = value;
        if (record.kind !== "held" || !isHeldBy(shown, reading)) {
          return settled({ kind: "changed", lock: value, serverTime });
        }
        const isNoted = (record.asks ?? []).some((ask) => ask.by === noted?.by && ask.at === noted.at);
        if (isLost && isNoted) return settled({ kind: "asked" });
        noted = {
          by: holderIdentity(by),
          name: by.name,
          at: serverTime ?? services.clock.now(),
          ...(branch === "" ? {} : { branch }),
        };
        return { kind: "write", next: asked(record, noted) };
      },
      done: () => ({ kind: "asked" }),
    },
    signal,
  );
}

function isHeldBy(shown: ShownLock, { value, serverTime }: Reading<StoredLock>): boolean {
  const now = shownLock(value);
  const hasEnded = serverTime !== undefined && now !== undefined && serverTime >= now.until;
  return now?.uid === shown.uid && now.holder === shown.holder && !hasEnded;
}

export interface KeepOrder extends LockPlace {
  readonly by: Person;
  /** The asks that the holder was shown; who asked since then still has an answer to come. */
  readonly asks: readonly LockAsk[];
}

export type KeepOutcome =
  | { readonly kind: "kept" }
  /** No such ask is open any more. */
  | { readonly kind: "nothing-asked" }
  /** Not this person's lock: nothing was changed. */
  | { readonly kind: "not-holder"; readonly lock: StoredLock["record"] }
  | ChangeFailed;

/** The holder's answer to those who asked: they keep the machine. */
export function keepMachine(
  services: LockServices,
  order: KeepOrder,
  signal: AbortSignal,
): Promise<KeepOutcome> {
  return changeLock<KeepOutcome>(
    services,
    order,
    {
      decide: ({ value: { record }, serverTime }, isLost) => {
        if (record.kind !== "held" || !isSamePerson(record.hold.by, order.by)) {
          return settled({ kind: "not-holder", lock: record });
        }
        const next = kept(record, serverTime ?? services.clock.now(), order.asks);
        const isChanged = (next.asks ?? []).some((ask, index) => ask !== record.asks?.[index]);
        if (isChanged) return { kind: "write", next };
        return settled({ kind: isLost ? "kept" : "nothing-asked" });
      },
      done: () => ({ kind: "kept" }),
    },
    signal,
  );
}
