import { baselineOf, lookAt, watchedFrom, type MonitorLook, type Watched } from "../domain/monitoring.ts";
import { manifestEntries, type ManifestEntry } from "../domain/manifest.ts";
import { workloadName, type Revision, type RevisionLabel } from "../domain/release.ts";
import type { WorkloadSight } from "../domain/rollouts.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import type { Monitored, MonitorListener } from "./monitors.ts";
import type { Clock, ClusterWatches, ReleaseRef, ReleaseStore, Watch } from "./ports.ts";
import type { Manifests } from "./rollbackPorts.ts";
import type { WorkloadAddress, WorkloadWatches } from "./rolloutPorts.ts";

export interface MonitorServices {
  readonly watches: Pick<ClusterWatches, "releases"> & WorkloadWatches;
  readonly releases: Pick<ReleaseStore, "revision">;
  readonly manifests: Pick<Manifests, "read">;
  readonly clock: Clock;
}

/** Each workload is a watch of its own. */
const MOST_WORKLOADS = 10;
const READ_AGAIN_MS: DurationMs = 10 * SECOND_MS;

interface Followed {
  readonly workload: WorkloadAddress;
  readonly watch: Watch<WorkloadSight>;
  watched: Watched | undefined;
}

/**
 * Watches what was deployed, for as long as nothing newer is, and tells of the first trouble. Nothing is polled, and
 * nothing is judged by what may be old.
 */
export class RolloutMonitor implements Disposable {
  readonly #services: MonitorServices;
  readonly #entry: Monitored;
  readonly #listener: MonitorListener;
  readonly #over = new AbortController();
  readonly #owned: Disposable[] = [];
  readonly #followed = new Map<string, Followed>();
  #records: Watch<readonly RevisionLabel[]> | undefined;
  #again: Disposable | undefined;

