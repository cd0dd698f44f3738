import type { Json } from "../json.ts";
import { textOf } from "../json.ts";

const FACTORS: Readonly<Record<string, number>> = {
  ...{ m: 0.001, "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3, Ti: 1024 ** 4 },
};

/** Reads an amount such as `250m` or `64Mi`; nothing where it is none. */
export function readQuantity(value: Json | undefined): number {
  if (typeof value === "number") return value;
  const found = /^(?<number>\d+(?:\.\d+)?)(?<unit>[a-zA-Z]{0,2})$/u.exec(textOf(value))?.groups;
  return Number(found?.["number"] ?? 0) * (FACTORS[found?.["unit"] ?? ""] ?? 0);
}

/** Writes an amount in the largest unit that leaves it whole; memory in powers of two. */
export function quantityText(amount: number, isMemory: boolean): string {
  if (!isMemory) return Number.isInteger(amount) ? String(amount) : `${Math.round(amount * 1000)}m`;
  const unit =
    amount === 0 ? undefined : ["Ti", "Gi", "Mi", "Ki"].find((name) => amount % (FACTORS[name] ?? 1) === 0);
  return unit === undefined ? String(amount) : `${amount / (FACTORS[unit] ?? 1)}${unit}`;
}
