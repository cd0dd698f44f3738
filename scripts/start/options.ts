import { parseArgs } from "node:util";
import { CannotProvide } from "../tools/cache.ts";

/** What a person may ask of `npm start`. */
export interface StartOptions {
  /** A context of their kubeconfig; absent: the sandbox. */
  readonly context?: string;
  /** Port of VS Code's web server; 0 is a free one. */
  readonly port: number;
  /** Whether the page is to be opened in their browser. */
  readonly opens: boolean;
  /** Whether to serve VS Code for the browser although there is a desktop one. */
  readonly inBrowser: boolean;
  /** Whether Ben gets a window too, so that one sees locks from both sides. Of the sandbox only. */
  readonly isForTwo: boolean;
}

export const USAGE = `npm start [-- options]
  --context NAME  use this context of your kubeconfig instead of the sandbox
  --two           a second window, for Ben: ask him for his machine, and answer as he would
  --web           VS Code in the browser, even where a desktop VS Code is installed
  --port N        port for VS Code in the browser (default: a free one)
  --no-open       print the address, open nothing`;

/** Reads the command line; `CannotProvide` with the usage where it makes no sense. */
export function readOptions(args: readonly string[]): StartOptions | "help" {
  const { values } = parsed(args);
  if (values.help === true) return "help";
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new CannotProvide(`No such port.\n${USAGE}`);
  if (values.two === true && values.context !== undefined)
    throw new CannotProvide(`On a cluster of yours you are one person: --two is for the sandbox.\n${USAGE}`);
  return {
    ...(values.context !== undefined && { context: values.context }),
    port,
    opens: values["no-open"] !== true,
    inBrowser: values.web === true || values.port !== undefined,
    isForTwo: values.two === true,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        context: { type: "string" },
        help: { type: "boolean", short: "h" },
        "no-open": { type: "boolean" },
        port: { type: "string" },
        two: { type: "boolean" },
        web: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new CannotProvide(`${error instanceof Error ? error.message : "Unknown option."}\n${USAGE}`);
  }
}
