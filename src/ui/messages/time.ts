import { env, l10n } from "vscode";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";

const DAY_MS = 24 * HOUR_MS;

/** `9 h left` to the nearest hour; `25 min left` rounded down, since minutes are what one counts on. */
export function timeLeft(left: DurationMs): string {
  if (left < MINUTE_MS) return l10n.t("less than 1 min left");
  return left < HOUR_MS
    ? l10n.t("{minutes} min left", { minutes: Math.floor(left / MINUTE_MS) })
    : l10n.t("{hours} h left", { hours: Math.round(left / HOUR_MS) });
}

/** `in 30 min`, rounded down as `timeLeft` is. */
export const timeUntil = (left: DurationMs): string =>
  left < MINUTE_MS
    ? l10n.t("in less than 1 min")
    : l10n.t("in {minutes} min", { minutes: Math.floor(left / MINUTE_MS) });

/** `40 s`, `5 min`, `18 h`, `3 d`: rounded down to what one says. */
export const lengthOf = (length: DurationMs): string =>
  length < MINUTE_MS ? l10n.t("{seconds} s", { seconds: Math.floor(length / SECOND_MS) }) : age(length);

/** How long ago something was: `now`, `5 min`, `18 h`, `3 d`. */
export function age(past: DurationMs): string {
  if (past < MINUTE_MS) return l10n.t("just now");
  if (past < HOUR_MS) return l10n.t("{minutes} min", { minutes: Math.floor(past / MINUTE_MS) });
  if (past < 2 * DAY_MS) return l10n.t("{hours} h", { hours: Math.floor(past / HOUR_MS) });
  return l10n.t("{days} d", { days: Math.floor(past / DAY_MS) });
}

/** `5 h ago`; what was just now is said to be so. */
export const ago = (past: DurationMs): string =>
  past < MINUTE_MS ? age(past) : l10n.t("{age} ago", { age: age(past) });

function format(at: EpochMs, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(env.language, { hourCycle: "h23", ...options }).format(at);
}

const CLOCK = { hour: "2-digit", minute: "2-digit" } as const;

/** `14:02` in local time. */
export const clockTime = (at: EpochMs): string => format(at, CLOCK);

const isSameDay = (a: EpochMs, b: EpochMs): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();

/** Local time and UTC, with the weekday where it is not today: `18:00 (17:00 UTC)`, `Tue 06:00 (05:00 UTC)`. */
export function localAndUtc(at: EpochMs, now: EpochMs): string {
  const utc = format(at, { ...CLOCK, timeZone: "UTC" });
  const day = isSameDay(at, now) ? "" : `${format(at, { weekday: "short" })} `;
  const local = clockTime(at);
  return new Date(at).getTimezoneOffset() === 0
    ? l10n.t("{day}{utc} UTC", { day, utc })
    : l10n.t("{day}{local} ({utc} UTC)", { day, local, utc });
}

/** To the second, as a proof needs it: `09:14:52 (07:14:52 UTC)`. */
export function localAndUtcSeconds(at: EpochMs): string {
  const utc = format(at, { ...CLOCK, second: "2-digit", timeZone: "UTC" });
  const local = format(at, { ...CLOCK, second: "2-digit" });
  return new Date(at).getTimezoneOffset() === 0
    ? l10n.t("{utc} UTC", { utc })
    : l10n.t("{local} ({utc} UTC)", { local, utc });
}

/** How long something has been going on: `00:14`, `12:03`. */
export function stopwatch(length: DurationMs): string {
  const seconds = Math.floor(length / SECOND_MS);
  const two = (figure: number): string => String(figure).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

/** A whole date for a list of facts: `Mon 23 Nov 2026 18:00 (17:00 UTC)`. */
export function dateAndTime(at: EpochMs): string {
  return `${format(at, DAY)} ${localAndUtc(at, at)}`;
}

const DAY = { weekday: "short", day: "numeric", month: "short", year: "numeric" } as const;

/** As a proof that is kept needs it: the date too, and that of UTC where it is another one. */
export function dateAndTimeSeconds(at: EpochMs): string {
  const seconds = { ...CLOCK, second: "2-digit" } as const;
  const day = format(at, DAY);
  const utcDay = format(at, { ...DAY, timeZone: "UTC" });
  const utc = format(at, { ...seconds, timeZone: "UTC" });
  const words = {
    day,
    local: format(at, seconds),
    utc: day === utcDay ? utc : `${utcDay} ${utc}`,
  };
  return new Date(at).getTimezoneOffset() === 0
    ? l10n.t("{day} {utc} UTC", words)
    : l10n.t("{day} {local} ({utc} UTC)", words);
}
