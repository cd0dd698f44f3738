/** Median and 95th percentile (nearest rank) of measured milliseconds. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** Of at least one measurement. */
export function spreadOf(measured: readonly number[]): Spread {
  const sorted = [...measured].sort((a, b) => a - b);
  const atRank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
  return { count: sorted.length, median: atRank(0.5), p95: atRank(0.95), max: atRank(1) };
}

/** `median 12.3 ms, p95 20.1 ms, max 22.0 ms (24 measured)`. */
export function sayMilliseconds({ count, median, p95, max }: Spread): string {
  const text = (value: number): string => `${value.toFixed(1)} ms`;
  return `median ${text(median)}, p95 ${text(p95)}, max ${text(max)} (${count} measured)`;
}
