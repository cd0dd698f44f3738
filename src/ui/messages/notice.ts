import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { DocumentRequest } from "../documents.ts";

/** What a button of a notification does; its label stands in `buttonLabel`, its deed in `ui/notices.ts`. */
export type Button =
  | { readonly kind: "open-url"; readonly url: string; readonly machine: string }
  | { readonly kind: "copy-url"; readonly url: string }
  | { readonly kind: "show-log" }
  | { readonly kind: "push-and-devdeploy"; readonly branch: string; readonly commit: string }
  | { readonly kind: "pull" }
  | { readonly kind: "choose-branch" }
  | { readonly kind: "devdeploy-again" }
  | { readonly kind: "unlock"; readonly machine: string }
  /** The holder's answer to somebody who asks for their machine. */
  | { readonly kind: "unlock-now"; readonly machine: string }
  | { readonly kind: "keep"; readonly machine: string }
  | { readonly kind: "extend"; readonly machine: string }
  | { readonly kind: "devdeploy-branch"; readonly branch: string }
  | { readonly kind: "give-up-waiting"; readonly pool: string }
  /** To be told when a machine of the pool is free. */
  | { readonly kind: "wait"; readonly pool: string; readonly branch?: string }
  | { readonly kind: "stop-waiting"; readonly pool: string }
  | { readonly kind: "devdeploy-any" }
  | { readonly kind: "show-environments" }
  /** Opens the history of a release, or of a workload's rollouts. */
  | {
      readonly kind: "show-history";
      readonly folder: string;
      readonly subject: string;
      readonly target: string;
      readonly workload?: WorkloadAddress;
    }
  /** Opens the same with a way back to be reviewed; without `chosen` it is the recommended one. Nothing is done yet. */
  | ({ readonly kind: "roll-back" } & RollBackTo)
  /** Opens something of the cluster's to be read: the log of what is in trouble. */
  | { readonly kind: "open-log"; readonly request: DocumentRequest }
  | { readonly kind: "create-config" }
  | { readonly kind: "open-config" }
  | { readonly kind: "open-settings"; readonly setting: string }
  | { readonly kind: "manage-trust" };

/** A history, and what its person may want to go back to. */
export interface RollBackTo {
  readonly folder: string;
  readonly subject: string;
  readonly target: string;
  readonly workload?: WorkloadAddress;
  readonly chosen?: number;
  readonly commit?: CommitHash;
}

/** One notification: what happened, to what, what to do next. */
export interface Notice {
  readonly severity: "info" | "warning" | "error";
  readonly text: string;
  /** The first is what most people will want. */
  readonly buttons: readonly Button[];
}
