import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { LivePods, PodsSnapshot, PodsSubject } from "../../app/livePods.ts";
import type { Connection } from "../model/connection.ts";
import type { TeamFolders } from "../model/teamFolders.ts";

/** A row whose pods are wanted. */
export interface WantedPods {
  readonly folder: string;
  readonly subject: PodsSubject;
}

interface Followed {
  /** What it follows, to be compared with what is wanted. */
  readonly key: string;
  /** The folder's connection is built anew where settings change. */
  readonly connection: Connection;
  readonly pods: LivePods;
  readonly listening: Disposable;
}

/** The live pods of those rows that show them, by the rows' ids, and of no others. */
export class TreePods implements Disposable {
  readonly #folders: TeamFolders;
  readonly #changes = new Emitter<void>();
  readonly #followed = new Map<string, Followed>();
  #wanted: ReadonlyMap<string, WantedPods> = new Map();
  #isOver = false;

  readonly onChange = this.#changes.event;

  constructor(folders: TeamFolders) {
    this.#folders = folders;
  }

  /** Undefined where nobody follows them. */
  of(id: string): PodsSnapshot | undefined {
    return this.#followed.get(id)?.pods.current ?? (this.#wanted.has(id) ? { kind: "reading" } : undefined);
  }

  /** Follows the pods of these rows and lets the others go; each look compares with the folders' connections. */
  follow(wanted: ReadonlyMap<string, WantedPods>): void {
    this.#wanted = wanted;
    const unwanted = [...this.#followed.keys()].filter((id) => !wanted.has(id));
    for (const id of unwanted) this.#leave(id);
    for (const id of wanted.keys()) void this.#open(id);
    if (unwanted.length > 0) this.#changes.fire();
  }

  dispose(): void {
    this.#isOver = true;
    for (const id of this.#followed.keys()) this.#leave(id);
    this.#changes.dispose();
  }

  async #open(id: string): Promise<void> {
    const wanted = this.#wanted.get(id);
    const folder = wanted === undefined ? undefined : this.#folders.find(wanted.folder);
    if (wanted === undefined || folder === undefined) return;
    const connection = await folder.wake();
    const key = JSON.stringify(wanted);
    const known = this.#followed.get(id);
    const isSame = known?.connection === connection && known.key === key;
    const now = this.#wanted.get(id);
    if (this.#isOver || isSame || now === undefined || JSON.stringify(now) !== key) return;
    this.#leave(id);
    const pods = connection.pods(wanted.subject);
    const listening = pods.onChange(() => {
      this.#changes.fire();
    });
    this.#followed.set(id, { key, connection, pods, listening });
    this.#changes.fire();
  }

  #leave(id: string): void {
    const followed = this.#followed.get(id);
    this.#followed.delete(id);
    followed?.listening.dispose();
    followed?.pods.dispose();
  }
}
