import type { ContainerImage, RevisionLabel } from "../domain/release.ts";
import { isPending } from "../domain/release.ts";
import { fateOf, reachedCluster } from "../domain/revisionFate.ts";
import type { WorkloadKind } from "../domain/rollouts.ts";
import { Emitter, type Disposable, type Listen } from "./emitter.ts";
import { HistoryRecords } from "./historyRecords.ts";
import type { LivePods, PodsSnapshot, PodsSubject } from "./livePods.ts";
import { WatchedWorkloads, type Underway } from "./livePodsWatches.ts";
import type { Clock, ClusterWatches, ReleaseRef, Watch } from "./ports.ts";
import type { ReleaseHistoryStore } from "./rollbackPorts.ts";
import type { WorkloadAddress, WorkloadWatches } from "./rolloutPorts.ts";

export interface ReleasePodsServices {
  readonly watches: ClusterWatches & WorkloadWatches;
  readonly history: ReleaseHistoryStore;
  readonly clock: Clock;
}

/** Each workload is a watch of its own. */
const MOST_WORKLOADS = 10;
/** With more records in a row that never reached the cluster, nothing is known of what is there. */
const MOST_RECORDS = 8;

/** Something that is being followed, and what is known of it. */
interface Follower extends Disposable {
  readonly snapshot: PodsSnapshot;
}

/** The live pods of a release or of a workload. Nothing is asked of the cluster before somebody listens. */
export class ReleasePods implements LivePods {
  readonly #follow: (changed: () => void) => Follower;
  readonly #changes = new Emitter<void>({
    begin: () => {
      this.#open();
    },
    end: () => {
      this.#close();
    },
  });
  #follower: Follower | undefined;
  #snapshot: PodsSnapshot = { kind: "reading" };
  #shown = "";

  constructor(services: ReleasePodsServices, subject: PodsSubject) {
    this.#follow = (changed) =>
      subject.kind === "release"
        ? new FollowedRelease(services, subject.release, changed)
        : new FollowedWorkload(services, subject.workload, changed);
  }

  get current(): PodsSnapshot {
    return this.#snapshot;
  }

  readonly onChange: Listen<void> = this.#changes.event;

  dispose(): void {
    this.#close();
    this.#changes.dispose();
  }

  #open(): void {
    this.#follower = this.#follow(() => {
      this.#update();
    });
    // Whoever begins to listen looks at once; they are told of what changes afterwards.
    this.#see(this.#follower);
  }

  #close(): void {
    this.#follower?.dispose();
    this.#follower = undefined;
    // What was seen is not kept: it would be old by the time that somebody looks again.
    this.#snapshot = { kind: "reading" };
    this.#shown = "";
  }

  #update(): void {
    if (this.#follower === undefined) return;
    const before = this.#shown;
    this.#see(this.#follower);
    if (this.#shown !== before) this.#changes.fire();
  }

  #see({ snapshot }: Follower): void {
    this.#snapshot = snapshot;
    this.#shown = JSON.stringify(snapshot);
  }
}

class FollowedWorkload implements Follower {
  readonly #workload: WorkloadAddress;
  readonly #workloads: WatchedWorkloads;

  constructor({ watches }: ReleasePodsServices, workload: WorkloadAddress, changed: () => void) {
    this.#workload = workload;
    this.#workloads = new WatchedWorkloads(watches, changed);
    this.#workloads.follow([workload]);
  }

  get snapshot(): PodsSnapshot {
    return { kind: "known", items: [this.#workloads.podsOf(this.#workload)], more: 0 };
  }

  dispose(): void {
    this.#workloads.dispose();
  }
}

/**
 * The workloads that the newest record which reached the cluster names. While helm is at work that is its own
 * record already, so that the new pods are shown as they come.
 */
class FollowedRelease implements Follower {
  readonly #release: ReleaseRef;
  readonly #watch: Watch<readonly RevisionLabel[]>;
  readonly #listening: Disposable;
  readonly #records: HistoryRecords;
  readonly #workloads: WatchedWorkloads;

  constructor(services: ReleasePodsServices, release: ReleaseRef, changed: () => void) {
    const look = (): void => {
      this.#look();
      changed();
    };
    this.#release = release;
    this.#watch = services.watches.releases(release.context, release.namespace);
    this.#records = new HistoryRecords(services, release, look);
    this.#workloads = new WatchedWorkloads(services.watches, changed);
    this.#listening = this.#watch.onChange(look);
    this.#look();
  }

  get snapshot(): PodsSnapshot {
    const { liveness } = this.#watch.current;
    if (liveness.kind === "connecting") return { kind: "reading" };
    if (liveness.kind === "stale") return { kind: "unknown", since: liveness.since, error: liveness.error };
    const named = this.#named();
    if (named.kind !== "known") return { kind: named.kind };
    const items = this.#followed(named.images).map((workload) =>
      this.#workloads.podsOf(workload, named.underway),
    );
    return { kind: "known", items, more: addresses(this.#release, named.images).length - items.length };
  }

  dispose(): void {
    this.#listening.dispose();
    for (const each of [this.#watch, this.#records, this.#workloads]) each.dispose();
  }

  /** Reads the records that are needed, and no others: each of them has to be decoded. */
  #look(): void {
    const labels = this.#labels();
    const open = labels.findIndex((label) => this.#judge(label).kind !== "not-applied");
    this.#records.follow(open === -1 ? labels : labels.slice(0, open + 1));
    const named = this.#named();
    // While a newer record is being read, the watches that are open are most likely those that it needs.
    if (named.kind === "known") this.#workloads.follow(this.#followed(named.images));
  }

  #labels(): readonly RevisionLabel[] {
    const labels = this.#watch.current.items.get(this.#release.release) ?? [];
    const driver = labels[0]?.driver;
    return labels.filter((label) => label.driver === driver).slice(0, MOST_RECORDS);
  }

  #named(): Named {
    for (const label of this.#labels()) {
      const judged = this.#judge(label);
      if (judged.kind !== "not-applied") return judged;
    }
    return { kind: "known", images: [] };
  }

  #judge(label: RevisionLabel): Named | { readonly kind: "not-applied" } {
    const record = this.#records.of(label);
    if (record.kind === "reading") return { kind: "reading" };
    if (record.kind !== "read") return { kind: "unknown" };
    const { description, images } = record.revision;
    const fate = fateOf(label.status, description);
    if (fate === "uninstalled") return { kind: "known", images: [] };
    if (reachedCluster(fate, description) === "no") return { kind: "not-applied" };
    return isPending(label.status)
      ? { kind: "known", images, underway: { images, since: label.createdAt } }
      : { kind: "known", images };
  }

  #followed(images: readonly ContainerImage[]): readonly WorkloadAddress[] {
    return addresses(this.#release, images).slice(0, MOST_WORKLOADS);
  }
}

/** What the newest record says that there is. */
type Named =
  | { readonly kind: "reading" }
  | { readonly kind: "unknown" }
  | { readonly kind: "known"; readonly images: readonly ContainerImage[]; readonly underway?: Underway };

const KINDS: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet"];

/** Each workload with pods that run for as long as the release does, in the manifest's order. */
function addresses(
  { context, namespace }: ReleaseRef,
  images: readonly ContainerImage[],
): readonly WorkloadAddress[] {
  const names = [...new Set(images.map(({ workload }) => workload))];
  return names.flatMap((text): readonly WorkloadAddress[] => {
    const slash = text.indexOf("/");
    const kind = KINDS.find((one) => one === text.slice(0, slash));
    return kind === undefined ? [] : [{ context, namespace, kind, name: text.slice(slash + 1) }];
  });
}
