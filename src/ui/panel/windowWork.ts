import * as vscode from "vscode";
import type { Log } from "../../app/ports.ts";
import type { ProofItem } from "../../domain/rollbackProof.ts";
import { commandFailed } from "../messages/command.ts";
import { showNotice } from "../notices.ts";
import type { WindowRuns } from "./windowRuns.ts";

interface WorkEnd {
  readonly kind: string;
  readonly items?: readonly ProofItem[];
}

/** A piece of work that a window does in the background, and its panel shows. */
export interface WindowWork<Order, Phase, Outcome, End> {
  readonly runs: Pick<WindowRuns<unknown, Order, Phase, Outcome>, "begin">;
  readonly order: Order;
  /** In the status bar for as long as it lasts, and in the log. */
  readonly title: string;
  /** Undefined where this window closed before it was over. */
  readonly work: (onPhase: (phase: Phase) => void, signal: AbortSignal) => Promise<End | undefined>;
  /** What its panel shows of the end. Undefined where nothing at all was done: the review can stand there again. */
  readonly toShow: (end: End) => Outcome | undefined;
}

/**
 * Does it to its end, whatever becomes of the panel meanwhile. Undefined where this window closed before, and where a
 * mistake of ours ended it, of which the person has been told: what was done goes on.
 */
export async function workInWindow<Order, Phase, Outcome, End extends WorkEnd>(
  log: Log & { show(): void },
  { runs, order, title, work, toShow }: WindowWork<Order, Phase, Outcome, End>,
): Promise<End | undefined> {
  const handle = runs.begin(order);
  try {
    const end = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      work((phase) => {
        handle.phase(phase);
      }, handle.signal),
    );
    if (end !== undefined) logEnd(log, title, end);
    const shown = end === undefined ? undefined : toShow(end);
    if (shown === undefined) handle.left();
    else handle.ended(shown);
    return end;
  } catch (error) {
    handle.left();
    log.error(`${title}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    if ((await showNotice(commandFailed(error)))?.kind === "show-log") log.show();
    return undefined;
  }
}

/** The whole proof sheet goes to the log as well. */
function logEnd(log: Log, title: string, { kind, items = [] }: WorkEnd): void {
  log.info(`${title}: ${kind}`);
  for (const item of items) {
    const workload = item.workload === undefined ? "" : ` ${item.workload}`;
    log.info(`proof: ${item.state} ${item.kind}${workload}: ${item.facts}`);
  }
}
