import type { ReleaseRef } from "../../app/ports.ts";
import type { RollbackOutcome, RollbackPhase } from "../../app/rollbackOutcome.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import { WindowRuns, type WindowRun, type WindowRunHandle } from "./windowRuns.ts";

/** A rollback that was begun, by this window or by one that is gone. */
export interface RunOrder {
  /** The machine or environment. */
  readonly subject: string;
  readonly release: ReleaseRef;
  readonly from: { readonly revision: number; readonly commit?: CommitHash };
  readonly to: { readonly revision: number; readonly commit?: CommitHash };
  /** The revision that it makes. */
  readonly revision: number;
  /** Commits that it takes away, newest first, as far as they are known. */
  readonly undone: readonly { readonly commit: string; readonly subject?: string }[];
  readonly startedAt: EpochMs;
  /** A window that is gone began it. */
  readonly isFollowed: boolean;
}

export type RunState = WindowRun<RunOrder, RollbackPhase, RollbackOutcome>;
export type RunHandle = WindowRunHandle<RollbackPhase, RollbackOutcome>;

/** The rollbacks of this window: at most one for each release. */
export class RollbackRuns extends WindowRuns<ReleaseRef, RunOrder, RollbackPhase, RollbackOutcome> {
  constructor(now: () => EpochMs) {
    super(
      {
        keyOf: ({ context, namespace, release }) => `${context}/${namespace}/${release}`,
        refOf: ({ release }) => release,
      },
      now,
    );
  }
}
