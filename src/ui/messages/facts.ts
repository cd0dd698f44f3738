import { l10n } from "vscode";
import type { LockAsk, LockChange } from "../../domain/lock.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import type { DurationMs, EpochMs } from "../../domain/time.ts";
import type { Waiter } from "../../domain/waiting.ts";
import { ordinal } from "./ordinal.ts";
import { shown } from "./text.ts";
import { dateAndTime, lengthOf } from "./time.ts";

interface NamedFact {
  readonly name: string;
  readonly value: string;
}

type MaybeText = string | undefined;

const fact = (name: string, value: MaybeText): NamedFact | undefined =>
  value === undefined || value === "" ? undefined : { name, value };

const text = (value: MaybeText): MaybeText => (value === undefined ? undefined : shown(value));
const time = (at: EpochMs | undefined): MaybeText => (at === undefined ? undefined : dateAndTime(at));

export const stateFact = (value: string): NamedFact => ({ name: l10n.t("State"), value });
export const holderFact = (name: string, identity: string): NamedFact => ({
  name: l10n.t("Holder"),
  value: `${shown(name)} — ${shown(identity)}`,
});
export const branchFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Branch"), text(value));
export const commitFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Commit"), text(value));
export const sinceFact = (at: EpochMs | undefined): NamedFact | undefined =>
  fact(l10n.t("Held since"), time(at));
export const untilFact = (at: EpochMs | undefined): NamedFact | undefined =>
  fact(l10n.t("Locked until"), time(at));
export const keptUntilFact = (at: EpochMs): NamedFact => ({
  name: l10n.t("Kept until"),
  value: dateAndTime(at),
});
export const endedFact = (at: EpochMs | undefined): NamedFact | undefined =>
  fact(l10n.t("Lock ended"), time(at));
export const deployedFact = (at: EpochMs | undefined): NamedFact | undefined =>
  fact(l10n.t("Last devdeploy"), time(at));
export const reasonFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Reason"), text(value));
export const urlFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("URL"), text(value));
export const lastHolderFact = (value: MaybeText): NamedFact | undefined =>
  fact(l10n.t("Last holder"), text(value));
export const problemFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Problem"), text(value));
export const causeFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Cause"), value);
export const byFact = (value: MaybeText): NamedFact | undefined => fact(l10n.t("Deployed by"), text(value));
export const releasedFact = (at: EpochMs | undefined): NamedFact | undefined =>
  fact(l10n.t("Deployed at"), time(at));
export const revisionFact = (revision: number, status: string): NamedFact => ({
  name: l10n.t("helm's record"),
  value: l10n.t("revision {revision}, {status}", { revision, status }),
});
export const rolloutFact = (
  revision: number | undefined,
  status: string | undefined,
): NamedFact | undefined =>
  revision === undefined
    ? fact(l10n.t("Rollout"), status)
    : {
        name: l10n.t("Rollout"),
        value:
          status === undefined
            ? l10n.t("revision {revision}", { revision })
            : l10n.t("revision {revision}, {status}", { revision, status }),
      };
export const lastKnownFact = (value: MaybeText): NamedFact | undefined =>
  fact(l10n.t("Last known, maybe no longer so"), value);
export const leaseHint = (): NamedFact => ({
  name: l10n.t("Next"),
  value: l10n.t("Ask an admin to create the Lease; then this machine can be claimed."),
});
export const unreadableHint = (): NamedFact => ({
  name: l10n.t("Next"),
  value: l10n.t("It counts as held. Look at it with kubectl get lease, and ask whoever wrote it."),
});
export const deprecatedFact = (reason: string): NamedFact => ({
  name: l10n.t("Deprecated"),
  value: shown(reason),
});
export const documentFact = (url: MaybeText): NamedFact | undefined => fact(l10n.t("See"), text(url));
export const targetFact = (name: string, value: string): NamedFact => ({ name: shown(name), value });

/** Somebody asks for the machine, or was told that its holder keeps it. */
export function askFact({ name, at, branch, keptAt }: LockAsk): NamedFact {
  const words = { name: shown(name), branch: shown(branch ?? ""), at: dateAndTime(at) };
  const ask =
    branch === undefined ? l10n.t("{name}, at {at}", words) : l10n.t("{name}, for {branch}, at {at}", words);
  return keptAt === undefined
    ? { name: l10n.t("Asks for it"), value: ask }
    : { name: l10n.t("Asked for it"), value: l10n.t("{ask}; its holder keeps it", { ask }) };
}

/** `place` counts from 1. */
export const waiterFact = ({ name, since, branch }: Waiter, place: number): NamedFact => ({
  name: l10n.t("Waits, {place}", { place: ordinal(place) }),
  value:
    branch === undefined
      ? l10n.t("{name}, since {since}", { name: shown(name), since: dateAndTime(since) })
      : l10n.t("{name}, for {branch}, since {since}", {
          name: shown(name),
          branch: shown(branch),
          since: dateAndTime(since),
        }),
});

export const flagFact = (value: string): NamedFact => ({ name: l10n.t("Look into it"), value });

/** One line of a lock's history. */
export function changeFact(change: LockChange): NamedFact {
  const what = changeWords(change);
  const { reason } = change;
  return {
    name: dateAndTime(change.at),
    value: reason === undefined ? what : l10n.t("{what}: “{reason}”", { what, reason: shown(reason) }),
  };
}

function changeWords({ what, by, branch, of }: LockChange): string {
  const words = { by: shown(by), branch: shown(branch ?? "") };
  const former = of === undefined ? undefined : { ...words, former: shown(of) };
  switch (what) {
    case "claimed":
      if (former !== undefined) return l10n.t("{by} took it over from {former}", former);
      return branch === undefined ? l10n.t("{by} got it", words) : l10n.t("{by} got it for {branch}", words);
    case "renewed":
      return branch === undefined
        ? l10n.t("{by} devdeployed again", words)
        : l10n.t("{by} devdeployed {branch}", words);
    case "extended":
      return l10n.t("{by} extended it", words);
    case "unlocked":
      return former === undefined
        ? l10n.t("{by} unlocked it", words)
        : l10n.t("{by} unlocked it, which {former} had", former);
  }
}

/** `off` is the server's clock minus ours. */
export function clockOffSentence(off: DurationMs): string {
  const words = { length: lengthOf(Math.abs(off)) };
  return off > 0
    ? l10n.t(
        "This computer's clock is {length} behind the cluster's. Times left are counted by the cluster's.",
        words,
      )
    : l10n.t(
        "This computer's clock is {length} ahead of the cluster's. Times left are counted by the cluster's.",
        words,
      );
}

export const clockFact = (off: DurationMs | undefined): NamedFact | undefined =>
  off === undefined ? undefined : { name: l10n.t("Clock"), value: clockOffSentence(off) };

/** Who is at work here now. */
export function operationFact(operation: OperationRecord | undefined): NamedFact | undefined {
  return operation?.kind === "working"
    ? { name: l10n.t("At work now"), value: `${shown(operation.name)}: ${shown(operation.what)}` }
    : undefined;
}
