import type { ClusterError } from "../../domain/cluster.ts";
import type { Connection } from "./connection.ts";

/**
 * The cluster that a context led to when it was first asked. The kubeconfig may be edited meanwhile, and the same
 * name then leads elsewhere: a resourceVersion, a claim and a revision of one cluster mean nothing in another.
 */
export class ClusterPin {
  #first: Connection | undefined;

  /** What is wrong with going on over this connection; undefined where it leads to the same cluster. */
  refusal(context: string, connection: Connection): ClusterError | undefined {
    this.#first ??= connection;
    return this.#first.cluster === connection.cluster ? undefined : { reason: "context-changed", context };
  }
}
