const BINARY: Readonly<Record<string, number>> = { Ki: 1, Mi: 2, Gi: 3, Ti: 4, Pi: 5, Ei: 6 };
const DECIMAL: Readonly<Record<string, number>> = {
  n: -3,
  u: -2,
  m: -1,
  "": 0,
  k: 1,
  M: 2,
  G: 3,
  T: 4,
  P: 5,
  E: 6,
};

const QUANTITY = /^(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?<suffix>[KMGTPE]i|[numkMGTPE]?)$/u;

/** A quantity of Kubernetes as a number, e.g. `10Gi`; undefined where it is none. */
export function quantity(text: string): number | undefined {
  const { number, suffix = "" } = QUANTITY.exec(text)?.groups ?? {};
  if (number === undefined) return undefined;
  const binary = BINARY[suffix];
  return Number(number) * (binary === undefined ? 1000 ** (DECIMAL[suffix] ?? 0) : 1024 ** binary);
}
