import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { HistorySnapshot } from "../../app/historySnapshot.ts";
import type { Clock } from "../../app/ports.ts";
import type { RollbackSubject } from "../../app/rollbackOutcome.ts";
import { rollbackSubject } from "../../app/rollbackSubjects.ts";
import type { BranchName } from "../../domain/branch.ts";
import type { Person } from "../../domain/person.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import type { Connection } from "../model/connection.ts";
import type { LiveHistory } from "../model/rollbackConnection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import type { TeamFolders } from "../model/teamFolders.ts";

const WHO_LIMIT_MS: DurationMs = 15 * SECOND_MS;

/** Why there is no history to show; it appears by itself once that is over. */
export type NoHistory = "reading" | "untrusted" | "no-folder" | "no-config" | "no-subject";

/** A release's live history with the folder that it belongs to. */
export interface Attached {
  readonly kind: "attached";
  readonly folder: TeamFolder;
  readonly connection: Connection;
  readonly subject: RollbackSubject;
  readonly history: LiveHistory;
}

export type Place = { readonly kind: "absent"; readonly why: NoHistory } | Attached;

interface AttachServices {
  readonly clock: Clock;
  readonly folders: TeamFolders;
  readonly foldersRead: Promise<void>;
}

/**
 * Finds the release that a panel is about and follows it: through a reload, an edited devdeploy.json, another
 * kubeconfig, and trust that is granted later.
 */
export class FollowedHistory implements Disposable {
  readonly #services: AttachServices;
  readonly #about: Pick<PanelMemory, "folder" | "subject" | "target">;
  readonly #changes = new Emitter<void>();
  readonly #listening: Disposable;
  #following: Disposable | undefined;
  #place: Place = { kind: "absent", why: "reading" };
  #isRead = false;
  #isOver = false;

  readonly onChange = this.#changes.event;

  constructor(services: AttachServices, about: Pick<PanelMemory, "folder" | "subject" | "target">) {
    this.#services = services;
    this.#about = about;
    this.#listening = services.folders.onChange(() => {
      void this.#look();
    });
    void services.foldersRead.then(() => {
      this.#isRead = true;
      return this.#look();
    });
  }

  get place(): Place {
    return this.#place;
  }

  get snapshot(): HistorySnapshot | undefined {
    return this.#place.kind === "attached" ? this.#place.history.current : undefined;
  }

  /** Who is at this keyboard; undefined where that could not be found out for a while. */
  async person(signal: AbortSignal): Promise<Person | undefined> {
    const { folders, clock } = this.#services;
    const me = (): Person | undefined => folders.find(this.#about.folder)?.me;
    if (me() !== undefined) return me();
    const waiting = new AbortController();
    const listening = folders.onChange(() => {
      if (me() !== undefined) waiting.abort();
    });
    await clock.sleep(WHO_LIMIT_MS, AbortSignal.any([signal, waiting.signal]));
    listening.dispose();
    return me();
  }

  /** The folder's models may be others since settings changed; each look compares with what is followed. */
  async #look(): Promise<void> {
    const found = this.#find();
    if (found.kind === "absent") {
      this.#leave(found.why);
      return;
    }
    const { folder } = found;
    const connection = await folder.wake();
    const again = this.#find();
    if (this.#isOver || again.kind === "absent" || again.folder !== folder) return;
    const { subject, defaultBranch } = again;
    const place = this.#place;
    const isSame =
      place.kind === "attached" &&
      place.connection === connection &&
      JSON.stringify(place.subject) === JSON.stringify(subject);
    if (isSame) return;
    this.#following?.dispose();
    const history = connection.rollback.history(subject, defaultBranch);
    const listening = history.onChange(() => {
      this.#changes.fire();
    });
    this.#following = {
      dispose: () => {
        listening.dispose();
        history.dispose();
      },
    };
    this.#place = { kind: "attached", folder, connection, subject, history };
    this.#changes.fire();
  }

  #find():
    | { readonly kind: "absent"; readonly why: NoHistory }
    | {
        readonly kind: "found";
        readonly folder: TeamFolder;
        readonly subject: RollbackSubject;
        readonly defaultBranch: BranchName;
      } {
    const { folders } = this.#services;
    const absent = (why: NoHistory): { readonly kind: "absent"; readonly why: NoHistory } => ({
      kind: "absent",
      why,
    });
    if (!this.#isRead) return absent("reading");
    if (!folders.isTrusted) return absent("untrusted");
    const folder = folders.find(this.#about.folder);
    if (folder === undefined) return absent("no-folder");
    const { team } = folder;
    if (team === undefined) return absent("no-config");
    const subject = rollbackSubject(team, { name: this.#about.subject, target: this.#about.target });
    if (subject === undefined) return absent("no-subject");
    return { kind: "found", folder, subject, defaultBranch: team.defaultBranch };
  }

  #leave(why: NoHistory): void {
    if (this.#isOver || (this.#place.kind === "absent" && this.#place.why === why)) return;
    this.#following?.dispose();
    this.#following = undefined;
    this.#place = { kind: "absent", why };
    this.#changes.fire();
  }

  dispose(): void {
    this.#isOver = true;
    this.#listening.dispose();
    this.#following?.dispose();
    this.#changes.dispose();
  }
}
