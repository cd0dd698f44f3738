import type { ReleaseReadError, ReleaseRef, ReleaseStore } from "../../src/app/ports.ts";
import type { Revision } from "../../src/domain/release.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";

/** helm's records in memory, by the name of the release. */
export class FakeReleaseStore implements ReleaseStore {
  readonly revisions = new Map<string, readonly Revision[]>();
  error: ReleaseReadError | undefined;
  reads = 0;

  add(release: string, revision: Revision): void {
    const others = (this.revisions.get(release) ?? []).filter((one) => one.revision !== revision.revision);
    this.revisions.set(release, [...others, revision]);
  }

  latest({ release }: ReleaseRef, signal: AbortSignal): ReturnType<ReleaseStore["latest"]> {
    const sorted = [...(this.revisions.get(release) ?? [])].sort((a, b) => b.revision - a.revision);
    return this.#answer(sorted[0], signal);
  }

  revision(
    { release }: ReleaseRef,
    revision: number,
    signal: AbortSignal,
  ): ReturnType<ReleaseStore["revision"]> {
    return this.#answer(
      this.revisions.get(release)?.find((one) => one.revision === revision),
      signal,
    );
  }

  #answer(
    found: Revision | undefined,
    signal: AbortSignal,
  ): Promise<Result<Revision | undefined, ReleaseReadError>> {
    this.reads += 1;
    if (signal.aborted) return Promise.resolve(fail({ reason: "aborted" }));
    return Promise.resolve(this.error === undefined ? ok(found) : fail(this.error));
  }
}
