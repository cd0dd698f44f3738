import type { Liveness } from "../domain/cluster.ts";
import type { Target, TeamConfig } from "../domain/config.ts";
import type { RevisionLabel } from "../domain/release.ts";
import { renderPlace } from "../domain/template.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import type { ClusterWatches, ReleaseRef, ReleaseStore, Watch } from "./ports.ts";
import {
  environmentView,
  machineReleaseView,
  newestOf,
  targetView,
  withoutVerification,
  type EnvironmentView,
  type MachineReleaseView,
  type ReadRevision,
} from "./releaseSummary.ts";

export interface EnvironmentBoardServices {
  readonly watches: ClusterWatches;
  readonly releases: ReleaseStore;
}

interface Followed {
  readonly watch: Watch<readonly RevisionLabel[]>;
  readonly listening: Disposable;
}

const keyOf = (context: string, namespace: string): string => JSON.stringify([context, namespace]);
const refKey = (ref: ReleaseRef): string => JSON.stringify([ref.context, ref.namespace, ref.release]);

/**
 * The one live model of what is released where. The watch tells revisions and their status by labels alone; a
 * record itself is read only when the newest (revision, status) of its release changes.
 */
export class EnvironmentBoard implements Disposable {
  readonly #services: EnvironmentBoardServices;
  readonly #changes = new Emitter<void>();
  readonly #followed = new Map<string, Followed>();
  readonly #read = new Map<string, ReadRevision>();
  readonly #closed = new AbortController();
  #config: TeamConfig | undefined;
  #environments: readonly EnvironmentView[] = [];
  #machines: readonly MachineReleaseView[] = [];
  #shown = "";
  /** Records are decoded one after the other, so that the editor has room to breathe in between. */
  #queue: Promise<void> = Promise.resolve();

  readonly onChange: Listen<void> = this.#changes.event;

  constructor(services: EnvironmentBoardServices) {
    this.#services = services;
  }

  /** In the order of devdeploy.json. */
  get environments(): readonly EnvironmentView[] {
    return this.#environments;
  }

  /** What is released on each machine of every pool, in the order of devdeploy.json. */
  get machines(): readonly MachineReleaseView[] {
    return this.#machines;
  }

  /** Opens the watches that this configuration needs and closes the others; undefined closes all. */
  follow(config: TeamConfig | undefined): void {
    this.#config = config;
    const refs = config === undefined ? [] : allReleases(config);
    const wanted = new Map(refs.map((ref) => [keyOf(ref.context, ref.namespace), ref]));
    for (const [key, followed] of this.#followed) {
      if (!wanted.has(key)) this.#leave(key, followed);
    }
    for (const [key, { context, namespace }] of wanted) {
      if (this.#followed.has(key)) continue;
      const watch = this.#services.watches.releases(context, namespace);
      const listening = watch.onChange(() => {
        this.#update();
      });
      this.#followed.set(key, { watch, listening });
    }
    this.#update();
  }

  /** Reads everything again at once. */
  relist(): void {
    this.#read.clear();
    for (const { watch } of this.#followed.values()) watch.relist();
  }

  dispose(): void {
    this.#closed.abort();
    for (const [key, followed] of this.#followed) this.#leave(key, followed);
    this.#changes.dispose();
  }

  #leave(key: string, { watch, listening }: Followed): void {
    listening.dispose();
    watch.dispose();
    this.#followed.delete(key);
  }

  #update(): void {
    if (this.#closed.signal.aborted) return;
    const config = this.#config;
    if (config !== undefined) this.#readWhatIsNew(allReleases(config));
    const view = (target: Target, place: Place): ReturnType<typeof targetView> =>
      this.#targetView(target, place);
    this.#environments = (config?.environments ?? []).map((environment) =>
      environmentView(
        environment,
        environment.targets.map((target) => view(target, { environment: environment.name })),
      ),
    );
    this.#machines = (config?.pools ?? [])
      .flatMap(({ machines }) => machines)
      .map((machine) => machineReleaseView(machine, view(machine.target, { machine: machine.name })));
    const shown = JSON.stringify([this.#environments, this.#machines], withoutVerification);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#changes.fire();
  }

  #targetView(target: Target, place: Place): ReturnType<typeof targetView> {
    const ref = releaseOf(target, place);
    if (ref === undefined) return targetView(target, undefined);
    const event = this.#followed.get(keyOf(ref.context, ref.namespace))?.watch.current;
    const liveness: Liveness = event?.liveness ?? { kind: "connecting" };
    return targetView(target, {
      liveness,
      newest: newestOf(event?.items.get(ref.release)),
      read: this.#read.get(refKey(ref)),
    });
  }

  #readWhatIsNew(refs: readonly ReleaseRef[]): void {
    for (const ref of refs) {
      const event = this.#followed.get(keyOf(ref.context, ref.namespace))?.watch.current;
      const newest = newestOf(event?.items.get(ref.release));
      const known = this.#read.get(refKey(ref));
      if (newest === undefined || event?.liveness.kind !== "live") continue;
      if (known?.revision === newest.revision && known.status === newest.status) continue;
      // Noted before it is read, so that further events do not ask for the same again.
      const entry: ReadRevision = { revision: newest.revision, status: newest.status };
      this.#read.set(refKey(ref), entry);
      this.#queue = this.#queue.then(() => this.#readRecord(ref, entry));
    }
  }

  async #readRecord(ref: ReleaseRef, entry: ReadRevision): Promise<void> {
    const key = refKey(ref);
    if (this.#read.get(key) !== entry) return;
    const answer = await this.#services.releases.revision(ref, entry.revision, this.#closed.signal);
    if (this.#read.get(key) !== entry) return;
    this.#read.set(key, { ...entry, answer });
    this.#update();
  }
}

interface Place {
  readonly machine?: string;
  readonly environment?: string;
}

function allReleases(config: TeamConfig): readonly ReleaseRef[] {
  return [
    ...config.environments.flatMap(({ name, targets }) =>
      targets.map((target) => releaseOf(target, { environment: name })),
    ),
    ...config.pools.flatMap(({ machines }) =>
      machines.map(({ name, target }) => releaseOf(target, { machine: name })),
    ),
  ].filter((ref) => ref !== undefined);
}

/** Undefined where no record of helm's can be looked up beforehand. */
function releaseOf({ driver }: Target, place: Place): ReleaseRef | undefined {
  if (driver.kind !== "helm") return undefined;
  const release = renderPlace(driver.release, place);
  return release === undefined
    ? undefined
    : { context: driver.context, namespace: driver.namespace, release };
}
