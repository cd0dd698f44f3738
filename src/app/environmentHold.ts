import type { ClusterError, ObjectRef, ObjectVersion } from "../domain/cluster.ts";
import { HOLD_LASTS_MS, joinedHold, type EnvironmentHold } from "../domain/hold.ts";
import type { HolderIdentity } from "../domain/person.ts";
import { fail, ok, type Result } from "../domain/result.ts";
import {
  changeLease,
  settled,
  startOfHold,
  type Change,
  type Changeable,
  type ChangeFailed,
  type ChangeServices,
} from "./changeLease.ts";
import type { Reading } from "./ports.ts";
import type { HoldStore } from "./rollbackPorts.ts";

export interface HoldServices extends ChangeServices {
  readonly holds: HoldStore;
  /** A text that nobody else makes. */
  readonly newNonce: () => string;
}

export interface HoldOrder {
  readonly ref: ObjectRef;
  readonly by: HolderIdentity;
  /** For showing. */
  readonly name: string;
  readonly reason: string;
  readonly undone: readonly string[];
}

/** Puts an environment on hold; a hold that is in force goes on in the new one. Makes its Lease where that is allowed. */
export async function placeHold(
  services: HoldServices,
  { ref, by, name, reason, undone }: HoldOrder,
  signal: AbortSignal,
): Promise<Result<EnvironmentHold, ClusterError>> {
  const nonce = services.newNonce();
  const placed = await changeHold<EnvironmentHold>(
    services,
    ref,
    {
      decide: ({ value: { hold }, serverTime }, isLost) => {
        if (isLost && hold?.nonce === nonce) return settled(hold);
        const at = startOfHold(serverTime, services.clock);
        const next = { by, name, at, until: at + HOLD_LASTS_MS, reason, undone, nonce };
        return { kind: "write", next: { hold: joinedHold(hold, next, at) } };
      },
      done: ({ value: { hold } }) => {
        if (hold === undefined) throw new Error("What was written is a hold.");
        return hold;
      },
    },
    signal,
  );
  return "kind" in placed ? fail(placed.error) : ok(placed);
}

/** Lifts the hold that was shown; another one, placed meanwhile, stays. One that is gone already is lifted. */
export async function liftHold(
  services: HoldServices,
  { ref, nonce }: { readonly ref: ObjectRef; readonly nonce: string },
  signal: AbortSignal,
): Promise<Result<undefined, ClusterError | { readonly reason: "another-hold" }>> {
  const lifted = await changeHold<"lifted" | "another">(
    services,
    ref,
    {
      decide: ({ value: { hold } }) => {
        if (hold === undefined) return settled("lifted");
        return hold.nonce === nonce ? { kind: "write", next: { hold: undefined } } : settled("another");
      },
      done: () => "lifted",
    },
    signal,
  );
  if (typeof lifted !== "string") return fail(lifted.error);
  return lifted === "lifted" ? ok(undefined) : fail({ reason: "another-hold" });
}

interface HoldOnLease {
  readonly hold: EnvironmentHold | undefined;
  /** Undefined where there is no Lease yet, and once it was written. */
  readonly version?: ObjectVersion;
}

const changeHold = <O>(
  services: HoldServices,
  ref: ObjectRef,
  change: Change<HoldOnLease, Pick<HoldOnLease, "hold">, O>,
  signal: AbortSignal,
): Promise<O | ChangeFailed> => changeLease(services, holdLease(services.holds, ref), change, signal);

const holdLease = (store: HoldStore, ref: ObjectRef): Changeable<HoldOnLease, Pick<HoldOnLease, "hold">> => ({
  read: async (signal): Promise<Result<Reading<HoldOnLease>, ClusterError>> => {
    const read = await store.read(ref, signal);
    if (read.ok || read.error.reason !== "not-found") return read;
    return ok({ value: { hold: undefined }, serverTime: undefined });
  },
  write: async ({ version }, { hold }, signal) => {
    const written: Reading<HoldOnLease> = { value: { hold }, serverTime: undefined };
    if (version !== undefined) {
      const changed = await store.write(ref, version, hold, signal);
      return changed.ok ? ok(written) : changed;
    }
    if (hold === undefined) return ok(written);
    const created = await store.create(ref, hold, signal);
    if (created.ok) return ok(written);
    // The message has to name the Lease that is absent: only an administrator can make it.
    return created.error.reason === "forbidden"
      ? fail({ reason: "not-found", what: `leases ${ref.namespace}/${ref.name}` })
      : created;
  },
});
