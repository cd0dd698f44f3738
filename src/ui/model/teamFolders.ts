import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { Clock } from "../../app/ports.ts";
import { MINUTE_MS, type DurationMs } from "../../domain/time.ts";
import { viewKind, type FolderView, type ViewKind } from "../tree/folderView.ts";
import type { TeamFolder } from "./teamFolder.ts";

/** All folders of the window. The one writer of what tree, status bar and context keys show. */
export class TeamFolders implements Disposable {
  readonly #clock: Clock;
  readonly #isTrusted: () => boolean;
  readonly #changes = new Emitter<void>();
  readonly #folders = new Map<string, { readonly folder: TeamFolder; readonly listening: Disposable }>();
  #tick: Disposable | undefined;
  #isAwake = false;
  #isSeen = false;
  #chosen: string | undefined;

  readonly onChange = this.#changes.event;

  constructor(clock: Clock, isTrusted: () => boolean) {
    this.#clock = clock;
    this.#isTrusted = isTrusted;
  }

  get all(): readonly TeamFolder[] {
    return [...this.#folders.values()].map(({ folder }) => folder);
  }

  get isTrusted(): boolean {
    return this.#isTrusted();
  }

  get views(): readonly FolderView[] {
    return this.all.map((folder) => folder.view);
  }

  get kind(): ViewKind {
    return viewKind(this.views, this.isTrusted);
  }

  /** The folder that a command without a row is about: the chosen one, or the only one that has a configuration. */
  get current(): TeamFolder | undefined {
    const chosen = this.#chosen === undefined ? undefined : this.find(this.#chosen);
    if (chosen !== undefined) return chosen;
    const { all } = this;
    if (all.length <= 1) return all[0];
    const configured = all.filter((folder) => folder.config.current.kind !== "absent");
    return configured.length === 1 ? configured[0] : undefined;
  }

  find(key: string): TeamFolder | undefined {
    return this.#folders.get(key)?.folder;
  }

  choose(key: string): void {
    this.#chosen = key;
  }

  /** Whether the person has the rows in view. */
  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    for (const folder of this.all) folder.see(isSeen);
  }

  add(folder: TeamFolder): void {
    folder.see(this.#isSeen);
    this.#folders.set(folder.place.key, {
      folder,
      listening: folder.onChange(() => {
        this.#changed();
      }),
    });
    this.#changed();
  }

  remove(key: string): void {
    const entry = this.#folders.get(key);
    entry?.listening.dispose();
    entry?.folder.dispose();
    this.#folders.delete(key);
    this.#changed();
  }

  /** From now on folders with a right configuration are connected, as soon as the workspace is trusted. */
  wake(): void {
    this.#isAwake = true;
    this.#changed();
  }

  refresh(): void {
    this.wake();
    for (const folder of this.all) folder.refresh();
  }

  /** Something was changed from outside: trust was granted, or a setting. */
  look(): void {
    this.#changed();
  }

  #changed(): void {
    if (this.#isAwake && this.isTrusted) {
      for (const folder of this.all) if (folder.team !== undefined) void folder.wake();
      this.#scheduleTick();
    }
    this.#changes.fire();
  }

  /** Countdowns on screen go by the minute, each at its own moment; nothing is asked of any cluster for that. */
  #scheduleTick(): void {
    this.#tick?.dispose();
    this.#tick = this.#clock.after(nextMinute(this.views), () => {
      this.#changed();
    });
  }

  dispose(): void {
    this.#tick?.dispose();
    for (const key of [...this.#folders.keys()]) this.remove(key);
    this.#changes.dispose();
  }
}

/** Until the first time left that is shown has one minute less. */
function nextMinute(views: readonly FolderView[]): DurationMs {
  const left = views.flatMap(({ machines, nowAt }) =>
    machines.flatMap(({ name, state }) => {
      const until =
        state.kind === "held" ? state.hold.until : state.kind === "kept" ? state.until : undefined;
      return until === undefined ? [] : [Math.max(0, until - nowAt(name)) % MINUTE_MS];
    }),
  );
  return Math.ceil(Math.min(MINUTE_MS, ...left) + 1);
}
