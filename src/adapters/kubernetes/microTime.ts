import type { EpochMs } from "../../domain/time.ts";

const RFC3339 =
  /^(?<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(?<fraction>\d{1,9}))?(?<zone>Z|[+-]\d\d:\d\d)$/iu;

/** The API server takes exactly six digits; `toISOString` alone writes three and is refused with 400. */
export function microTime(time: EpochMs, micros = 0): string {
  const text = new Date(time).toISOString();
  return `${text.slice(0, -1)}${String(micros % 1_000).padStart(3, "0")}Z`;
}

/** Other tools write no digits, three or nine; all are read, down to the millisecond. Undefined where it is no time. */
export function parseMicroTime(text: string): EpochMs | undefined {
  const match = RFC3339.exec(text);
  const whole = Date.parse(`${match?.groups?.["seconds"] ?? ""}${match?.groups?.["zone"] ?? ""}`);
  if (!Number.isFinite(whole)) return undefined;
  // Cut as text: as a fraction, 0.57 s would come to 569 ms.
  return whole + Number((match?.groups?.["fraction"] ?? "").padEnd(3, "0").slice(0, 3));
}
