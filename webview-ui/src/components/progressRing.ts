import { vsCodeProgressRing } from "@vscode/webview-ui-toolkit";
import { html, type TemplateResult } from "lit-html";
import { design } from "./design.ts";
import { named } from "./named.ts";

design.register(vsCodeProgressRing());

/** Something is under way; the words say what. */
export const progressRing = (words: string): TemplateResult =>
  html`<vscode-progress-ring ${named({ label: words, role: "img" })}></vscode-progress-ring>`;
