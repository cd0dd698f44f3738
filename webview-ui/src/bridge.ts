import type { PanelMemory, PanelMessage } from "../../src/protocol/panel.ts";
import { isMemory, isStateMessage } from "./checks.ts";
import type { StateMessage } from "../../src/protocol/panel.ts";

/** The way to the extension. */
export interface Bridge {
  post(message: PanelMessage): void;
  /** Calls with every state that is whole and not older than the last one; anything else is dropped. */
  listen(show: (message: StateMessage) => void): void;
  /** What was kept before a reload; undefined where nothing was, or where it cannot be read. */
  kept(): PanelMemory | undefined;
  keep(memory: PanelMemory): void;
}

/** As much of VS Code's API of webviews as is used here. */
interface WebviewApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  // VS Code defines it in its webviews, and hands it out once.
  var acquireVsCodeApi: (() => WebviewApi) | undefined;
}

/** The name of the event by which a page that is no webview hears what the panel posts. */
export const POSTED = "devdeploy-posted";

/** Connects with VS Code, or, in a plain browser, with whoever listens on the window. */
export function connect(): Bridge {
  const api = globalThis.acquireVsCodeApi?.() ?? plainBrowser();
  return {
    post: (message) => {
      api.postMessage(message);
    },
    listen: (show) => {
      listen(show);
    },
    kept: () => {
      const kept = api.getState();
      return isMemory(kept) ? kept : undefined;
    },
    keep: (memory) => {
      api.setState(memory);
    },
  };
}

function listen(show: (message: StateMessage) => void): void {
  let lastTurn = Number.NEGATIVE_INFINITY;
  window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (!isStateMessage(data)) return;
    const turn = data.turn ?? lastTurn;
    if (turn < lastTurn) return;
    lastTurn = turn;
    show(data);
  });
}

/** Stands in for VS Code where the page is opened by itself, e.g. as the preview. */
function plainBrowser(): WebviewApi {
  let state: unknown;
  return {
    postMessage: (message) => {
      window.dispatchEvent(new CustomEvent(POSTED, { detail: message }));
    },
    getState: () => state,
    setState: (kept) => {
      state = kept;
    },
  };
}
