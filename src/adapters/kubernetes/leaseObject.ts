import type { ObjectVersion } from "../../domain/cluster.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../../domain/time.ts";
import { numberAt, objectAt, textAt, textsAt, type JsonObject } from "./json.ts";
import { parseMicroTime } from "./microTime.ts";

export const LEASE_API = "coordination.k8s.io/v1";

/** Our names for what we keep on a Lease, all below `devdeploy.dev/`. */
export const ANNOTATION = {
  holderName: "devdeploy.dev/holder-name",
  branch: "devdeploy.dev/branch",
  commit: "devdeploy.dev/commit",
  reason: "devdeploy.dev/reason",
  url: "devdeploy.dev/url",
  claim: "devdeploy.dev/claim",
  history: "devdeploy.dev/history",
  /** Who asks the holder for the machine. */
  asks: "devdeploy.dev/asks",
  /** Who waits for a machine of a pool; on the pool's own Lease. */
  waiting: "devdeploy.dev/waiting",
  /** Why nobody should deploy to an environment for a while. */
  hold: "devdeploy.dev/hold",
  /** Whose the machine was before it was given back. */
  lastHolder: "devdeploy.dev/last-holder",
  run: "devdeploy.dev/run",
  what: "devdeploy.dev/what",
} as const;

export const LABEL = { managedBy: "app.kubernetes.io/managed-by", pool: "devdeploy.dev/pool" } as const;
export const MANAGED_BY = "devdeploy";

/** Kubernetes allows 256 KiB of annotations; what is longer than this is not one of ours. */
const MAX_ANNOTATION_LENGTH = 16 * 1024;
const MAX_SHOWN_HOLDER_LENGTH = 200;
/** The API server keeps 32 bits. */
const MAX_SECONDS = 2 ** 31 - 1;

export const versionOf = (lease: JsonObject): ObjectVersion => ({
  uid: textAt(lease, "metadata", "uid") ?? "",
  resourceVersion: textAt(lease, "metadata", "resourceVersion") ?? "",
});

/** Empty for a free Lease: `""`, null and absence mean the same to every tool. */
export const holderOf = (lease: JsonObject): string => textAt(lease, "spec", "holderIdentity") ?? "";

/** Never below zero, whatever somebody wrote. */
export const transitionsOf = (lease: JsonObject): number =>
  Math.max(0, Math.trunc(numberAt(lease, "spec", "leaseTransitions") ?? 0));

export const annotationsOf = (lease: JsonObject): Readonly<Record<string, string>> =>
  textsAt(lease, "metadata", "annotations");

/** What was found wrong, in words; for people. */
export type Problem = string;

export interface Term {
  readonly acquiredAt: EpochMs;
  readonly renewedAt: EpochMs;
  readonly lasts: DurationMs;
  /** renewTime as it stands in the object. */
  readonly beat: string;
}

/** When a Lease was taken and renewed and for how long: renewTime + leaseDurationSeconds is its end. */
export function termOf(lease: JsonObject): Result<Term, Problem> {
  const beat = textAt(lease, "spec", "renewTime");
  if (beat === undefined) return fail("renewTime is missing");
  const renewedAt = parseMicroTime(beat);
  if (renewedAt === undefined) return fail("renewTime is not a time");
  const seconds = numberAt(lease, "spec", "leaseDurationSeconds");
  if (seconds === undefined) return fail("leaseDurationSeconds is missing");
  if (!(seconds > 0)) return fail("leaseDurationSeconds is not above zero");
  if (seconds > MAX_SECONDS) return fail("leaseDurationSeconds is too long");
  const acquired = textAt(lease, "spec", "acquireTime");
  const acquiredAt = acquired === undefined ? renewedAt : parseMicroTime(acquired);
  if (acquiredAt === undefined) return fail("acquireTime is not a time");
  return ok({ acquiredAt, renewedAt, lasts: seconds * SECOND_MS, beat });
}

type AnnotationName = (typeof ANNOTATION)[keyof typeof ANNOTATION];

/** Of those that are read, one that is too long to be ours, or undefined. */
export function oversizedAnnotation(
  annotations: Readonly<Record<string, string>>,
  read: readonly AnnotationName[],
): Problem | undefined {
  const name = read.find((key) => isOversized(annotations[key]));
  return name === undefined ? undefined : `the annotation ${name} is too long`;
}

export const isOversized = (text: string | undefined): boolean => (text?.length ?? 0) > MAX_ANNOTATION_LENGTH;

export const shownHolder = (holder: string): string => holder.slice(0, MAX_SHOWN_HOLDER_LENGTH);

/** What is to become of a Lease: our fields set, or taken away where undefined; everything else stays as it is. */
export interface LeaseChange {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string | undefined>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * The whole object for a PUT. uid and resourceVersion are always in it: without the uid a PUT to a name that
 * was deleted meanwhile creates the object again, and without the version it is refused.
 */
export function changedLease(lease: JsonObject, change: LeaseChange): JsonObject {
  const metadata = Object.fromEntries(
    // managedFields are left out, which leaves them to the server; the rest belongs to others as well.
    Object.entries(objectAt(lease, "metadata")).filter(([key]) => key !== "managedFields"),
  );
  return {
    apiVersion: LEASE_API,
    kind: "Lease",
    metadata: {
      ...metadata,
      ...versionOf(lease),
      labels: { ...textsAt(lease, "metadata", "labels"), ...change.labels },
      annotations: withoutUndefined({ ...annotationsOf(lease), ...change.annotations }),
    },
    spec: withoutUndefined({ ...objectAt(lease, "spec"), ...change.spec }),
  };
}

/** The object for a POST. */
export function newLease(namespace: string, name: string, change: LeaseChange): JsonObject {
  const { labels, annotations, spec } = change;
  return {
    apiVersion: LEASE_API,
    kind: "Lease",
    metadata: { namespace, name, labels, annotations: withoutUndefined(annotations) },
    spec: withoutUndefined(spec),
  };
}

const withoutUndefined = (object: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
