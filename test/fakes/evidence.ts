import type { EvidenceReader, EventsOf, InCluster, LogOf } from "../../src/app/diagnosePorts.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import type { EventFact, ReleaseFacts } from "../../src/domain/releaseFacts.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";

/** A cluster's evidence, as a test puts it there. What is not put there may not be read. */
export class FakeEvidence implements EvidenceReader {
  known: ReleaseFacts | ClusterError = { workloads: [], hooks: [] };
  /** By uid; forbidden where undefined. */
  told: Readonly<Record<string, readonly EventFact[]>> | undefined = {};
  /** By `pod/container`, with `previous ` before it for the run before. */
  logs: Readonly<Record<string, string>> = {};
  /** What was asked, e.g. `log web-1/app`. */
  readonly asked: string[] = [];

  facts(): Promise<Result<ReleaseFacts, ClusterError>> {
    this.asked.push("facts");
    return Promise.resolve("reason" in this.known ? fail(this.known) : ok(this.known));
  }

  workloadFacts(): Promise<Result<ReleaseFacts, ClusterError>> {
    return this.facts();
  }

  events(_at: InCluster, { uid }: EventsOf): Promise<Result<readonly EventFact[], ClusterError>> {
    this.asked.push(`events ${uid}`);
    if (this.told === undefined) return Promise.resolve(fail({ reason: "forbidden", detail: "events" }));
    return Promise.resolve(ok(this.told[uid] ?? []));
  }

  log(_at: InCluster, of: LogOf): Promise<Result<string, ClusterError>> {
    const key = `${of.previous ? "previous " : ""}${of.pod}/${of.container}`;
    this.asked.push(`log ${key}`);
    const text = this.logs[key];
    return Promise.resolve(
      text === undefined ? fail({ reason: "server-error", status: 400, detail: "not found" }) : ok(text),
    );
  }
}
