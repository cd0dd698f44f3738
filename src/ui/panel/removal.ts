import type { StuckRelease } from "../../domain/history.ts";
import type { Person } from "../../domain/person.ts";
import type { Attached } from "./followedHistory.ts";
import type { RemovalState, SideState } from "./model.ts";

/** Uninstalls what was never finished, and tells how far it is. */
export async function runRemoval(
  { connection, subject }: Attached,
  { stuck, by, typed }: { readonly stuck: StuckRelease; readonly by: Person; readonly typed: string },
  show: (side: SideState) => void,
): Promise<void> {
  const state = { kind: "removal", stuck } as const;
  show({ ...state, step: "running" });
  // What helm began goes on whoever watches, so nothing here is ever aborted.
  const { signal } = new AbortController();
  const outcome = await connection.rollback.remove({ subject, stuck, by, typed }, signal);
  const next: RemovalState =
    outcome.kind === "removed" ? { ...state, step: "removed" } : { ...state, step: "asked", outcome };
  show(next);
}
