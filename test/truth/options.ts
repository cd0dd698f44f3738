/** What `npm run test:truth` is asked for. */
export interface TruthOptions {
  readonly json: boolean;
  readonly helms: readonly ("3" | "4")[];
  /** Parts of the names of scenarios; all where it is empty. */
  readonly only: readonly string[];
}

/** Reads `--json`, `--helm=3`, `--only=NAME`; the problem with another argument comes back as text. */
export function parseOptions(args: readonly string[]): TruthOptions | string {
  let json = false;
  const helms: ("3" | "4")[] = [];
  const only: string[] = [];
  for (const arg of args) {
    const [name, value = ""] = arg.split("=", 2);
    if (arg === "--json") json = true;
    else if (name === "--helm" && (value === "3" || value === "4")) helms.push(value);
    else if (name === "--only" && value !== "") only.push(value);
    else return `${arg} is not understood; there are --json, --helm=3, --helm=4 and --only=NAME.`;
  }
  return { json, helms: helms.length === 0 ? ["3", "4"] : helms, only };
}
