import { l10n } from "vscode";
import { shortCommit } from "../../domain/branch.ts";
import type { ClusterError, Liveness } from "../../domain/cluster.ts";
import type { Deprecation, Tier } from "../../domain/config.ts";
import type { Flag } from "../../domain/flags.ts";
import type { ReleaseStatus } from "../../domain/release.ts";
import type { EpochMs } from "../../domain/time.ts";
import type { RolloutStatus } from "../../domain/rolloutStatus.ts";
import { clusterSentence } from "./cluster.ts";
import { shown } from "./text.ts";
import { clockTime } from "./time.ts";

/** Parts of a row, set apart as in `Ann Lee · task/x · 4f1c0de · 9 h left`. */
export const parts = (...texts: readonly (string | undefined)[]): string =>
  texts.filter((text) => text !== undefined && text !== "").join(" · ");

export const you = (): string => l10n.t("you");
export const free = (): string => l10n.t("free");
export const yourLockEnded = (): string => l10n.t("your lock has ended");
export const lockEnded = (name: string): string => l10n.t("{name}'s lock has ended", { name: shown(name) });
export const keptFor = (name: string): string => l10n.t("kept for {name}", { name: shown(name) });
export const keptForYou = (): string => l10n.t("kept for you");
export const waitingCount = (count: number): string | undefined =>
  count === 0 ? undefined : l10n.t("{count} waiting", { count });

/** Who asks for a machine; undefined where nobody does. */
export function asksForIt(names: readonly string[]): string | undefined {
  const [first, ...others] = names;
  if (first === undefined) return undefined;
  const words = { name: shown(first), count: others.length };
  switch (others.length) {
    case 0:
      return l10n.t("{name} asks for it", words);
    case 1:
      return l10n.t("{name} and 1 other ask for it", words);
    default:
      return l10n.t("{name} and {count} others ask for it", words);
  }
}

/** What is amiss with a machine that is held, and what to do about it. */
export function flagWords(flag: Exclude<Flag, { readonly kind: "unreadable" }>, machine: string): string {
  switch (flag.kind) {
    case "merged":
      return l10n.t("{branch} is merged: unlock {machine}", {
        branch: shown(flag.branch),
        machine: shown(machine),
      });
    case "deleted":
      return l10n.t("{branch} was deleted: unlock {machine}", {
        branch: shown(flag.branch),
        machine: shown(machine),
      });
    case "other-commit":
      return l10n.t("runs {running}, not {expected}", {
        running: shortCommit(flag.running),
        expected: shortCommit(flag.expected),
      });
  }
}

export const lockUnreadable = (holder: string): string =>
  holder === ""
    ? l10n.t("taken: its lock cannot be read")
    : l10n.t("taken by {holder}: its lock cannot be read", { holder: shown(holder) });
export const leaseMissing = (): string => l10n.t("no Lease: an admin must create it");
export const connecting = (): string => l10n.t("connecting…");
export const live = (): string => l10n.t("live");
export const notConnected = (): string => l10n.t("not connected");
export const reading = (): string => l10n.t("reading…");
export const notDeployed = (): string => l10n.t("nothing deployed yet");
export const noRecord = (): string => l10n.t("no record to read");
export const deploying = (): string => l10n.t("deploying…");
export const revisionNumber = (revision: number): string => l10n.t("revision {revision}", { revision });
/** How a rollout stands, by its pods; nothing where all is well. */
export function rolloutWords(status: RolloutStatus): string | undefined {
  switch (status.kind) {
    case "complete":
      return undefined;
    case "reading":
      return reading();
    case "progressing":
      return l10n.t("{available} of {wanted} ready", { available: status.available, wanted: status.wanted });
    case "not-observed":
      return l10n.t("not observed yet");
    case "paused":
      return l10n.t("rollout paused");
    case "deadline-exceeded":
      return l10n.t("rollout failed: its deadline has passed");
    case "replica-failure":
      return l10n.t("rollout failed: no pod can be made");
    case "scaled-to-zero":
      return l10n.t("scaled to zero");
    case "no-node-matches":
      return l10n.t("no node matches");
  }
}

