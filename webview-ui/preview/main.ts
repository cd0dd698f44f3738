import type { PanelMessage, PanelView } from "../../src/protocol/panel.ts";
import { POSTED } from "../src/bridge.ts";
import { NOT_PROVEN, PROVEN, READING, REVIEW, RUNNING } from "./sides.ts";
import { STATES } from "./states.ts";
import { aPanel } from "./web.ts";

// `preview.html?state=review&theme=light` shows one state; what is pressed in it goes on as in the real panel.

const THEMES = ["dark", "light", "high-contrast", "high-contrast-light"];
const asked = new URLSearchParams(location.search);
const first = asked.get("state") ?? "choose";

let turn = 0;
const show = (view: PanelView): void => {
  turn += 1;
  window.postMessage({ kind: "state", view, turn }, "*");
};

const later = (view: PanelView, seconds: number): void => {
  window.setTimeout(() => {
    show(view);
  }, seconds * 1000);
};

function answer(message: PanelMessage): void {
  switch (message.kind) {
    case "ready":
      show(STATES[first] ?? aPanel());
      return;
    case "choose":
      show(aPanel(READING, { selected: message.revision }));
      later(aPanel(REVIEW, { selected: message.revision }), 0.4);
      return;
    case "confirm":
      show(aPanel(RUNNING, { selected: 167 }));
      later(aPanel(PROVEN, { selected: 167, banners: [] }), 3);
      return;
    case "act":
      if (message.id === "stop-watching") show(aPanel(NOT_PROVEN, { selected: 167 }));
      return;
  }
}

function dress(theme: string): void {
  document.documentElement.dataset["theme"] = theme;
  document.body.dataset["vscodeThemeKind"] = `vscode-${theme}`;
  document.body.className = theme.startsWith("high-contrast")
    ? `vscode-high-contrast vscode-${theme}`
    : `vscode-${theme}`;
}

const words = (options: readonly string[], name: string, chosen: string): HTMLSelectElement => {
  const select = document.createElement("select");
  select.setAttribute("aria-label", name);
  select.append(...options.map((option) => new Option(option, option, false, option === chosen)));
  select.addEventListener("change", () => {
    asked.set(name, select.value);
    location.search = asked.toString();
  });
  return select;
};

window.addEventListener(POSTED, (event) => {
  // A custom event of the bridge's own: it carries what the panel posts.
  if (event instanceof CustomEvent) answer(event.detail as PanelMessage);
});

const theme = asked.get("theme") ?? "dark";
dress(THEMES.includes(theme) ? theme : "dark");
document
  .querySelector("#chooser")
  ?.append(words(Object.keys(STATES), "state", first), words(THEMES, "theme", theme));
