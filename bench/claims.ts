import { setTimeout as delay } from "node:timers/promises";
import type { EditorClaims } from "./editorMessages.ts";
import { EditorProcess, type EditorProgram } from "./editorProcesses.ts";
import { Kubectl } from "./kubectl.ts";
import type { Staging } from "./staging.ts";

const MACHINE = "dev1";
/** Between two changes, so that each is an event of its own. */
const BETWEEN_MS = 100;

/** Claims by Devdeploy and by hand, in ms each. */
export interface ClaimsMeasured {
  readonly ours: EditorClaims;
  /** `kubectl get`, then `kubectl patch` with the version that was seen. */
  readonly byHand: readonly number[];
}

/** One person claims a free machine and gives it back, again and again; then the same by hand. */
export async function measureClaims(
  times: number,
  program: EditorProgram,
  staging: Staging,
): Promise<ClaimsMeasured> {
  const { kubeconfig, config } = staging;
  const editor = await EditorProcess.start(program, { kubeconfig, config, names: ["ann"] });
  try {
    const ours = await editor.claim(times);
    const kubectl = await Kubectl.at(staging);
    // Its first call fills a cache of what the API server serves.
    await kubectl.claim(MACHINE, "Warm");
    const byHand: number[] = [];
    for (let time = 0; time < Math.ceil(times / 5); time += 1) {
      byHand.push(await kubectl.claim(MACHINE, `Ben ${time}`));
    }
    return { ours, byHand };
  } finally {
    await editor.stop();
  }
}

/** From somebody's request to what shows it, in ms each: a board of ours and kubectl's watch see the same changes. */
export interface BoardMeasured {
  readonly board: readonly number[];
  readonly kubectl: readonly number[];
}

export async function measureBoard(
  changes: number,
  program: EditorProgram,
  staging: Staging,
): Promise<BoardMeasured> {
  const { kubeconfig, config } = staging;
  const editor = await EditorProcess.start(program, { kubeconfig, config, names: ["ann"] });
  const watch = (await Kubectl.at(staging)).watch();
  const measured: { readonly board: number[]; readonly kubectl: number[] } = { board: [], kubectl: [] };
  try {
    await staging.hold(MACHINE, "Warm 0x");
    await watch.shownAt("Warm 0x");
    for (let change = 0; change < changes; change += 1) {
      const name = `Ben ${change}x`;
      const shown = Promise.all([editor.rowShownAt(`${MACHINE} held ${name}`, 20_000), watch.shownAt(name)]);
      await delay(BETWEEN_MS);
      const requested = Date.now();
      await staging.hold(MACHINE, name);
      const [board, kubectl] = await shown;
      measured.board.push(board - requested);
      measured.kubectl.push(kubectl - requested);
    }
    return measured;
  } finally {
    await watch.stop();
    await editor.stop();
  }
}
