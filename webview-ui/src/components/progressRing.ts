import { vsCodeProgressRing } from "@vscode/webview-ui-toolkit";
import { html, type TemplateResult } from "lit-html";
import { design } from "./design.ts";
import { named } from "./named.ts";

design.register(vsCodeProgressRing());

/** Something is under way; words beside it say what. */
export const progressRing = (): TemplateResult =>
  html`<vscode-progress-ring ${named(undefined)}></vscode-progress-ring>`;
