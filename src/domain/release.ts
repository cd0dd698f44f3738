import { parseCommitHash, type CommitHash } from "./branch.ts";
import type { ObjectVersion } from "./cluster.ts";
import { MINUTE_MS, type DurationMs, type EpochMs } from "./time.ts";

/** helm's status words; another word is kept as `unknown`. */
export type ReleaseStatus =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback";

export const isPending = (status: ReleaseStatus): boolean =>
  status === "pending-install" || status === "pending-upgrade" || status === "pending-rollback";

/** What Devdeploy wrote on a revision when it made it. */
export interface RevisionMark {
  readonly commit: CommitHash;
  readonly branch?: string;
  readonly by?: string;
}

/** An image as a container of a manifest names it. */
export interface ContainerImage {
  /** As `workloadName` writes it, e.g. `Deployment/web`. */
  readonly workload: string;
  readonly container: string;
  readonly image: string;
}

/** How a workload is named where kind and name stand in one text. */
export const workloadName = (kind: string, name: string): string => `${kind}/${name}`;

/** Of a name that `workloadName` made. */
export const isDaemonSet = (workload: string): boolean => workload.startsWith("DaemonSet/");

const RELEASE_NAME = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const MAX_RELEASE_NAME_LENGTH = 53;

/** helm's own rule for release names; asked before helm is started, so that the answer can be a sentence of ours. */
export const isReleaseName = (text: string): boolean =>
  text.length <= MAX_RELEASE_NAME_LENGTH && RELEASE_NAME.test(text);

/** A value of JSON, as helm keeps values. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An object that helm makes around a release's own, and does not track: a rollback does not undo it. */
export interface ReleaseHook {
  readonly kind: string;
  readonly name: string;
  /** e.g. `pre-upgrade`, `post-rollback`. */
  readonly events: readonly string[];
  readonly manifest: string;
}

/** Where helm keeps a record: its storage driver. `sql` and `memory` cannot be read through the API. */
export type RecordDriver = "secret" | "configmap";

/** One revision of a release, from helm's own record. */
export interface Revision {
  readonly revision: number;
  readonly status: ReleaseStatus;
  /** helm's own word where it is none that we know. */
  readonly unknownStatus?: string;
  /** helm's info.last_deployed: when this revision was made. */
  readonly deployedAt: EpochMs;
  readonly description: string;
  readonly chart: string;
  readonly appVersion?: string;
  readonly chartAnnotations: Readonly<Record<string, string>>;
  /** Files of the chart's folder `crds`: helm applies them at the first install and never again. */
  readonly chartCrds?: readonly string[];
  readonly images: readonly ContainerImage[];
  readonly manifest: string;
  /** What the person gave helm, without the chart's defaults. May hold secrets. */
  readonly values: { readonly [key: string]: Json };
  readonly hooks: readonly ReleaseHook[];
  /** The record's labels without helm's own six. Later upgrades inherit them. */
  readonly labels: Readonly<Record<string, string>>;
  /** The revision that a rollback went back to, by `info.rollback_revision`, else by the description. */
  readonly rollbackTo?: number;
  /** How helm applied it: `csa` where the record says nothing. */
  readonly applyMethod: "csa" | "ssa";
  readonly driver: RecordDriver;
  /**
   * Only when the mark names this very revision: marks are labels, which later upgrades by others inherit.
   * The image in the manifest wins over it.
   */
  readonly mark?: RevisionMark;
  readonly version: ObjectVersion;
}

/** The revisions of a release as labels tell them, without their payloads. Newest first. */
export interface RevisionLabel {
  readonly revision: number;
  readonly status: ReleaseStatus;
  readonly createdAt: EpochMs;
  readonly driver: RecordDriver;
  /** Names the very record, so that one that was read needs not be read again. */
  readonly version: ObjectVersion;
}

/** From when on a record that is pending since then no longer means busy: helm's timeout and a margin have passed. */
export const busyUntil = (since: EpochMs, timeout: DurationMs): EpochMs => since + timeout + 5 * MINUTE_MS;

/** helm works at a release for its timeout at most; until then, and a margin, a pending record means busy. */
export const isBusy = (
  revision: Pick<Revision, "status" | "deployedAt">,
  now: EpochMs,
  timeout: DurationMs,
): boolean => isPending(revision.status) && now < busyUntil(revision.deployedAt, timeout);

const NOT_HEX = /[^0-9a-f]+/u;
const MIN_DIGITS = 7;
const SHA1_DIGITS = 40;

/**
 * Digits of commits in a text: whole hashes, or at least seven digits of one, alone or set off by characters that
 * are no hex digits, as in `master-4f1c0de` or `v1.2.3-5-g4f1c0de`.
 */
export const commitDigits = (text: string): readonly string[] => [
  ...new Set(text.toLowerCase().split(NOT_HEX).filter(isDigits)),
];

const isDigits = (part: string): boolean =>
  (part.length >= MIN_DIGITS && part.length <= SHA1_DIGITS) || parseCommitHash(part).ok;

/** Whether an image's tag names the commit. */
export const imageNamesCommit = (image: string, commit: CommitHash): boolean =>
  commitDigits(imageTag(image) ?? "").some((digits) => commit.startsWith(digits));

/** The tag of an image reference; undefined where it has none (a digest alone, or nothing). */
export function imageTag(image: string): string | undefined {
  const withoutDigest = image.split("@", 1)[0] ?? "";
  const lastPart = withoutDigest.slice(withoutDigest.lastIndexOf("/") + 1);
  const colon = lastPart.indexOf(":");
  return colon === -1 ? undefined : lastPart.slice(colon + 1);
}
