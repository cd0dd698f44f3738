/** One line of the proof sheet: what was looked at, how it stands, and the facts that say so. */
export interface ProofLine {
  readonly kind: "release" | "observed" | "images" | "commit" | "pods" | "steady";
  readonly state: "ok" | "waiting" | "failed";
  /** `Deployment/web`; absent on lines about the whole release. */
  readonly workload?: string;
  /** Figures and names, e.g. `1 of 2 ready`; untranslated data of the cluster. */
  readonly facts: string;
}
