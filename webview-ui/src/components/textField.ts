import { TextField, vsCodeTextField } from "@vscode/webview-ui-toolkit";
import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { design } from "./design.ts";
import { named } from "./named.ts";

design.register(vsCodeTextField());

export interface Field {
  /** Stands over the field. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly type: (text: string) => void;
  /** In characters. */
  readonly maxLength?: number;
  readonly enter?: () => void;
  readonly escape?: () => void;
}

/** A line to type into. */
export const textField = ({
  label,
  placeholder,
  value,
  type,
  maxLength,
  enter,
  escape,
}: Field): TemplateResult =>
  html`<vscode-text-field
    placeholder=${placeholder}
    autocomplete="off"
    spellcheck="false"
    maxlength=${maxLength ?? nothing}
    .value=${live(value)}
    ${named(label)}
    @input=${({ target }: Event) => {
      if (target instanceof TextField) type(target.value);
    }}
    @keydown=${({ key, isComposing }: KeyboardEvent) => {
      if (isComposing) return;
      if (key === "Enter") enter?.();
      if (key === "Escape") escape?.();
    }}
    >${label}</vscode-text-field
  >`;
