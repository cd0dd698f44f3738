import type { Json } from "../json.ts";

/** How an amount was written, and so how it is written again: `100m`, `64Mi`, `1e3`. */
export type QuantityFormat = "BinarySI" | "DecimalExponent" | "DecimalSI";

/** An amount of a resource, as apimachinery's `resource.Quantity` keeps it in a ResourceList. */
export interface Quantity {
  /** In thousandths: SetDefaults_ResourceList rounds up to these. */
  readonly millis: bigint;
  readonly format: QuantityFormat;
}

const MILLIS = 1000n;
const MOST = (1n << 63n) - 1n;
/** Beyond this the numbers are no amounts of anything, and long to reckon with. */
const MAX_EXPONENT = 100;

/** By the power of a thousand, beginning with thousandths. */
const DECIMAL = ["m", "", "k", "M", "G", "T", "P", "E"];
/** Those that are read, but never written. */
const SMALLER: Readonly<Record<string, number>> = { n: -9, u: -6 };
/** By the power of 1024, beginning with 1. */
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

export const NOTHING: Quantity = { millis: 0n, format: "DecimalSI" };
export const ONE: Quantity = { millis: MILLIS, format: "DecimalSI" };

const WRITTEN = /^[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*$/u;
const PARTS = /^(?<sign>[+-]?)0*(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[eEinumkKMGTP]*[-+]?\d*)$/u;

interface Parts {
  readonly isNegative: boolean;
  /** Without zeros before it. */
  readonly whole: string;
  readonly fraction: string;
  readonly unit: Unit;
}

interface Unit {
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: QuantityFormat;
}

/** What is wrong with a text that is to be an amount, in the words of apimachinery; undefined where it is one. */
export function quantityProblem(value: Json): string | undefined {
  const text = textOf(value);
  const found = WRITTEN.test(text) ? PARTS.exec(text)?.groups : undefined;
  if (found === undefined)
    return "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  return unitOf(found["suffix"] ?? "") === undefined ? "unable to parse quantity's suffix" : undefined;
}

/** Reads an amount such as `250m` or `64Mi`; nothing where it is none. */
export function readQuantity(value: Json | undefined): Quantity {
  const parts = partsOf(textOf(value ?? ""));
  return parts === undefined ? NOTHING : quantityOf(parts);
}

/** An amount as the server answers it: in its own format, with the largest unit that leaves it whole. */
export function canonicalQuantity(value: Json): Json {
  const text = textOf(value);
  const parts = partsOf(text);
  if (parts === undefined) return value;
  return isKept(parts) ? text : quantityText(quantityOf(parts));
}

/** Writes an amount in the largest unit of its format that leaves it whole. */
export function quantityText({ millis, format }: Quantity): string {
  if (millis === 0n) return "0";
  const sign = millis < 0n ? "-" : "";
  const size = millis < 0n ? -millis : millis;
  if (format === "BinarySI" && size % MILLIS === 0n && size >= 1024n * MILLIS) {
    const [number, power] = reduced(size / MILLIS, 1024n, BINARY.length - 1);
    return `${sign}${number}${BINARY[power] ?? ""}`;
  }
  const isExponent = format === "DecimalExponent";
  const [number, power] = reduced(size, 1000n, isExponent ? MAX_EXPONENT : DECIMAL.length - 1);
  if (!isExponent) return `${sign}${number}${DECIMAL[power] ?? ""}`;
  return `${sign}${number}${power === 1 ? "" : `e${power * 3 - 3}`}`;
}

/** The sum of amounts, in the format of the first that is not nothing. */
export const sumOf = (amounts: readonly Quantity[]): Quantity =>
  amounts.reduce(
    (sum, { millis, format }) =>
      millis === 0n ? sum : { millis: sum.millis + millis, format: sum.millis === 0n ? format : sum.format },
    NOTHING,
  );

function textOf(value: Json): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : "";
}

function partsOf(text: string): Parts | undefined {
  if (!WRITTEN.test(text)) return undefined;
  const { sign = "", whole = "", fraction = "", suffix = "" } = PARTS.exec(text)?.groups ?? {};
  const unit = unitOf(suffix);
  if (unit === undefined || Math.abs(unit.exponent) > MAX_EXPONENT) return undefined;
  return { isNegative: sign === "-", whole: whole === "" ? "0" : whole, fraction, unit };
}

function unitOf(suffix: string): Unit | undefined {
  const decimal = DECIMAL.includes(suffix) ? DECIMAL.indexOf(suffix) * 3 - 3 : SMALLER[suffix];
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: "DecimalSI" };
  const binary = BINARY.indexOf(suffix);
  if (binary !== -1) return { base: 2, exponent: binary * 10, format: "BinarySI" };
  const exponent = /^[eE](?<exponent>[+-]?\d+)$/u.exec(suffix)?.groups?.["exponent"];
  return exponent === undefined
    ? undefined
    : { base: 10, exponent: Number(exponent), format: "DecimalExponent" };
}

/** What is smaller than a thousandth is rounded up: who asks for something gets something. */
function quantityOf({ isNegative, whole, fraction, unit }: Parts): Quantity {
  const { base, exponent, format } = unit;
  const digits = BigInt(whole + fraction);
  const up = base === 2 ? 1n << BigInt(exponent) : 10n ** BigInt(Math.max(0, exponent));
  const down = 10n ** BigInt(fraction.length + Math.max(0, base === 2 ? 0 : -exponent));
  const exact = (digits * up * MILLIS + down - 1n) / down;
  const millis = format === "BinarySI" && exact > MOST * MILLIS ? MOST * MILLIS : exact;
  return { millis: isNegative ? -millis : millis, format };
}

/**
 * What is canonical at first sight keeps its letters, even those that would be written otherwise (`1.500`); the
 * conditions are those of apimachinery's ParseQuantity.
 */
function isKept({ whole, fraction, unit }: Parts): boolean {
  const { base, exponent } = unit;
  const digits = whole + fraction;
  if (base === 2) {
    const precision = 15 - whole.length - Math.floor(exponent * 0.3) - 1;
    return fraction === "" && precision >= 0 && BigInt(whole) % 8n !== 0n;
  }
  const scale = exponent - fraction.length;
  if (digits.length > 18 || scale < -3) return false;
  return scale % 3 === 0 && !digits.endsWith("000") && !digits.startsWith("0");
}

function reduced(from: bigint, base: bigint, most: number): readonly [bigint, number] {
  let number = from;
  let power = 0;
  while (power < most && number % base === 0n) {
    number /= base;
    power += 1;
  }
  return [number, power];
}
