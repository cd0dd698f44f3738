import type { ClusterError } from "../domain/cluster.ts";
import type { WhatRuns } from "../domain/history.ts";
import type { ContainerImage } from "../domain/release.ts";
import type { Result } from "../domain/result.ts";
import { whatRuns, type Candidates } from "../domain/whatRuns.ts";
import type { Disposable } from "./emitter.ts";
import { detailOf } from "./historyRecords.ts";
import type { ReleaseRef } from "./ports.ts";
import type { LiveObjects } from "./rollbackPorts.ts";

interface Look {
  /** Names the revisions that this look is for, and what had become of them. */
  readonly key: string;
  readonly manifest: string;
  readonly answer?: Result<readonly ContainerImage[], ClusterError>;
}

/** The images that a release's workloads have, looked at anew whenever other revisions may be what runs. */
export class LiveImages implements Disposable {
  readonly #live: LiveObjects;
  readonly #ref: ReleaseRef;
  readonly #changed: () => void;
  readonly #closed = new AbortController();
  #look: Look | undefined;
  #isLooking = false;

  constructor(live: LiveObjects, ref: ReleaseRef, changed: () => void) {
    this.#live = live;
    this.#ref = ref;
    this.#changed = changed;
  }

  /** What runs of these, as far as it is known. */
  of(candidates: Candidates): WhatRuns {
    if (candidates.kind !== "known") return candidates;
    const known = candidates.candidates;
    if (known.length === 0) return { kind: "nothing" };
    const key = known
      .map(({ revision, fate }) => `${revision.revision}/${revision.version.uid}/${fate}`)
      .join();
    if (this.#look?.key !== key) {
      const manifest = known.map(({ revision }) => revision.manifest).join("\n---\n");
      this.#look = { key, manifest };
      void this.#read(this.#look);
    }
    const answer = this.#look.answer;
    if (answer === undefined) return { kind: "reading" };
    if (!answer.ok) return { kind: "unknown", detail: detailOf(answer.error), error: answer.error };
    return whatRuns(known, answer.value);
  }

  /** Looks once more; until that is answered, the last look counts. */
  again(): void {
    if (this.#look !== undefined && !this.#isLooking) void this.#read(this.#look);
  }

  dispose(): void {
    this.#closed.abort();
  }

  async #read(look: Look): Promise<void> {
    this.#isLooking = true;
    const answer = await this.#live.images(this.#ref, look.manifest, this.#closed.signal);
    if (this.#look?.key !== look.key || this.#closed.signal.aborted) return;
    this.#isLooking = false;
    this.#look = { ...look, answer };
    this.#changed();
  }
}