  constructor(services: MonitorServices, entry: Monitored, listener: MonitorListener) {
    this.#services = services;
    this.#entry = entry;
    this.#listener = listener;
    const { clock, watches } = services;
    const { what, until } = entry;
    this.#own(
      clock.after(Math.max(0, until - clock.now()), () => {
        this.#end();
      }),
    );
    if (what.kind === "workload") {
      this.#follow([what.workload]);
      return;
    }
    const { context, namespace } = what.release;
    this.#records = this.#own(watches.releases(context, namespace));
    this.#own(this.#records.onChange(this.#changed));
    void this.#followRelease(what.release, what.revision);
  }

  dispose(): void {
    this.#over.abort();
    this.#again?.dispose();
    for (const one of this.#owned.splice(0)) one.dispose();
    this.#followed.clear();
  }

  /** The workloads of the record that was made; those that were seen before a reload are known already. */
  async #followRelease(release: ReleaseRef, revision: number): Promise<void> {
    const known = Object.keys(this.#entry.baselines).flatMap((key) => addressOf(key, release));
    const workloads = known.length > 0 ? known : await this.#workloadsOf(release, revision);
    if (this.#isOver()) return;
    if (workloads.length === 0) this.#end();
    else this.#follow(workloads.slice(0, MOST_WORKLOADS));
  }

  async #workloadsOf(release: ReleaseRef, revision: number): Promise<readonly WorkloadAddress[]> {
    const { releases, clock } = this.#services;
    const { signal } = this.#over;
    while (!signal.aborted) {
      const record = await releases.revision(release, revision, signal);
      if (record.ok) return record.value === undefined ? [] : await this.#named(release, record.value);
      await clock.sleep(READ_AGAIN_MS, signal);
    }
    return [];
  }

  /** A chart may put workloads into other namespaces than the release's. */
  async #named(release: ReleaseRef, { manifest }: Revision): Promise<readonly WorkloadAddress[]> {
    const { namespace } = release;
    const entries = manifestEntries(await this.#services.manifests.read(manifest), namespace);
    return entries.flatMap((entry) => workloadOf(entry, release));
  }

  #follow(workloads: readonly WorkloadAddress[]): void {
    for (const workload of workloads) {
      const watch = this.#own(this.#services.watches.workload(workload));
      const key = keyOf(workload, this.#home);
      const baseline = this.#entry.baselines[key];
      const watched = baseline === undefined ? undefined : watchedFrom(baseline);
      this.#followed.set(key, { workload, watch, watched });
      this.#own(watch.onChange(this.#changed));
    }
    this.#look();
  }

  get #home(): string {
    const { what } = this.#entry;
    return what.kind === "release" ? what.release.namespace : what.workload.namespace;
  }

  readonly #changed = (): void => {
    this.#look();
  };

  #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  #look(): void {
    if (this.#isOver() || !this.#isNewest()) return;
    let lookAgainAt = Infinity;
    for (const [key, followed] of [...this.#followed]) {
      const { current } = followed.watch;
      if (current.liveness.kind !== "live") continue;
      const at = this.#lookAt(key, followed, current.items.get(followed.workload.name));
      lookAgainAt = Math.min(lookAgainAt, at);
      if (this.#isOver()) return;
    }
    this.#lookAgain(lookAgainAt);
  }

  /** Whether the record that helm made last is still ours; only where that is so now is anything told. */
  #isNewest(): boolean {
    const { what } = this.#entry;
    if (what.kind === "workload") return true;
    const event = this.#records?.current;
    if (event?.liveness.kind !== "live") return false;
    const revisions = (event.items.get(what.release.release) ?? []).map(({ revision }) => revision);
    if (Math.max(0, ...revisions) === what.revision) return true;
    this.#end();
    return false;
  }

  /** Answers when it is to be looked at again; `Infinity` where its next change alone can tell more. */
  #lookAt(key: string, followed: Followed, sight: WorkloadSight | undefined): number {
    const watched = followed.watched ?? this.#begin(followed, sight);
    // The controller has not made a revision of it yet.
    if (watched === undefined) return Infinity;
    const look: MonitorLook =
      watched === "not-ours" ? { kind: watched } : lookAt(sight, watched, this.#services.clock.now());
    switch (look.kind) {
      case "not-ours":
        this.#leave(key);
        return Infinity;
      case "trouble":
        this.dispose();
        this.#listener.trouble({ workload: followed.workload, troubles: look.troubles });
        return Infinity;
      case "well":
        followed.watched = look.watched;
        return look.lookAgainAt ?? Infinity;
    }
  }

  /** The first look: what is there now is what was proven, unless it has another number already. */
  #begin(followed: Followed, sight: WorkloadSight | undefined): Watched | "not-ours" | undefined {
    if (sight === undefined) return "not-ours";
    const baseline = baselineOf(sight);
    if (baseline === undefined) return undefined;
    const { what } = this.#entry;
    if (what.kind === "workload" && sight.rollout.current?.revision !== what.revision) return "not-ours";
    followed.watched = watchedFrom(baseline);
    this.#listener.kept(this.#baselines());
    return followed.watched;
  }

  #baselines(): Monitored["baselines"] {
    const seen = [...this.#followed].flatMap(([key, { watched }]) =>
      watched === undefined ? [] : [[key, watched.baseline] as const],
    );
    return { ...this.#entry.baselines, ...Object.fromEntries(seen) };
  }

  /** One workload has gone another way; the others are still what was deployed. */
  #leave(key: string): void {
    this.#followed.delete(key);
    if (this.#followed.size === 0) this.#end();
  }

  #lookAgain(at: number): void {
    this.#again?.dispose();
    this.#again = undefined;
    if (at === Infinity) return;
    const { clock } = this.#services;
    this.#again = clock.after(Math.max(0, at - clock.now()), () => {
      this.#look();
    });
  }

  #end(): void {
    if (this.#isOver()) return;
    this.dispose();
    this.#listener.ended();
  }

  #own<T extends Disposable>(disposable: T): T {
    this.#owned.push(disposable);
    return disposable;
  }
}

const KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;

const kindOf = (text: string): WorkloadAddress["kind"] | undefined => KINDS.find((one) => one === text);

/** Other kinds run to their end, or make no pods, and are no workloads that could be watched. */
function workloadOf(
  { object }: ManifestEntry,
  { context, namespace: home }: ReleaseRef,
): readonly WorkloadAddress[] {
  const { name, namespace, apiVersion } = object;
  const kind = apiVersion.startsWith("apps/") ? kindOf(object.kind) : undefined;
  return kind === undefined ? [] : [{ context, namespace: namespace === "" ? home : namespace, kind, name }];
}

/** `Deployment/web`, or `far/Deployment/web` in another namespace. */
function keyOf({ kind, namespace, name }: WorkloadAddress, home: string): string {
  const own = workloadName(kind, name);
  return namespace === home ? own : `${namespace}/${own}`;
}

function addressOf(key: string, { context, namespace: home }: ReleaseRef): readonly WorkloadAddress[] {
  const [name = "", kindText = "", namespace = home] = key.split("/").reverse();
  const kind = kindOf(kindText);
  return kind === undefined ? [] : [{ context, namespace, kind, name }];
}
