import { l10n } from "vscode";
import type { DurationMs, EpochMs } from "../../domain/time.ts";
import { ordinal } from "./ordinal.ts";
import { shown } from "./text.ts";
import { clockTime, localAndUtc, timeLeft, timeUntil } from "./time.ts";

export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers, which do not read icons. */
  readonly spoken: string;
}

/** What the item is called in the menu that hides it. */
export const statusBarName = (): string => l10n.t("Devdeploy: My Machine");

interface Ending {
  readonly until: EpochMs;
  readonly left: DurationMs;
}

export function statusHeld(name: string, { until, left }: Ending): StatusText {
  const words = { machine: shown(name), left: timeLeft(left), until: localAndUtc(until, until - left) };
  return {
    text: l10n.t("$(lock) {machine} · {left}", words),
    tooltip: l10n.t("{machine} is locked to you until {until}, {left}. Click for details.", words),
    spoken: l10n.t("Devdeploy: {machine} is locked to you, {left}", words),
  };
}

/** The last minutes of a lock; the colour of the item says the same. */
export function statusEnding(name: string, { until, left }: Ending): StatusText {
  const words = { machine: shown(name), when: timeUntil(left), until: localAndUtc(until, until - left) };
  return {
    text: l10n.t("$(warning) {machine} ends {when}", words),
    tooltip: l10n.t(
      "{machine}'s lock ends at {until}, {when}; then anybody may take it. Click for details, and extend it there or devdeploy again.",
      words,
    ),
    spoken: l10n.t("Devdeploy: {machine}'s lock ends {when}", words),
  };
}

export function statusKept(name: string, { until, left }: Ending): StatusText {
  const words = { machine: shown(name), left: timeLeft(left), until: clockTime(until) };
  return {
    text: l10n.t("$(bell-dot) {machine} is kept for you · {left}", words),
    tooltip: l10n.t(
      "{machine} is kept for you until {until}: devdeploy to get it. Click for details.",
      words,
    ),
    spoken: l10n.t("Devdeploy: {machine} is kept for you, {left}", words),
  };
}

/** `place` counts from 1. */
export function statusWaiting(name: string, place: number): StatusText {
  const words = { pool: shown(name), place: ordinal(place) };
  return {
    text: l10n.t("$(bell) waiting for {pool} ({place})", words),
    tooltip: l10n.t(
      "You are the {place} who waits for a machine of {pool}. You are told when one is kept for you.",
      words,
    ),
    spoken: l10n.t("Devdeploy: waiting for {pool}, {place} in line", words),
  };
}

export function statusDeploying(machine: string | undefined, branch: string | undefined): StatusText {
  const where = machine === undefined ? "" : ` ${shown(machine)}`;
  const words = { where, what: shown(branch ?? l10n.t("the current branch")) };
  return {
    text: l10n.t("$(sync~spin) deploying{where}…", words),
    tooltip: l10n.t("Devdeploy is deploying {what}. The notification shows how far it is.", words),
    spoken: l10n.t("Devdeploy is deploying {what}", words),
  };
}

/** The devdeploy stands still until the person has said what to do about a full pool. */
export function statusAsking(branch: string | undefined): StatusText {
  const words = { what: shown(branch ?? l10n.t("the current branch")) };
  return {
    text: l10n.t("$(question) no machine is free"),
    tooltip: l10n.t("No machine is free for {what}: choose in the list what to do.", words),
    spoken: l10n.t("Devdeploy: no machine is free for {what}", words),
  };
}
