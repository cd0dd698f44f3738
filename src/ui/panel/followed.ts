import { Emitter, type Disposable, type Listen } from "../../app/emitter.ts";
import type { LivePods, PodsSnapshot } from "../../app/livePods.ts";
import type { Clock } from "../../app/ports.ts";
import type { BranchName } from "../../domain/branch.ts";
import type { TeamConfig } from "../../domain/config.ts";
import type { Person } from "../../domain/person.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import type { Connection } from "../model/connection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import type { TeamFolders } from "../model/teamFolders.ts";

const WHO_LIMIT_MS: DurationMs = 15 * SECOND_MS;

/** Why there is no history to show; it appears by itself once that is over. */
export type NoHistory = "reading" | "untrusted" | "no-folder" | "no-config" | "no-subject";

/** A history that changes by itself. */
interface LiveModel<Snapshot> extends Disposable {
  readonly current: Snapshot;
  readonly onChange: Listen<void>;
}

/** What a panel is about: how it is found in devdeploy.json, and what is followed then. */
export interface Followable<Subject, History> {
  /** The folder's key. */
  readonly folder: string;
  /** Undefined where devdeploy.json does not name it. */
  readonly subjectOf: (team: TeamConfig) => Subject | undefined;
  readonly open: (connection: Connection, subject: Subject, defaultBranch: BranchName) => History;
  /** The pods of what runs, where the history does not tell of them. */
  readonly pods?: (connection: Connection, subject: Subject) => LivePods;
}

/** A live history with the folder that it belongs to. */
export interface AttachedTo<Subject, History> {
  readonly kind: "attached";
  readonly folder: TeamFolder;
  readonly connection: Connection;
  readonly subject: Subject;
  readonly history: History;
  /** Watched only for as long as somebody listens. */
  readonly pods: LivePods | undefined;
}

type Place<Subject, History> =
  { readonly kind: "absent"; readonly why: NoHistory } | AttachedTo<Subject, History>;

export interface AttachServices {
  readonly clock: Clock;
  readonly folders: TeamFolders;
  readonly foldersRead: Promise<void>;
}

/**
 * Finds what a panel is about and follows it: through a reload, an edited devdeploy.json, another kubeconfig, and
 * trust that is granted later.
 */
export class Followed<Subject, Snapshot, History extends LiveModel<Snapshot>> implements Disposable {
  readonly #services: AttachServices;
  readonly #about: Followable<Subject, History>;
  readonly #changes = new Emitter<void>();
  readonly #listening: Disposable;
  #following: Disposable | undefined;
  #followingPods: Disposable | undefined;
  #place: Place<Subject, History> = { kind: "absent", why: "reading" };
  #isRead = false;
  #isOver = false;

  readonly onChange = this.#changes.event;

  constructor(services: AttachServices, about: Followable<Subject, History>) {
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

  get place(): Place<Subject, History> {
    return this.#place;
  }

  get snapshot(): Snapshot | undefined {
    return this.#place.kind === "attached" ? this.#place.history.current : undefined;
  }

  /** Undefined while nobody wants to know of them. */
  get pods(): PodsSnapshot | undefined {
    return this.#place.kind === "attached" && this.#followingPods !== undefined
      ? this.#place.pods?.current
      : undefined;
  }

  /** Follows the pods as well, or lets them go again. */
  followPods(isWanted: boolean): void {
    const place = this.#place;
    if (!isWanted || place.kind === "absent") {
      this.#followingPods?.dispose();
      this.#followingPods = undefined;
      return;
    }
    this.#followingPods ??= place.pods?.onChange(() => {
      this.#changes.fire();
    });
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
    this.#stop();
    const history = this.#about.open(connection, subject, defaultBranch);
    const pods = this.#about.pods?.(connection, subject);
    const listening = history.onChange(() => {
      this.#changes.fire();
    });
    this.#following = {
      dispose: () => {
        listening.dispose();
        history.dispose();
        pods?.dispose();
      },
    };
    this.#place = { kind: "attached", folder, connection, subject, history, pods };
    this.#changes.fire();
  }

  #find():
    | { readonly kind: "absent"; readonly why: NoHistory }
    | {
        readonly kind: "found";
        readonly folder: TeamFolder;
        readonly subject: Subject;
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
    const subject = this.#about.subjectOf(team);
    if (subject === undefined) return absent("no-subject");
    return { kind: "found", folder, subject, defaultBranch: team.defaultBranch };
  }

  #leave(why: NoHistory): void {
    if (this.#isOver || (this.#place.kind === "absent" && this.#place.why === why)) return;
    this.#stop();
    this.#place = { kind: "absent", why };
    this.#changes.fire();
  }

  #stop(): void {
    this.followPods(false);
    this.#following?.dispose();
    this.#following = undefined;
  }

  dispose(): void {
    this.#isOver = true;
    this.#listening.dispose();
    this.#stop();
    this.#changes.dispose();
  }
}
