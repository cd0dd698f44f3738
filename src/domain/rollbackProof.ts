/** One promise of the proof sheet, from the first moment on: what is promised is what is then proven. */
export interface ProofItem {
  readonly kind:
    | "reread"
    /** The operation Lease: held, or gone without by a person's word. */
    | "operation"
    | "record"
    | "status"
    | "description"
    | "no-other-deployed"
    | "observed"
    | "images"
    | "commit"
    | "pods"
    | "steady"
    | "manifest";
  /** `fact` is neither well nor ill: something that could not be proven, and why. */
  readonly state: "todo" | "running" | "ok" | "failed" | "fact";
  readonly workload?: string;
  /** Figures and names, data of the cluster. */
  readonly facts: string;
}
