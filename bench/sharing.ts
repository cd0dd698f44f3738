import { measureBoard, measureClaims } from "./claims.ts";
import { measureContention } from "./contention.ts";
import { buildEditorProgram, type EditorProgram } from "./editorProcesses.ts";
import { measureHostMemory } from "./memory.ts";
import { sayMilliseconds, spreadOf } from "./statistics.ts";
import { startStaging, type Staging } from "./staging.ts";

const MACHINES = ["dev1", "dev2", "dev3"];
const CLAIMS = 100;
const CHANGES = 60;
const EDITORS = 100;
/** A watch is opened anew every five minutes, so that less would not show what an idle editor asks. */
const CONTENTION = { idleSeconds: 300, seconds: 20 };

/** Claims and how soon they show, each beside what one would do without Devdeploy. */
export async function sayClaims(): Promise<void> {
  await onStaging(async (program, staging) => {
    const { ours, byHand } = await measureClaims(CLAIMS, program, staging);
    const claim = spreadOf(ours.claimMs);
    const hand = spreadOf(byHand);
    console.log(`\nA claim in a pool of ${MACHINES.length} free machines (${staging.against})`);
    console.log(`  claim:                        ${sayMilliseconds(claim)}`);
    console.log(
      `    ${countsOf(ours.requests)} requests in ${countsOf(ours.roundTrips)} round trips: all reads at once, then one write`,
    );
    console.log(`  unlock:                       ${sayMilliseconds(spreadOf(ours.unlockMs))}`);
    console.log(`  kubectl get + kubectl patch:  ${sayMilliseconds(hand)}`);
    console.log(`    a claim takes ${ratio(claim.median, hand.median)} of that`);

    const { board, kubectl } = await measureBoard(CHANGES, program, staging);
    const ourBoard = spreadOf(board);
    const theirs = spreadOf(kubectl);
    console.log(`\nSomebody else's change, from their request until it is known (${staging.against})`);
    console.log(`  an editor's board:            ${sayMilliseconds(ourBoard)}`);
    console.log(`  kubectl get leases --watch:   ${sayMilliseconds(theirs)}`);
    console.log(`    the board takes ${ratio(ourBoard.median, theirs.median)} of that`);
  });
}

/** A hundred editors and three machines. */
export async function sayContention(): Promise<void> {
  await onStaging(async (program, staging) => {
    const measured = await measureContention(EDITORS, CONTENTION, program, staging);
    const { editors, claimMs, seconds, failures, requests } = measured;
    console.log(
      `\n${editors} editors, ${MACHINES.length} machines (${staging.against}, all on this machine)`,
    );
    console.log(
      `  idle: ${measured.idleRequests.toFixed(2)} requests per editor and minute; ` +
        `${megabytes(measured.bytesEach)} of memory for each in a process of ${editors / 4}`,
    );
    console.log(
      `  all at once for ${seconds} s: ${(claimMs.length / seconds).toFixed(1)} claims per second, each given back; ` +
        `${(requests / seconds).toFixed(0)} requests per second`,
    );
    console.log(`  a claim that came through: ${sayMilliseconds(spreadOf(claimMs))}`);
    console.log(`  the others: ${sayFailures(failures)}`);
  });
}

/** What Devdeploy costs an extension host. */
export async function sayMemory(): Promise<void> {
  await onStaging(async (_program, staging) => {
    const { before, after, vscode } = await measureHostMemory(staging);
    console.log(
      `\nMemory of an extension host that shows ${MACHINES.length} machines (VS Code ${vscode}, ${staging.against})`,
    );
    console.log(
      `  heap in use: ${megabytes(after.heapUsed)}, ${megabytes(after.heapUsed - before.heapUsed)} more than before`,
    );
    console.log(
      `  resident:    ${megabytes(after.rss)}, ${megabytes(after.rss - before.rss)} more than before`,
    );
  });
}

async function onStaging(
  measure: (program: EditorProgram, staging: Staging) => Promise<void>,
): Promise<void> {
  const program = await buildEditorProgram();
  const staging = await startStaging(MACHINES);
  try {
    await measure(program, staging);
  } finally {
    await staging.stop();
    await program.dispose();
  }
}

/** `5`, or `5 to 7` where not all are alike. */
function countsOf(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${least}` : `${least} to ${most}`;
}

const sayFailures = (failures: Readonly<Record<string, number>>): string =>
  Object.entries(failures)
    .map(([kind, count]) => `${count} × ${kind}`)
    .join(", ") || "none";

const ratio = (ours: number, theirs: number): string => `${((100 * ours) / theirs).toFixed(1)} %`;

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
