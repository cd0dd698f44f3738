import { html, render, type TemplateResult } from "lit-html";
import type { PanelView, StateMessage } from "../../src/protocol/panel.ts";
import { progressRing } from "./components/progressRing.ts";

function isState(message: unknown): message is StateMessage {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === "state";
}

const page = (view: PanelView | undefined): TemplateResult =>
  view === undefined
    ? html`<main>${progressRing("Reading the history")}</main>`
    : html`<main>
        <table>
          <caption>
            ${view.title}
          </caption>
          <thead>
            <tr>
              <th scope="col">Revision</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            ${view.table.rows.map(
              ({ revision, state }) =>
                html`<tr>
                  <th scope="row">${revision}</th>
                  <td>${state.text}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </main>`;

const show = (view: PanelView | undefined): void => {
  render(page(view), document.body);
};

show(undefined);
window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (isState(data)) show(data.view);
});
