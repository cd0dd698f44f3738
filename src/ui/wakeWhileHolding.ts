import type { Disposable } from "../app/emitter.ts";
import type { Clock } from "../app/ports.ts";
import { NEWS_FOR_MS } from "../domain/news.ts";
import { holderIdentity, isSamePerson } from "../domain/person.ts";
import type { EpochMs } from "../domain/time.ts";
import { WAITS_AT_MOST_MS } from "../domain/waiting.ts";
import type { TeamFolders } from "./model/teamFolders.ts";
import type { FolderView } from "./tree/folderView.ts";

/** VS Code's memory of the workspace. */
interface Memory {
  get(key: string, otherwise: number): number;
  update(key: string, value: number): PromiseLike<void>;
}

/** Until when there may be something to tell, by our own clock. */
const KEY = "devdeploy.concernedUntil";

/**
 * Clusters are asked only once somebody looks, with one exception: whom the locks concern, because they hold a
 * machine, held one within the last day, wait for one or have one kept, sees it in the status bar and is told what
 * happened without opening the sidebar. It is remembered across restarts; who uses nothing causes no traffic.
 */
export function wakeWhileHolding(
  folders: Pick<TeamFolders, "views" | "onChange" | "wake">,
  memory: Memory,
  clock: Clock,
): Disposable {
  let remembered = memory.get(KEY, 0);
  if (remembered > clock.now()) folders.wake();
  return folders.onChange(() => {
    const until = rememberedFrom(folders.views, remembered, clock.now());
    if (until === remembered) return;
    remembered = until;
    void memory.update(KEY, until);
  });
}

/** What is not known is not forgotten; after a lock there may be news of its loss for another day. */
function rememberedFrom(views: readonly FolderView[], before: EpochMs, now: EpochMs): EpochMs {
  const isKnown =
    views.length > 0 &&
    views.every(
      ({ me, machines }) => me !== undefined && machines.every(({ state }) => state.kind !== "unknown"),
    );
  return Math.max(concernedUntil(views), isKnown ? Math.min(before, now + NEWS_FOR_MS) : before);
}

/** By our own clock; 0 where nothing concerns whoever looks. */
export function concernedUntil(views: readonly FolderView[]): EpochMs {
  return Math.max(0, ...views.flatMap((view) => [...ofMachines(view), ...ofLists(view)]));
}

const ofMachines = ({ machines, me, now, nowAt }: FolderView): readonly EpochMs[] =>
  machines.flatMap(({ name, state }) => {
    if (me === undefined) return [];
    const ahead = nowAt(name) - now;
    if (state.kind === "held" && isSamePerson(state.hold.by, me)) {
      return [state.hold.until + NEWS_FOR_MS - ahead];
    }
    return state.kind === "kept" && isSamePerson(state.for, me) ? [state.until - ahead] : [];
  });

/** On the list for a day, and then a machine may be kept for some minutes. */
const ofLists = ({ pools, me }: FolderView): readonly EpochMs[] =>
  pools.flatMap(({ waiters }) => {
    const place = me === undefined ? undefined : waiters.find(({ by }) => by === holderIdentity(me));
    return place === undefined ? [] : [place.since + WAITS_AT_MOST_MS];
  });
