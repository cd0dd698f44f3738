import { html, render } from "lit-html";
import { isAboutElse } from "./announcement.ts";
import { connect, type Bridge } from "./bridge.ts";
import type { Deeds } from "./deeds.ts";
import { keepFocus } from "./focus.ts";
import {
  EMPTY,
  LONGEST_REASON,
  mayConfirm,
  take,
  typedText,
  withFilter,
  type PanelState,
} from "./panelState.ts";
import { underWay } from "./views/mark.ts";
import { page } from "./views/page.ts";

/** Where the panel is drawn: the host's page has a place for it. */
function place(): HTMLElement {
  const found = document.getElementById("panel");
  if (found !== null) return found;
  const made = document.createElement("div");
  document.body.append(made);
  return made;
}

function start(bridge: Bridge, root: HTMLElement): void {
  const kept = bridge.kept();
  let state: PanelState = kept?.filter ? { ...EMPTY, filter: kept.filter } : EMPTY;

  const draw = (): void => {
    const { view } = state;
    if (view === undefined) {
      const words = document.body.dataset["loading"] ?? "";
      render(
        html`<main class="opening">
          ${underWay()}
          <h1>${words}</h1>
        </main>`,
        root,
      );
      return;
    }
    document.documentElement.lang = view.language;
    render(page(view, state, deeds), root);
  };
  const change = (next: PanelState): void => {
    state = next;
    draw();
  };
  const remember = (): void => {
    const { memory, view, filter } = state;
    if (memory === undefined) return;
    bridge.keep({ ...memory, ...(view?.selected !== undefined && { chosen: view.selected }), filter });
  };

  const deeds: Deeds = {
    act: (id) => {
      bridge.post({ kind: "act", id });
    },
    choose: (revision) => {
      const row = state.view?.table.rows.find((each) => each.revision === revision);
      if (row === undefined) return;
      change({ ...state, current: revision, hint: row.mayBeChosen ? undefined : row.tooltip });
      if (row.mayBeChosen) bridge.post({ kind: "choose", revision });
    },
    moveTo: (current) => {
      change({ ...state, current });
    },
    filter: (filter) => {
      change(withFilter(state, filter));
      remember();
    },
    type: (review, text) => {
      change({ ...state, typed: { review, text } });
    },
    explain: (review, text) => {
      change({ ...state, reason: { review, text } });
    },
    confirm: () => {
      const confirm = state.view?.side.confirm;
      if (confirm === undefined || !mayConfirm(state)) return;
      const typed = typedText(state.typed, confirm.review);
      change({ ...state, confirmed: confirm.review });
      const reason = typedText(state.reason, confirm.review).trim().slice(0, LONGEST_REASON);
      bridge.post({
        kind: "confirm",
        review: confirm.review,
        typed,
        ...(reason === "" ? {} : { reason }),
      });
    },
  };

  bridge.listen((message) => {
    const before = state.view?.side;
    keepFocus(root, before !== undefined && isAboutElse(before, message.view.side), () => {
      change(take(state, message));
    });
    remember();
  });
  draw();
  bridge.post({ kind: "ready" });
}

start(connect(), place());
