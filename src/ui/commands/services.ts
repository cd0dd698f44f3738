import type { Clock, Log } from "../../app/ports.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import type { Monitoring } from "../monitoring.ts";
import type { HistoryPanels } from "../panel/historyPanels.ts";
import type { RollbackRuns } from "../panel/rollbackRuns.ts";
import type { Running } from "../running.ts";
import type { EnvironmentTree } from "../tree/environmentTree.ts";

/** How pushing or pulling ended; undefined is well. */
export type GitActionEnd =
  | { readonly reason: "no-git-extension" }
  | { readonly reason: "failed"; readonly detail: string }
  | undefined;

/** What the commands work with. Built once in extension.ts. */
export interface CommandServices {
  readonly clock: Clock;
  readonly log: Log & { show(): void };
  readonly folders: TeamFolders;
  /** Resolves once every folder's devdeploy.json has been read for the first time. */
  readonly foldersRead: Promise<void>;
  readonly tree: EnvironmentTree;
  readonly running: Running;
  /** The rollback panels. */
  readonly panels: Pick<HistoryPanels, "show" | "tellEnd">;
  /** Watches what was deployed, for a while. */
  readonly monitoring: Pick<Monitoring, "deployed">;
  /** The rollbacks of this window. */
  readonly runs: RollbackRuns;
  readonly git: {
    pushBranch(root: string, branch: string): Promise<GitActionEnd>;
    pullBranch(root: string): Promise<GitActionEnd>;
  };
}
