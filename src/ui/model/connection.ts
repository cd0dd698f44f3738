import type { DeployServices } from "../../app/deployBranch.ts";
import type { Disposable, Listen } from "../../app/emitter.ts";
import type { LockBoard } from "../../app/lockBoard.ts";
import type { Repository, RepositoryError } from "../../app/ports.ts";
import type { EnvironmentView } from "../../app/releaseSummary.ts";
import type { UnlockOutcome } from "../../app/unlockMachine.ts";
import type { Machine, TeamConfig } from "../../domain/config.ts";
import type { Person } from "../../domain/person.ts";
import type { Result } from "../../domain/result.ts";

/** What is released where, live. */
export interface ReleaseBoard extends Disposable {
  /** In the order of devdeploy.json. */
  readonly environments: readonly EnvironmentView[];
  readonly onChange: Listen<void>;
  follow(config: TeamConfig | undefined): void;
  relist(): void;
}

/** A folder's live models and use cases, built once it may talk to clusters and run git. */
export interface Connection extends Disposable {
  readonly locks: Pick<
    LockBoard,
    "machines" | "pools" | "environments" | "onChange" | "follow" | "serverNow" | "relist" | "dispose"
  >;
  readonly releases: ReleaseBoard;
  /** Settings are read with every call. */
  deployServices(): Omit<DeployServices, "confirm">;
  unlockMachine(machine: Machine, by: Person, signal: AbortSignal): Promise<UnlockOutcome>;
  repository(signal: AbortSignal): Promise<Result<Repository, RepositoryError>>;
}
