import type { WorkloadAddress, WorkloadWatches } from "../../src/app/rolloutPorts.ts";
import type { WorkloadSight } from "../../src/domain/rollouts.ts";
import { FakeWatch, FakeWatches } from "./watches.ts";

/** Watches of Leases, releases and workloads, each opened when first asked for. */
export class FakeWorkloadWatches extends FakeWatches implements WorkloadWatches {
  readonly workloadWatches = new Map<string, FakeWatch<WorkloadSight>>();

  workload({ context, namespace, kind, name }: WorkloadAddress): FakeWatch<WorkloadSight> {
    const key = `${context}/${namespace}/${kind}/${name}`;
    const known = this.workloadWatches.get(key);
    if (known?.isOpen === true) return known;
    const watch = new FakeWatch<WorkloadSight>();
    this.workloadWatches.set(key, watch);
    return watch;
  }

  /** The watch says this of a workload, or that there is none, and is live. */
  tell(of: WorkloadAddress, sight: WorkloadSight | undefined): void {
    this.workload(of).tell({
      items: new Map(sight === undefined ? [] : [[of.name, sight]]),
      liveness: { kind: "live", verifiedAt: 1 },
      serverOffset: 0,
    });
  }
}
