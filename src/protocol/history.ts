import type { ReleaseStatus } from "../domain/release.ts";

/** One revision as the panel shows it. */
export interface HistoryRow {
  readonly revision: number;
  readonly status: ReleaseStatus;
}

/** Everything the panel shows of one environment: always whole, never a change to an earlier one. */
export interface HistoryView {
  readonly environment: string;
  readonly rows: readonly HistoryRow[];
}

/** What the host tells the panel. */
export interface StateMessage {
  readonly kind: "state";
  readonly view: HistoryView;
}
