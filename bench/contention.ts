import { setTimeout as delay } from "node:timers/promises";
import type { EditorContention, EditorReport } from "./editorMessages.ts";
import { EditorProcess, type EditorProgram } from "./editorProcesses.ts";
import type { Staging } from "./staging.ts";

const PROCESSES = 4;

/** Many editors of one team, first idle, then all at once. */
export interface ContentionMeasured {
  readonly editors: number;
  /** Of each editor and minute, while nobody did anything. */
  readonly idleRequests: number;
  /** Resident memory of a process with a share of the editors, in bytes for each editor. */
  readonly bytesEach: number;
  readonly seconds: number;
  readonly claimMs: readonly number[];
  /** What did not come to a claim, by its kind. */
  readonly failures: Readonly<Record<string, number>>;
  /** Requests of all editors while they contended. */
  readonly requests: number;
}

/**
 * All want a machine of a pool of three at the same time: who gets one gives it back at once, who gets none waits
 * until the board shows a free one. In a few processes, since a hundred of them would measure this machine's memory.
 */
export async function measureContention(
  editors: number,
  { idleSeconds, seconds }: { readonly idleSeconds: number; readonly seconds: number },
  program: EditorProgram,
  { kubeconfig, config }: Staging,
): Promise<ContentionMeasured> {
  const processes: EditorProcess[] = [];
  try {
    for (let index = 0; index < PROCESSES; index += 1) {
      const names = Array.from({ length: editors / PROCESSES }, (_, editor) => `person-${index}-${editor}`);
      processes.push(await EditorProcess.start(program, { kubeconfig, config, names }));
    }
    await delay(2_000);
    await reportAll(processes);
    await delay(idleSeconds * 1_000);
    const idle = await reportAll(processes);
    const contended = await Promise.all(processes.map((each) => each.contend(seconds * 1_000)));
    const busy = await reportAll(processes);
    return {
      editors,
      idleRequests: requestsOf(idle) / editors / (idleSeconds / 60),
      bytesEach: idle.reduce((sum, { rssBytes }) => sum + rssBytes, 0) / editors,
      seconds,
      claimMs: contended.flatMap(({ claimMs }) => claimMs),
      failures: failuresOf(contended),
      requests: requestsOf(busy),
    };
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
}

const reportAll = (processes: readonly EditorProcess[]): Promise<readonly EditorReport[]> =>
  Promise.all(processes.map((each) => each.report()));

const requestsOf = (reports: readonly EditorReport[]): number =>
  reports.flatMap(({ requests }) => Object.values(requests)).reduce((sum, count) => sum + count, 0);

function failuresOf(contended: readonly EditorContention[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const { failures } of contended) {
    for (const [kind, count] of Object.entries(failures)) all[kind] = (all[kind] ?? 0) + count;
  }
  return all;
}
