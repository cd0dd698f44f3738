import { isBusy, isPending, type Revision } from "../domain/release.ts";
import { MINUTE_MS, type EpochMs } from "../domain/time.ts";
import type { Busy } from "./deployOutcome.ts";
import type { DeployTarget } from "./deployTarget.ts";
import type { ReleaseRef, ReleaseStore } from "./ports.ts";

/** helm keeps ten revisions by default. */
const LOOK_BACK = 10;

/**
 * Why helm must not be started on a release, going by its newest record, Lease or not. A pending one that is younger
 * than its time limit means that somebody's helm is at work; an older one that its helm was killed, and that helm
 * refuses to go on before somebody has cleared it.
 */
export async function busyRelease(
  releases: ReleaseStore,
  { driver, release }: Pick<DeployTarget, "driver" | "release">,
  latest: Revision | undefined,
  at: { readonly now: EpochMs; readonly signal: AbortSignal },
): Promise<Busy | undefined> {
  if (latest === undefined || !isPending(latest.status)) return undefined;
  const { revision, status, deployedAt, mark } = latest;
  const facts = {
    revision,
    status,
    since: deployedAt,
    age: Math.max(0, at.now - deployedAt),
    ...(mark?.by === undefined ? {} : { by: mark.by }),
  };
  if (isBusy(latest, at.now, driver.timeoutMinutes * MINUTE_MS)) return { kind: "release", ...facts };
  const lastGood = await lastGoodRevision(releases, release, revision, at.signal);
  return { kind: "stuck", ...facts, release, ...(lastGood === undefined ? {} : { lastGood }) };
}

/** The newest revision before this one that ran: `helm rollback` works over a pending record, to one that it is told. */
async function lastGoodRevision(
  releases: ReleaseStore,
  release: ReleaseRef,
  before: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  for (let revision = before - 1; revision > 0 && revision >= before - LOOK_BACK; revision -= 1) {
    const found = await releases.revision(release, revision, signal);
    const status = found.ok ? found.value?.status : undefined;
    if (status === "deployed" || status === "superseded") return revision;
  }
  return undefined;
}
