import { vsCodeButton } from "@vscode/webview-ui-toolkit";
import { html, nothing, type TemplateResult } from "lit-html";
import { design } from "./design.ts";

design.register(vsCodeButton());

export interface Button {
  readonly label: string;
  readonly look: "primary" | "secondary";
  readonly isDisabled: boolean;
  readonly tooltip: string | undefined;
  readonly press: () => void;
}

/** A button of the toolkit. */
export const button = ({ label, look, isDisabled, tooltip, press }: Button): TemplateResult =>
  html`<vscode-button
    appearance=${look}
    ?disabled=${isDisabled}
    title=${tooltip ?? nothing}
    @click=${() => {
      // The toolkit lets a click on a disabled button's edge through.
      if (!isDisabled) press();
    }}
    ><bdi>${label}</bdi></vscode-button
  >`;

/**
 * A button that looks like a link. Not the toolkit's link: that one needs an address, at which a webview would go to
 * its page's top.
 */
export const linkButton = ({
  label,
  isDisabled,
  tooltip,
  isTabStop,
  press,
}: Omit<Button, "look"> & {
  /** Whether the tab key comes to it. */
  readonly isTabStop: boolean;
}): TemplateResult =>
  html`<button
    type="button"
    class="link"
    tabindex=${isTabStop ? nothing : "-1"}
    ?disabled=${isDisabled}
    title=${tooltip ?? nothing}
    @click=${press}
  >
    <bdi>${label}</bdi>
  </button>`;
