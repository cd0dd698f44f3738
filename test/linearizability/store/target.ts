import type { ServerAccess } from "../../contract/kubeconfig.ts";
import type { RequestFaults } from "./requestFaults.ts";

/** An API server that clients contend on and that can be hurt. */
export interface Target {
  readonly name: "sandbox" | "control plane";
  readonly access: ServerAccess;
  /** The user names that clients may have, given out in turn. */
  readonly users: readonly [string, ...string[]];
  /** What can be done to single requests; undefined where nobody stands between. */
  readonly requests: RequestFaults | undefined;
  /** Ends the API server as a crash or an upgrade does and starts it again with the same data. */
  restart(downMs: number): Promise<void>;
  stop(): Promise<void>;
}
