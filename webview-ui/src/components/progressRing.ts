import { provideVSCodeDesignSystem, vsCodeProgressRing } from "@vscode/webview-ui-toolkit";
import { html, type TemplateResult } from "lit-html";

provideVSCodeDesignSystem().register(vsCodeProgressRing());

/** Something is under way; the words say what. */
export const progressRing = (words: string): TemplateResult =>
  html`<vscode-progress-ring aria-label=${words}></vscode-progress-ring>`;
