import type { Memento } from "vscode";
import type { Disposable } from "../app/emitter.ts";
import type { Clock } from "../app/ports.ts";
import type { TeamFolders } from "./model/teamFolders.ts";
import { isMine } from "./tree/machineRow.ts";

const KEY = "devdeploy.holdsUntil";

/**
 * Clusters are asked only once somebody looks, with one exception: who held a machine when the last window was
 * open sees it in the status bar of the next one without opening the sidebar.
 */
export function wakeWhileHolding(folders: TeamFolders, memory: Memento, clock: Clock): Disposable {
  const remembered = memory.get<number>(KEY, 0);
  if (remembered > clock.now()) folders.wake();
  let kept = remembered;
  return folders.onChange(() => {
    const { views } = folders;
    // What is not known must not be forgotten.
    if (
      views.some(
        ({ me, machines }) => me === undefined || machines.some(({ state }) => state.kind === "unknown"),
      )
    )
      return;
    const ends = views.flatMap(({ machines, me }) =>
      machines.flatMap(({ state }) => (state.kind === "held" && isMine(state, me) ? [state.hold.until] : [])),
    );
    const until = Math.max(0, ...ends);
    if (until === kept) return;
    kept = until;
    void memory.update(KEY, until);
  });
}
