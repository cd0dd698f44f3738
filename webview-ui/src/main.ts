import { html, render, type TemplateResult } from "lit-html";
import type { HistoryView, StateMessage } from "../../src/protocol/history.ts";
import { progressRing } from "./components/progressRing.ts";

function isState(message: unknown): message is StateMessage {
  return typeof message === "object" && message !== null && "kind" in message && message.kind === "state";
}

const page = (view: HistoryView | undefined): TemplateResult =>
  view === undefined
    ? html`<main>${progressRing("Reading the history")}</main>`
    : html`<main>
        <table>
          <caption>
            ${view.environment}
          </caption>
          <thead>
            <tr>
              <th scope="col">Revision</th>
              <th scope="col">Status</th>
            </tr>
          </thead>
          <tbody>
            ${view.rows.map(
              ({ revision, status }) =>
                html`<tr>
                  <th scope="row">${revision}</th>
                  <td>${status}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </main>`;

const show = (view: HistoryView | undefined): void => {
  render(page(view), document.body);
};

show(undefined);
window.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
  if (isState(data)) show(data.view);
});
