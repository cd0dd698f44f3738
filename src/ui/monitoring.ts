import type { Disposable } from "../app/emitter.ts";
import {
  monitorId,
  type Deployed,
  type KeptMonitors,
  type Monitored,
  type MonitorTrouble,
} from "../app/monitors.ts";
import type { Clock, Log, Told } from "../app/ports.ts";
import type { CommitHash } from "../domain/branch.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { Connection } from "./model/connection.ts";
import type { TeamFolder } from "./model/teamFolder.ts";
import type { TeamFolders } from "./model/teamFolders.ts";

export interface MonitoringServices {
  readonly clock: Clock;
  readonly log: Log;
  readonly folders: Pick<TeamFolders, "find" | "onChange" | "isTrusted">;
  readonly foldersRead: Promise<void>;
  readonly kept: KeptMonitors;
  readonly told: Told;
  /** Called once for each deploy, in one window of this computer. */
  tell(entry: Monitored, trouble: MonitorTrouble, at: MonitorPlace): Promise<void>;
}

/** Where a monitored deploy is at home. */
export interface MonitorPlace {
  readonly folder: TeamFolder;
  readonly connection: Connection;
}

/** A deploy that was just proven. */
export interface ProvenDeploy {
  readonly folder: string;
  readonly subject: string;
  readonly target: string;
  readonly what: Deployed;
  readonly commit?: CommitHash;
}

interface Running {
  entry: Monitored;
  connection: Connection | undefined;
  monitor: Disposable | undefined;
}

/**
 * Watches, for the time that devdeploy.json names, what its person has deployed, through a reload of the window and
 * through another kubeconfig.
 */
export class Monitoring implements Disposable {
  readonly #services: MonitoringServices;
  readonly #running = new Map<string, Running>();
  readonly #listening: Disposable;
  #isOver = false;

  constructor(services: MonitoringServices) {
    this.#services = services;
    const now = services.clock.now();
    for (const entry of services.kept.load()) if (entry.until > now) this.#add(entry);
    this.#keep();
    this.#listening = services.folders.onChange(() => {
      this.#look();
    });
    void services.foldersRead.then(() => {
      this.#look();
    });
  }

  /** From now on it is watched, in place of what was deployed there before. */
  deployed({ what, commit, ...about }: ProvenDeploy): void {
    const { clock, folders, log } = this.#services;
    const minutes = folders.find(about.folder)?.team?.monitoring.minutes ?? 0;
    if (minutes <= 0) return;
    const now = clock.now();
    const id = monitorId(what);
    this.#drop(id);
    this.#add({
      ...{ id, ...about, what, provenAt: now, until: now + minutes * MINUTE_MS, baselines: {} },
      ...(commit === undefined ? {} : { commit }),
    });
    log.info(`monitoring: ${about.subject}, revision ${what.revision}, for ${minutes} min`);
    this.#keep();
    this.#look();
  }

  dispose(): void {
    this.#isOver = true;
    this.#listening.dispose();
    for (const { monitor } of this.#running.values()) monitor?.dispose();
    this.#running.clear();
  }

  #add(entry: Monitored): void {
    this.#running.set(entry.id, { entry, connection: undefined, monitor: undefined });
  }

  #look(): void {
    for (const running of this.#running.values()) void this.#attach(running);
  }

  /** The folder's connection may be another one since settings changed; each look compares with what is used. */
  async #attach(running: Running): Promise<void> {
    const { folders } = this.#services;
    const folder = folders.isTrusted ? folders.find(running.entry.folder) : undefined;
    if (folder?.team === undefined) return;
    const connection = await folder.wake();
    const { id } = running.entry;
    if (this.#isOver || this.#running.get(id) !== running || running.connection === connection) return;
    running.monitor?.dispose();
    running.connection = connection;
    running.monitor = connection.monitor(running.entry, {
      kept: (baselines) => {
        running.entry = { ...running.entry, baselines };
        this.#keep();
      },
      ended: () => {
        this.#drop(id);
        this.#keep();
      },
      trouble: (trouble) => {
        this.#drop(id);
        this.#keep();
        void this.#tell(running.entry, trouble, { folder, connection });
      },
    });
  }

  async #tell(entry: Monitored, trouble: MonitorTrouble, at: MonitorPlace): Promise<void> {
    const { told, log } = this.#services;
    const kinds = trouble.troubles.map(({ kind }) => kind).join(", ");
    log.warn(`monitoring: ${entry.subject}, ${trouble.workload.name}: ${kinds}`);
    const isFirst = await told.first(`monitored ${entry.id} ${entry.provenAt}`);
    if (isFirst) await this.#services.tell(entry, trouble, at);
  }

  #drop(id: string): void {
    this.#running.get(id)?.monitor?.dispose();
    this.#running.delete(id);
  }

  #keep(): void {
    this.#services.kept.save([...this.#running.values()].map(({ entry }) => entry));
  }
}
