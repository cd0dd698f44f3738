import type { JsonObject } from "../json.ts";
import { at, textOf } from "../json.ts";

/** How old an object is, as tables tell it; both times in epoch milliseconds. */
export function ageOf(object: JsonObject, now: number): string {
  const created = textOf(at(object, "metadata", "creationTimestamp"));
  return created === "" ? "<unknown>" : since(Date.parse(created), now);
}

/** A span of time in the two units that matter most, by the rules of Kubernetes' HumanDuration. */
export function since(from: number, to: number): string {
  const seconds = Math.trunc((to - from) / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return both([minutes, "m"], [seconds % 60, "s"]);
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return both([hours, "h"], [minutes % 60, "m"]);
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return both([days, "d"], [hours % 24, "h"]);
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return years < 8 ? both([years, "y"], [days % 365, "d"]) : `${years}y`;
}

type Amount = readonly [number, string];

const both = ([most, unit]: Amount, [rest, smaller]: Amount): string =>
  rest === 0 ? `${most}${unit}` : `${most}${unit}${rest}${smaller}`;
