import type { Clock } from "../../app/ports.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { TeamFolders } from "../model/teamFolders.ts";

/**
 * After a reload of the window the former extension host may live on for some seconds, and as long as it does its
 * runs count as followed; so a few later looks belong to the first one.
 */
const LOOK_AFTER_MS: readonly DurationMs[] = [0, 2, 3, 5, 10, 20, 60].map((seconds) => seconds * SECOND_MS);

/** Looks for what windows that are gone have left behind. */
export async function lookForLeftBehind(
  { clock, folders }: { readonly clock: Clock; readonly folders: Pick<TeamFolders, "isTrusted"> },
  look: () => Promise<void>,
  closing: AbortSignal,
): Promise<void> {
  for (const pause of LOOK_AFTER_MS) {
    await clock.sleep(pause, closing);
    if (closing.aborted) return;
    // In a folder that is not trusted no kubeconfig is read: what was left waits for another window.
    if (folders.isTrusted) await look();
  }
}
