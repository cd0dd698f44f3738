import type { ClusterError } from "../domain/cluster.ts";
import type { EventFact, ReleaseFacts } from "../domain/releaseFacts.ts";
import type { Revision } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import type { ReleaseRef } from "./ports.ts";
import type { WorkloadAddress } from "./rolloutPorts.ts";

/** Where an object is looked for. */
export interface InCluster {
  readonly context: string;
}

/** An object as its events are found by. */
export interface EventsOf {
  readonly namespace: string;
  readonly uid: string;
}

/** A container whose words are wanted. */
export interface LogOf {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Of the run before the present one: what a container that restarts said before it died. */
  readonly previous: boolean;
}

/** Reads what can tell why something that was rolled out does not run. Everything is bounded, in number and in size. */
export interface EvidenceReader {
  /** States of the workloads and hooks that the revision names, and of the pods of their newest template. */
  facts(
    ref: ReleaseRef,
    revision: Pick<Revision, "manifest" | "hooks">,
    signal: AbortSignal,
  ): Promise<Result<ReleaseFacts, ClusterError>>;
  /** The same of one workload, whoever rolled it out: one item, and no hooks. */
  workloadFacts(of: WorkloadAddress, signal: AbortSignal): Promise<Result<ReleaseFacts, ClusterError>>;
  /** Newest last. Often forbidden, often gone: a diagnosis has to do without. */
  events(
    at: InCluster,
    of: EventsOf,
    signal: AbortSignal,
  ): Promise<Result<readonly EventFact[], ClusterError>>;
  /** The last lines, as the container wrote them: not yet fit to be shown. Often forbidden, often not kept. */
  log(at: InCluster, of: LogOf, signal: AbortSignal): Promise<Result<string, ClusterError>>;
}
