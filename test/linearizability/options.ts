import { parseArgs } from "node:util";

export type StoreName = "sandbox" | "controlplane";

/** How the test is run. */
export interface Options {
  readonly seed: number;
  readonly stores: readonly StoreName[];
  /** How long faults happen on each store, and how long they are healed afterwards. */
  readonly sandboxSeconds: number;
  readonly controlPlaneSeconds: number;
  readonly healedSeconds: number;
  /** The longest pause between two operations of a client. */
  readonly pauseMs: number;
  /** Whether the histories are kept even if nothing is to be found in them. */
  readonly isKept: boolean;
}

const USAGE =
  "usage: npm run test:linearizability -- [--quick] [--seed N] [--only sandbox|controlplane] [--seconds N] [--keep]";

/** Reads the options of the command line, or says how to use it. */
export function readOptions(args: readonly string[]): Options | string {
  let values: { quick?: boolean; seed?: string; only?: string; seconds?: string; keep?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        seed: { type: "string" },
        only: { type: "string" },
        seconds: { type: "string" },
        keep: { type: "boolean" },
      },
    }));
  } catch {
    return USAGE;
  }
  const { quick = false, only } = values;
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (!Number.isSafeInteger(seed) || Number.isNaN(seconds)) return USAGE;
  if (only !== undefined && only !== "sandbox" && only !== "controlplane") return USAGE;
  return {
    seed,
    stores: only !== undefined ? [only] : quick ? ["sandbox"] : ["sandbox", "controlplane"],
    sandboxSeconds: seconds ?? (quick ? 62 : 180),
    controlPlaneSeconds: seconds ?? (quick ? 40 : 120),
    healedSeconds: 25,
    pauseMs: 60,
    isKept: values.keep === true,
  };
}