export const targetCount = (count: number): string => l10n.t("{count} targets", { count });
export const targetsDiffer = (): string => l10n.t("at different commits");
export const poolFree = (count: number, all: number): string =>
  l10n.t("{count} of {all} free", { count, all });
export const working = (name: string, what: string): string =>
  l10n.t("{name}: {what}…", { name: shown(name), what: shown(what) });

/** A group's name. */
export function tierName(tier: Tier): string {
  switch (tier) {
    case "production":
      return l10n.t("Production");
    case "staging":
      return l10n.t("Staging");
  }
}

/** Why a row must not be believed any more, in two or three words. */
export function shortCause(error: ClusterError): string {
  switch (error.reason) {
    case "kubeconfig-absent":
      return l10n.t("no kubeconfig");
    case "kubeconfig-unreadable":
      return l10n.t("kubeconfig unreadable");
    case "context-unknown":
      return l10n.t("no context “{context}”", { context: shown(error.context) });
    case "context-changed":
      return l10n.t("context “{context}” changed", { context: shown(error.context) });
    case "credential-plugin":
      return l10n.t("sign-in program failed");
    case "unauthorized":
      return l10n.t("sign-in refused");
    case "forbidden":
      return l10n.t("not allowed to read");
    case "not-kubernetes":
      return l10n.t("not a Kubernetes API");
    case "not-found":
      return l10n.t("not found");
    case "unreachable":
    case "timeout":
      return l10n.t("not reachable");
    case "throttled":
    case "server-error":
      return l10n.t("cluster in trouble");
    case "aborted":
      return "";
  }
}

/** `unknown since 14:02 · not reachable`: never an old state. */
export function unknownSince(since: EpochMs | undefined, error: ClusterError | undefined): string {
  return parts(
    since === undefined ? l10n.t("unknown") : l10n.t("unknown since {time}", { time: clockTime(since) }),
    error === undefined ? undefined : shortCause(error),
  );
}

/** Another word than helm's where helm's would mislead: `failed` is about the rollout, not about the app. */
export function statusWords(status: ReleaseStatus): string | undefined {
  switch (status) {
    case "deployed":
    case "superseded":
      return undefined;
    case "failed":
      return l10n.t("rollout failed");
    case "pending-install":
    case "pending-upgrade":
      return deploying();
    case "pending-rollback":
      return l10n.t("rolling back…");
    case "uninstalling":
      return l10n.t("being removed…");
    case "uninstalled":
      return l10n.t("removed");
    case "unknown":
      return l10n.t("status unknown");
  }
}

export const deprecatedBecause = ({ reason }: Deprecation): string =>
  l10n.t("deprecated: {reason}", { reason: shown(reason) });

/** The message above the rows while what they show may be old. */
export function staleMessage(liveness: Liveness & { readonly kind: "stale" }): string {
  return l10n.t("Not connected since {time}: {cause} Retrying.", {
    time: clockTime(liveness.since),
    cause: clusterSentence(liveness.error),
  });
}

/** Why a folder among several shows no rows. */
export function folderTrouble(
  kind:
    "untrusted" | "noFolder" | "noConfig" | "badConfig" | "empty" | "noContext" | "unreachable" | "loading",
): string {
  switch (kind) {
    case "untrusted":
      return l10n.t("not trusted");
    case "noFolder":
      return "";
    case "noConfig":
      return l10n.t("no devdeploy.json");
    case "badConfig":
      return l10n.t("devdeploy.json has mistakes");
    case "empty":
      return l10n.t("devdeploy.json names nothing yet");
    case "noContext":
      return l10n.t("kubeconfig does not lead there");
    case "unreachable":
      return l10n.t("cluster not reachable");
    case "loading":
      return connecting();
  }
}
