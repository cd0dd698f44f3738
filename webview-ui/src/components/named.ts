import { noChange } from "lit-html";
import { Directive, directive, type ElementPart } from "lit-html/directive.js";

/** What a screen reader says of a control. */
interface Name {
  readonly label: string;
  /** For controls to which the toolkit gives another role than they have here. */
  readonly role?: "img";
}

/**
 * Names a control of the toolkit. Some of them overwrite their name (with English words), their role and whether they
 * are read aloud when they come into the page; so this comes after that.
 */
class Named extends Directive {
  #set: string | undefined;

  override render({ label }: Name): unknown {
    return label;
  }

  override update({ element }: ElementPart, [{ label, role }]: [Name]): unknown {
    if (this.#set === label) return noChange;
    this.#set = label;
    queueMicrotask(() => {
      element.setAttribute("aria-label", label);
      if (role === undefined) return;
      element.setAttribute("role", role);
      element.removeAttribute("aria-live");
    });
    return noChange;
  }
}

export const named = directive(Named);
