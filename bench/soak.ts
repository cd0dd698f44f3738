import { setTimeout as delay } from "node:timers/promises";
import { CannotProvide } from "../scripts/tools/cache.ts";
import { buildEditorProgram, EditorProcess, type EditorProgram } from "./editorProcesses.ts";
import type { EditorReport } from "./editorMessages.ts";
import { sayMachine } from "./machine.ts";
import { startStaging, type Staging } from "./staging.ts";

const MINUTES = 30;
const MACHINE = "dev1";
/** Within this a colleague's change has to be seen, however long nothing happened before. */
const TARGET_MS = 2_000;
const MINUTE_MS = 60_000;

/**
 * `npm run soak`: an editor's watches stay open for a quiet half hour (`-- --minutes N`); then somebody else takes
 * a machine. Says what the editor asked of the API server meanwhile, and how soon its board showed the change.
 * Ends with 1 where that took longer than it may.
 */
export async function main(args: readonly string[]): Promise<number> {
  const minutes = minutesOf(args);
  sayMachine();
  const program = await buildEditorProgram();
  const staging = await startStaging([MACHINE, "dev2", "dev3"]);
  try {
    return await soak(minutes, program, staging);
  } finally {
    await staging.stop();
    await program.dispose();
  }
}

function minutesOf(args: readonly string[]): number {
  if (args.length === 0) return MINUTES;
  const minutes = args[0] === "--minutes" ? Number(args[1]) : NaN;
  if (!(minutes > 0)) throw new CannotProvide("Usage: npm run soak [-- --minutes N]");
  return minutes;
}

async function soak(minutes: number, program: EditorProgram, staging: Staging): Promise<number> {
  const { kubeconfig, config, against } = staging;
  const editor = await EditorProcess.start(program, { kubeconfig, config, names: ["ann"] });
  try {
    // What belongs to opening is over after a moment.
    await delay(2_000);
    sayReport("Opening", await editor.report(), 1);
    console.log(`Quiet for ${minutes} min on ${against}, since ${new Date().toISOString()} …`);
    await delay(minutes * MINUTE_MS);
    sayReport("Quiet", await editor.report(), minutes);
    return await change(editor, staging);
  } finally {
    await editor.stop();
  }
}

async function change(editor: EditorProcess, staging: Staging): Promise<number> {
  const shown = editor.rowShownAt(`${MACHINE} held Ben`, MINUTE_MS);
  const requested = Date.now();
  await staging.hold(MACHINE, "Ben");
  const answered = Date.now();
  const shownAt = await shown;
  const tookMs = shownAt - requested;
  const isInTime = tookMs <= TARGET_MS;
  console.log(
    `Somebody took ${MACHINE}: on the board ${tookMs} ms after their request ` +
      `(${shownAt - answered} ms after its answer). ${isInTime ? "In time" : "TOO LATE"}: ${TARGET_MS} ms are allowed.`,
  );
  return isInTime ? 0 : 1;
}

function sayReport(when: string, report: EditorReport, minutes: number): void {
  const requests = Object.entries(report.requests);
  const total = requests.reduce((sum, [, count]) => sum + count, 0);
  const kinds = requests.map(([kind, count]) => `${count} × ${kind}`).join(", ");
  console.log(
    `${when}: ${total} requests (${(total / minutes).toFixed(2)} per minute: ${kinds || "none"}), ` +
      `${report.connections} new connections, ` +
      `${report.changes} changes of the board; ` +
      `${megabytes(report.rssBytes)} resident, ${megabytes(report.heapBytes)} of it heap in use.`,
  );
  for (const trouble of report.troubles) console.log(`  ${trouble}`);
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
