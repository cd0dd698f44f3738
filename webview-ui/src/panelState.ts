import type { PanelView, StateMessage } from "../../src/protocol/panel.ts";
import { announcement, type Announcement } from "./announcement.ts";
import { filterRows, NO_FILTER, type Filter } from "./filterRows.ts";

/** What the panel knows: the host's last word, and what the person has at hand in here. */
export interface PanelState {
  readonly view?: PanelView;
  readonly memory?: StateMessage["memory"];
  readonly filter: Filter;
  /** The row that the keyboard is on. */
  readonly current: number | undefined;
  /** What was typed below the review of this name. */
  readonly typed: { readonly review: string; readonly text: string };
  /** Why it is to be done, as it was said below the review of this name. */
  readonly reason: { readonly review: string; readonly text: string };
  /** The review whose button was pressed, until the host answers. */
  readonly confirmed: string | undefined;
  /** Why the row that was pressed cannot be chosen. */
  readonly hint: string | undefined;
  readonly said?: Announcement;
}

/** In characters: what stands on an object is read in one line. */
export const LONGEST_REASON = 200;

export const EMPTY: PanelState = {
  filter: NO_FILTER,
  typed: { review: "", text: "" },
  reason: { review: "", text: "" },
  current: undefined,
  confirmed: undefined,
  hint: undefined,
};

/** Takes what the host says. What was typed is kept as long as it is about the same review. */
export function take(state: PanelState, { view, memory = state.memory }: StateMessage): PanelState {
  const said = announcement(state.view?.side, view.side) ?? state.said;
  const isSameSide = state.view?.side.key === view.side.key;
  return settled({
    ...state,
    view,
    ...(memory && { memory }),
    ...(said && { said }),
    confirmed: undefined,
    hint: isSameSide ? state.hint : undefined,
    typed: state.typed.review === view.side.confirm?.review ? state.typed : EMPTY.typed,
    reason: state.reason.review === view.side.confirm?.review ? state.reason : EMPTY.reason,
  });
}

/** Takes another filter. */
export const withFilter = (state: PanelState, filter: Filter): PanelState => settled({ ...state, filter });

/** The keyboard's row is always one that is shown: the one it was on, the chosen one, the recommended, the first. */
function settled(state: PanelState): PanelState {
  const rows = state.view ? filterRows(state.view.table.rows, state.filter) : [];
  const recommended = rows.find(({ isRecommended }) => isRecommended)?.revision;
  const wanted = [state.current, state.view?.selected, recommended, rows[0]?.revision];
  const isShown = (revision: number | undefined): boolean => rows.some((row) => row.revision === revision);
  return { ...state, current: wanted.find(isShown) };
}

/** Whether the confirming button may be pressed. The host compares again. */
export function mayConfirm({ view, typed, confirmed }: PanelState): boolean {
  const confirm = view?.side.confirm;
  if (confirm === undefined || confirm.button.isDisabled === true) return false;
  if (confirmed === confirm.review) return false;
  return confirm.typing === undefined || typedText(typed, confirm.review) === confirm.typing.expected;
}

/** What stands in the field below this review. */
export const typedText = (typed: PanelState["typed"], review: string): string =>
  typed.review === review ? typed.text : "";
