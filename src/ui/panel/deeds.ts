import { createHash } from "node:crypto";
import type { DocumentOf } from "../../app/rolloutPorts.ts";
import type { ActionView } from "../../protocol/panel.ts";

/** What pressing something in the panel does. The panel knows its id alone. */
export type Deed =
  | { readonly kind: "choose"; readonly revision: number }
  | { readonly kind: "review-again"; readonly revision: number }
  | { readonly kind: "open-url"; readonly url: string }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "open-diff"; readonly review: string }
  | { readonly kind: "fetch-commits" }
  | { readonly kind: "lift-hold"; readonly nonce: string }
  | { readonly kind: "remove" }
  | { readonly kind: "stop-watching" }
  | { readonly kind: "copy-proof" }
  | { readonly kind: "revert-commits" }
  | { readonly kind: "why"; readonly revision: number }
  | { readonly kind: "show-log" }
  | { readonly kind: "refresh" }
  | { readonly kind: "copy-link" }
  /** Something of the cluster's, opened to be read. */
  | {
      readonly kind: "open-document";
      readonly context: string;
      readonly namespace: string;
      readonly of: DocumentOf;
    }
  /** A rollout's target is known by its object: going back gives it another number. */
  | { readonly kind: "undo-to"; readonly uid: string }
  /** Opens the history of a helm release. */
  | {
      readonly kind: "show-release";
      readonly folder: string;
      readonly subject: string;
      readonly target: string;
    };

/** The deeds of one view, by the ids that it shows. */
export type DeedsById = ReadonlyMap<string, Deed>;

const ID_DIGITS = 16;

/** Collects what a view's buttons do. The same deed has the same id in every view, so that a press survives a redraw. */
export class Deeds {
  readonly #byId = new Map<string, Deed>();

  get byId(): DeedsById {
    return this.#byId;
  }

  action(
    deed: Deed,
    label: string,
    look: ActionView["look"] = "secondary",
    more: Pick<ActionView, "isDisabled" | "tooltip"> = {},
  ): ActionView {
    const digest = createHash("sha256").update(JSON.stringify(deed)).digest("hex");
    const id = `${deed.kind}:${digest.slice(0, ID_DIGITS)}`;
    // What cannot be pressed does nothing when somebody sends its id all the same.
    if (more.isDisabled !== true) this.#byId.set(id, deed);
    return { id, label, look, ...more };
  }
}
