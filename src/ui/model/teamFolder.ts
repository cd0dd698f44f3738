import { Emitter, type Disposable } from "../../app/emitter.ts";
import type { Clock, ConfigSource, Log } from "../../app/ports.ts";
import type { TeamConfig } from "../../domain/config.ts";
import { deployedBranches, flagsOf, type Flag } from "../../domain/flags.ts";
import type { Person } from "../../domain/person.ts";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { clusterSentence } from "../messages/cluster.ts";
import { clockOffSentence } from "../messages/facts.ts";
import { repositorySentence } from "../messages/repository.ts";
import type { FolderView } from "../tree/folderView.ts";
import type { Connection } from "./connection.ts";

/** A workspace folder: where it is and what it is called. */
export interface Place {
  readonly key: string;
  readonly name: string;
  readonly path: string;
}

export interface FolderServices {
  readonly clock: Clock;
  readonly log: Log;
  /** Loads the cluster client and builds the models; called once, when they are first needed. */
  connect(place: Place): Promise<Connection>;
}

const CLOCK_MOVED_MS: DurationMs = 5 * SECOND_MS;
const ASK_WHO_AGAIN_MS: DurationMs = 30 * SECOND_MS;

/** One workspace folder with its devdeploy.json and, once woken, its live models. Fires when anything shown changes. */
export class TeamFolder implements Disposable {
  readonly place: Place;
  readonly config: ConfigSource;
  readonly #services: FolderServices;
  readonly #changes = new Emitter<void>();
  readonly #listening: Disposable;
  /** What ends with the connection. */
  readonly #connected: Disposable[] = [];
  readonly #ending = new AbortController();
  #connecting: Promise<Connection> | undefined;
  #connection: Connection | undefined;
  #me: Person | undefined;
  #askedWhoAt: DurationMs | undefined;
  #isSeen = false;
  /** As it was told last. */
  #clockOff: DurationMs = 0;

  readonly onChange = this.#changes.event;

  constructor(place: Place, config: ConfigSource, services: FolderServices) {
    this.place = place;
    this.config = config;
    this.#services = services;
    this.#listening = config.onChange(() => {
      this.#follow();
    });
  }

  get team(): TeamConfig | undefined {
    return this.config.current.kind === "valid" ? this.config.current.config : undefined;
  }

  get me(): Person | undefined {
    return this.#me;
  }

  /** Connects if that has not been done; the caller has made sure that the workspace is trusted. */
  wake(): Promise<Connection> {
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  /** Builds everything anew: the kubeconfig that the person names has changed. */
  reconnect(): void {
    if (this.#connecting === undefined) return;
    this.#disconnect();
    this.#me = undefined;
    void this.wake();
  }

  /** Reads everything again at once. */
  refresh(): void {
    this.#askedWhoAt = undefined;
    this.#connection?.locks.relist();
    this.#connection?.releases.relist();
    this.#connection?.fates.refresh();
    this.#findMe();
  }

  /** Whether the person has the rows in view. */
  see(isSeen: boolean): void {
    this.#isSeen = isSeen;
    this.#connection?.fates.see(isSeen);
  }

  get view(): FolderView {
    const { clock } = this.#services;
    const locks = this.#connection?.locks;
    return {
      key: this.place.key,
      name: this.place.name,
      config: this.config.current,
      machines: locks?.machines ?? [],
      pools: locks?.pools ?? [],
      work: locks?.environments ?? [],
      releases: this.#connection?.releases.environments ?? [],
      machineReleases: this.#connection?.releases.machines ?? [],
      me: this.#me,
      flags: (machine) => this.#flags(machine),
      nowAt: (name) => locks?.serverNow(name) ?? clock.now(),
      now: clock.now(),
    };
  }

  async #connect(): Promise<Connection> {
    const connection = await this.#services.connect(this.place);
    if (this.#ending.signal.aborted) {
      connection.dispose();
      return connection;
    }
    this.#disconnect();
    this.#connecting = Promise.resolve(connection);
    this.#connection = connection;
    const tell = (): void => {
      this.#findMe();
      this.#followBranches();
      this.#noteClock();
      this.#changes.fire();
    };
    const { locks, releases, fates } = connection;
    this.#connected.push(locks.onChange(tell), releases.onChange(tell), fates.onChange(tell), connection);
    fates.see(this.#isSeen);
    this.#follow();
    return connection;
  }

  #disconnect(): void {
    this.#connecting = undefined;
    this.#connection = undefined;
    for (const one of this.#connected.splice(0)) one.dispose();
  }

  #follow(): void {
    const { team } = this;
    // Mistakes in the file close the connections: what it meant to name is not known any more.
    this.#connection?.locks.follow(team);
    this.#connection?.releases.follow(team);
    this.#askedWhoAt = undefined;
    this.#findMe();
    this.#changes.fire();
  }

  #followBranches(): void {
    const { team } = this;
    const connection = this.#connection;
    if (team === undefined || connection === undefined) return;
    const held = deployedBranches(connection.locks.machines.map(({ state }) => state));
    connection.fates.follow(held, team.defaultBranch);
  }

  #flags(name: string): readonly Flag[] {
    const connection = this.#connection;
    const machine = connection?.locks.machines.find((one) => one.name === name);
    if (connection === undefined || machine === undefined) return [];
    const { state, operation } = machine;
    const [deployed] = deployedBranches([state]);
    const release = connection.releases.machines.find((one) => one.name === name)?.target.state;
    return flagsOf({
      state,
      isBusy: operation !== undefined,
      fate: deployed === undefined ? undefined : connection.fates.fateOf(deployed),
      release: release?.kind === "revision" ? release : undefined,
      now: connection.locks.serverNow(name),
    });
  }

  /** A clock that is wrong is told once, and again when it is wrong in another way. */
  #noteClock(): void {
    const off =
      this.#connection?.locks.machines.find(({ clockOff }) => clockOff !== undefined)?.clockOff ?? 0;
    if (Math.abs(off - this.#clockOff) <= CLOCK_MOVED_MS) return;
    this.#clockOff = off;
    if (off !== 0) this.#services.log.warn(clockOffSentence(off));
  }

  /** Who is at this keyboard; asked again, now and then, until the cluster and git have both answered. */
  #findMe(): void {
    const now = this.#services.clock.monotonic();
    const isEarly = this.#askedWhoAt !== undefined && now - this.#askedWhoAt < ASK_WHO_AGAIN_MS;
    if (this.#me !== undefined || isEarly || this.#connection === undefined || this.team === undefined)
      return;
    this.#askedWhoAt = now;
    void this.#askWho(this.#connection, this.team);
  }

  async #askWho(connection: Connection, team: TeamConfig): Promise<void> {
    const { signal } = this.#ending;
    const { log } = this.#services;
    const repository = await connection.repository(signal);
    const name = repository.ok ? await repository.value.person(signal) : repository;
    if (!name.ok) {
      log.warn(repositorySentence(name.error));
      return;
    }
    const user = await connection.deployServices().identity.whoAmI(team.locks.context, signal);
    if (!user.ok) {
      if (!signal.aborted) log.warn(clusterSentence(user.error));
      return;
    }
    this.#me = { user: user.value, ...name.value, mail: name.value.mail.toLowerCase() };
    this.#changes.fire();
  }

  dispose(): void {
    this.#ending.abort();
    this.#listening.dispose();
    this.#disconnect();
    this.config.dispose();
    this.#changes.dispose();
  }
}
