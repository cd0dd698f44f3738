import type { Deprecation, Tier } from "../domain/config.ts";
import type { CommitHash } from "../domain/branch.ts";
import type { Liveness } from "../domain/cluster.ts";
import type { ReleaseStatus } from "../domain/release.ts";
import type { EpochMs } from "../domain/time.ts";
import type { ReleaseReadError } from "./ports.ts";

/** What is released at a target, as helm's record tells it. `deployed` means helm's last success, not what runs. */
export type TargetState =
  /** Not looked at yet. */
  | { readonly kind: "reading" }
  /** There is no such release. */
  | { readonly kind: "none" }
  | {
      readonly kind: "revision";
      readonly revision: number;
      readonly status: ReleaseStatus;
      readonly deployedAt: EpochMs;
      /** Absent where the revision bears no mark of ours. */
      readonly commit?: CommitHash;
      readonly branch?: string;
      readonly by?: string;
    }
  | { readonly kind: "unknown"; readonly error?: ReleaseReadError }
  /** Its release has a name that differs by branch, or its driver keeps no record that we can read. */
  | { readonly kind: "not-recorded"; readonly driver: "helm" | "kubernetes" | "http" | "slack" };

export interface TargetView {
  readonly name: string;
  readonly state: TargetState;
  readonly liveness: Liveness;
}

/** An environment, or a machine of a pool, with what is released there. */
export interface EnvironmentView {
  readonly name: string;
  readonly tier: Tier;
  readonly url?: string;
  readonly deprecated?: Deprecation;
  readonly targets: readonly TargetView[];
  /** The worst of its targets. */
  readonly liveness: Liveness;
}
