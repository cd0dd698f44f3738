import { noChange } from "lit-html";
import { Directive, directive, type ElementPart } from "lit-html/directive.js";

/**
 * Names a control of the toolkit; without a name it is hidden from a screen reader, since words stand beside it. Some
 * controls overwrite their name (with English words), their role and whether they are read aloud when they come into
 * the page; so this comes after that.
 */
class Named extends Directive {
  #set: string | undefined;

  override render(label: string | undefined): unknown {
    return label;
  }

  override update({ element }: ElementPart, [label]: [string | undefined]): unknown {
    if (this.#set === label && label !== undefined) return noChange;
    this.#set = label;
    queueMicrotask(() => {
      if (label !== undefined) {
        element.setAttribute("aria-label", label);
        return;
      }
      for (const spoken of ["aria-label", "aria-live", "role"]) element.removeAttribute(spoken);
      element.setAttribute("aria-hidden", "true");
    });
    return noChange;
  }
}

export const named = directive(Named);
