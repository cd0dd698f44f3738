/** A moment: milliseconds since 1970 in UTC. Strings of other systems are parsed at the doors (adapters). */
export type EpochMs = number;

/** A length of time in milliseconds. */
export type DurationMs = number;

export const SECOND_MS: DurationMs = 1_000;
export const MINUTE_MS: DurationMs = 60 * SECOND_MS;
export const HOUR_MS: DurationMs = 60 * MINUTE_MS;
