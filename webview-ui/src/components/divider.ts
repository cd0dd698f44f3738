import { vsCodeDivider } from "@vscode/webview-ui-toolkit";
import { html, type TemplateResult } from "lit-html";
import { design } from "./design.ts";

design.register(vsCodeDivider());

/** A line between two parts. */
export const divider = (): TemplateResult => html`<vscode-divider></vscode-divider>`;
