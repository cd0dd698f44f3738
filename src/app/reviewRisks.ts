import type { ClusterError, ObjectRef } from "../domain/cluster.ts";
import type { WhatRuns } from "../domain/history.ts";
import { operationRef, type OperationRecord } from "../domain/operation.ts";
import { isBusy, type Revision } from "../domain/release.ts";
import type { ImageAnswer, ManifestObject, Risk } from "../domain/rollback.ts";
import type { Result } from "../domain/result.ts";
import { MINUTE_MS, SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock, OperationStore } from "./ports.ts";
import type { RollbackSubject } from "./rollbackOutcome.ts";
import type { ImageRegistry, LiveObjects } from "./rollbackPorts.ts";
import { withinLimit } from "./withinLimit.ts";

/** A review is waited for; what does not answer within this time is said not to have been asked. */
export const REVIEW_LIMIT_MS: DurationMs = 5 * SECOND_MS;
const MOST_IMAGES = 50;

type RiskOf<K extends Risk["kind"]> = Extract<Risk, { readonly kind: K }>;

export interface RiskServices {
  readonly live: LiveObjects;
  readonly operations: OperationStore;
  readonly registry: ImageRegistry;
  readonly clock: Clock;
}

/** Whether the target's images are still where its pods would pull them from. */
export async function imageRisks(
  { registry, clock }: Pick<RiskServices, "registry" | "clock">,
  to: Pick<Revision, "images">,
  signal: AbortSignal,
): Promise<readonly RiskOf<"images">[]> {
  const images = [...new Set(to.images.map(({ image }) => image))];
  if (images.length === 0) return [];
  const asked = images.slice(0, MOST_IMAGES);
  const notAsked = (detail: string) => (image: string) => ({ kind: "not-asked", image, detail }) as const;
  const answers = await withinLimit<readonly ImageAnswer[]>(
    clock,
    {
      limit: REVIEW_LIMIT_MS,
      run: (stop) => registry.look(asked, stop),
      otherwise: () => asked.map(notAsked(tooSlow())),
    },
    signal,
  );
  const others = images.slice(MOST_IMAGES).map(notAsked(`more than ${MOST_IMAGES} images`));
  return [{ kind: "images", answers: [...answers, ...others] }];
}

/** Whether the person may do what helm will do: to the target's objects, to those that go, and to helm's records. */
export async function rightsRisks(
  { live, clock }: Pick<RiskServices, "live" | "clock">,
  {
    subject,
    newest,
    to,
    deletes,
  }: {
    readonly subject: RollbackSubject;
    readonly newest: Revision;
    readonly to: Revision;
    readonly deletes: readonly ManifestObject[];
  },
  signal: AbortSignal,
): Promise<readonly Risk[]> {
  const wish = { manifest: to.manifest, deletes, driver: newest.driver };
  const ask = (stop: AbortSignal): ReturnType<LiveObjects["missingRights"]> =>
    live.missingRights(subject.release, wish, stop);
  return [await rightsRisk(clock, { context: subject.release.context, ask }, signal)];
}

/** What the person may not do, by the API server's own word. */
export function rightsRisk(
  clock: Clock,
  {
    context,
    ask,
  }: {
    readonly context: string;
    readonly ask: (signal: AbortSignal) => Promise<Result<readonly string[], ClusterError>>;
  },
  signal: AbortSignal,
): Promise<RiskOf<"rights">> {
  const notAsked = (error: ClusterError): RiskOf<"rights"> => ({
    kind: "rights",
    missing: [],
    notAsked: error,
  });
  return withinLimit<RiskOf<"rights">>(
    clock,
    {
      limit: REVIEW_LIMIT_MS,
      run: async (stop) => {
        const missing = await ask(stop);
        return missing.ok ? { kind: "rights", missing: missing.value } : notAsked(missing.error);
      },
      otherwise: () => notAsked(noAnswer(context)),
    },
    signal,
  );
}

/** Whether somebody works at it, by the operation Lease and by helm's own newest record. */
export async function workRisks(
  { operations, clock }: Pick<RiskServices, "operations" | "clock">,
  { subject, newest }: { readonly subject: RollbackSubject; readonly newest: Revision },
  signal: AbortSignal,
): Promise<readonly Risk[]> {
  const ref = operationRef(subject.name, { name: subject.target, driver: subject.driver }, subject.locks);
  const isHelmBusy = isBusy(newest, clock.now(), subject.driver.timeoutMinutes * MINUTE_MS);
  const byHelm: readonly Risk[] = isHelmBusy
    ? [{ kind: "at-work", by: newest.mark?.by ?? "helm", what: newest.status }]
    : [];
  const byLease = await workRisk({ operations, clock }, ref, signal);
  return byLease.kind === "nobody-at-work" && isHelmBusy ? byHelm : [...byHelm, byLease];
}

type WorkRisk = RiskOf<"nobody-at-work" | "at-work" | "no-operation-lease">;

/** Whether somebody works at it, by the operation Lease alone. */
export function workRisk(
  { operations, clock }: Pick<RiskServices, "operations" | "clock">,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<WorkRisk> {
  return withinLimit<WorkRisk>(
    clock,
    {
      limit: REVIEW_LIMIT_MS,
      run: async (stop) => {
        const read = await operations.read(ref, stop);
        return read.ok ? workOf(read.value.value.record) : { kind: "no-operation-lease", error: read.error };
      },
      otherwise: () => ({ kind: "no-operation-lease", error: noAnswer(ref.context) }),
    },
    signal,
  );
}

function workOf(record: OperationRecord): WorkRisk {
  switch (record.kind) {
    case "idle":
      return { kind: "nobody-at-work" };
    case "working":
      return { kind: "at-work", by: record.name, what: record.what };
    case "unreadable":
      return { kind: "at-work", by: record.holder, what: record.problem };
  }
}

export const driftRisks = (runs: WhatRuns): readonly Risk[] =>
  runs.kind === "drift" ? [{ kind: "drift", differences: runs.differences }] : [];

const tooSlow = (): string => `no answer within ${REVIEW_LIMIT_MS / SECOND_MS} s`;

const noAnswer = (context: string): ClusterError => ({
  reason: "timeout",
  server: context,
  afterMs: REVIEW_LIMIT_MS,
});
