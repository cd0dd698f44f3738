import type { Liveness } from "../domain/cluster.ts";
import type { Target, TeamConfig } from "../domain/config.ts";
import type { RevisionLabel } from "../domain/release.ts";
import type { WorkloadSight } from "../domain/rollouts.ts";
import { renderPlace } from "../domain/template.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import { OpenWatches, workloadsToFollow } from "./openWatches.ts";
import type { ClusterWatches, ReleaseRef, ReleaseStore, WatchEvent } from "./ports.ts";
import type { WorkloadAddress, WorkloadWatches } from "./rolloutPorts.ts";
import {
  environmentView,
  machineReleaseView,
  newestOf,
  rolloutView,
  targetView,
  withoutVerification,
  type EnvironmentView,
  type MachineReleaseView,
  type ReadRevision,
} from "./releaseSummary.ts";

export interface EnvironmentBoardServices {
  readonly watches: ClusterWatches & WorkloadWatches;
  readonly releases: ReleaseStore;
}

const refKey = (ref: ReleaseRef): string => JSON.stringify([ref.context, ref.namespace, ref.release]);

/**
 * The one live model of what is released where. The watch tells revisions and their status by labels alone; a
 * record itself is read only when the newest (revision, status) of its release changes.
 */
export class EnvironmentBoard implements Disposable {
  readonly #services: EnvironmentBoardServices;
  readonly #changes = new Emitter<void>();
  readonly #releases: OpenWatches<ReleaseRef, readonly RevisionLabel[]>;
  readonly #workloads: OpenWatches<WorkloadAddress, WorkloadSight>;
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
    const { watches } = services;
    const changed = (): void => {
      this.#update();
    };
    this.#releases = new OpenWatches(
      {
        // One watch brings all releases of a namespace.
        keyOf: ({ context, namespace }) => JSON.stringify([context, namespace]),
        open: ({ context, namespace }) => watches.releases(context, namespace),
      },
      changed,
    );
    this.#workloads = workloadsToFollow(watches, changed);
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
    this.#releases.follow(config === undefined ? [] : allReleases(config));
    this.#workloads.follow(config === undefined ? [] : allWorkloads(config));
    this.#update();
  }

  /** Reads everything again at once. */
  relist(): void {
    this.#read.clear();
    this.#releases.relist();
    this.#workloads.relist();
  }

  dispose(): void {
    this.#closed.abort();
    for (const each of [this.#releases, this.#workloads, this.#changes]) each.dispose();
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
    const address = workloadOf(target, place);
    if (address !== undefined) {
      const { liveness, items } = this.#workloads.of(address) ?? NOT_YET;
      return rolloutView(target, { liveness, sight: items.get(address.name) });
    }
    const ref = releaseOf(target, place);
    if (ref === undefined) return targetView(target, undefined);
    const event = this.#releases.of(ref);
    const liveness: Liveness = event?.liveness ?? { kind: "connecting" };
    return targetView(target, {
      liveness,
      newest: newestOf(event?.items.get(ref.release)),
      read: this.#read.get(refKey(ref)),
    });
  }

  #readWhatIsNew(refs: readonly ReleaseRef[]): void {
    for (const ref of refs) {
      const event = this.#releases.of(ref);
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

const NOT_YET: WatchEvent<WorkloadSight> = {
  items: new Map(),
  liveness: { kind: "connecting" },
  serverOffset: undefined,
};

const allTargets = ({ environments, pools }: TeamConfig): readonly (readonly [Target, Place])[] => [
  ...environments.flatMap(({ name, targets }) =>
    targets.map((target) => [target, { environment: name }] as const),
  ),
  ...pools
    .flatMap(({ machines }) => machines)
    .map(({ name, target }) => [target, { machine: name }] as const),
];

const allWorkloads = (config: TeamConfig): readonly WorkloadAddress[] =>
  allTargets(config).flatMap(([target, place]) => workloadOf(target, place) ?? []);

/** Undefined where it is not deployed by the image of a Deployment, or by one whose name differs by branch. */
function workloadOf({ driver }: Target, place: Place): WorkloadAddress | undefined {
  if (driver.kind !== "kubernetes") return undefined;
  const { context, namespace } = driver;
  const name = renderPlace(driver.deployment, place);
  return name === undefined ? undefined : { context, namespace, kind: "Deployment", name };
}

const allReleases = (config: TeamConfig): readonly ReleaseRef[] =>
  allTargets(config).flatMap(([target, place]) => releaseOf(target, place) ?? []);

/** Undefined where no record of helm's can be looked up beforehand. */
function releaseOf({ driver }: Target, place: Place): ReleaseRef | undefined {
  if (driver.kind !== "helm") return undefined;
  const release = renderPlace(driver.release, place);
  return release === undefined
    ? undefined
    : { context: driver.context, namespace: driver.namespace, release };
}
