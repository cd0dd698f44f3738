/** What marks a line: a check that is well, a warning, a failure, something under way, something still to come, a fact. */
export type Mark = "ok" | "warn" | "bad" | "run" | "todo" | "info" | "change";

/**
 * Something that the person can press. The panel sends back the id alone, and only those of the view that is shown
 * count: an id that is not in it does nothing.
 */
export interface ActionView {
  readonly id: string;
  readonly label: string;
  /** A link leads away from the panel or shows something; one button of a view at most is primary. */
  readonly look: "primary" | "secondary" | "link";
  readonly isDisabled?: boolean;
  readonly tooltip?: string;
}

/** A small word with a colour; the colour never says more than the word. */
export interface ChipView {
  readonly text: string;
  readonly look: "neutral" | "good" | "warning" | "bad" | "recommended";
  readonly tooltip?: string;
}

/** A piece of a line: plain text, or text that is shown as code. All of it is data: none of it is ever markup. */
export type Piece = string | { readonly code: string } | { readonly strong: string };

/** One line of a list. */
export interface LineView {
  readonly mark?: Mark;
  /** The mark in words, for who does not see it. */
  readonly spoken?: string;
  readonly text: readonly Piece[];
  /** A second line, quieter. */
  readonly detail?: readonly Piece[];
  readonly chips?: readonly ChipView[];
  readonly actions?: readonly ActionView[];
}

export interface SectionView {
  readonly heading?: string;
  readonly lines: readonly LineView[];
  /** Words of the cluster or of helm, shown as they are in a box. */
  readonly evidence?: string;
  readonly actions?: readonly ActionView[];
}

/** Stands over everything else. */
export interface BannerView {
  readonly look: "info" | "warning" | "bad";
  readonly text: readonly Piece[];
  readonly actions: readonly ActionView[];
}

/** One revision. Everything in it is ready to be shown. */
export interface RowView {
  readonly revision: number;
  /** Below the number, e.g. `runs now`. */
  readonly under?: string;
  readonly runsNow: boolean;
  readonly isRecommended: boolean;
  /** Whether it can be chosen as the target at all; if not, the tooltip says why. */
  readonly mayBeChosen: boolean;
  readonly tooltip?: string;
  readonly chips: readonly ChipView[];
  readonly commit: {
    /** Seven digits; absent where the commit is unknown. */
    readonly hash?: string;
    readonly grade: "exact" | "ambiguous" | "unknown" | "reading";
    /** The commit's subject, or what is known instead. */
    readonly text: string;
    /** The author, or another remark. */
    readonly under?: string;
    /** Where the mapping comes from, in words. */
    readonly source?: string;
    readonly actions: readonly ActionView[];
  };
  readonly deployed: { readonly when: string; readonly exactly: string; readonly by?: string };
  readonly chart: string;
  readonly state: ChipView & { readonly under?: string };
  /** What can be opened of this revision. */
  readonly actions?: readonly ActionView[];
  /** What the row is found by. */
  readonly filter: { readonly commit: string; readonly author: string; readonly status: string };
}

export interface TableView {
  readonly caption: string;
  readonly columns: {
    readonly revision: string;
    readonly commit: string;
    readonly deployed: string;
    readonly chart: string;
    readonly state: string;
  };
  readonly rows: readonly RowView[];
  /** Shown where there is no row. */
  readonly empty: string;
  readonly filter: {
    readonly label: string;
    readonly placeholder: string;
    readonly status: string;
    readonly anyStatus: string;
    readonly statuses: readonly string[];
    /** With `{shown}` and `{all}` in it. */
    readonly found: string;
  };
}

/** What has to be typed before the button can be pressed. */
export interface TypingView {
  readonly label: string;
  readonly placeholder: string;
  /** The panel only enables the button by it; the host compares again. */
  readonly expected: string;
}

/** A field for a few words of the person's own. */
export interface ReasonView {
  readonly label: string;
  readonly placeholder: string;
}

/** The right-hand side: what is chosen, under way, or done. One shape, whatever it tells. */
export interface SideView {
  readonly kind: "nothing" | "reading" | "review" | "running" | "proven" | "not-proven" | "notice";
  /** Changes when it is about something else: then it is read aloud and focus may move. */
  readonly key: string;
  readonly heading: readonly Piece[];
  readonly mark?: Mark;
  readonly intro?: string;
  readonly alert?: BannerView;
  readonly sections: readonly SectionView[];
  readonly confirm?: {
    readonly review: string;
    readonly button: ActionView;
    readonly typing?: TypingView;
    /** Why it is done may be said here; it is recorded, and may be left out. */
    readonly reason?: ReasonView;
    readonly others: readonly ActionView[];
  };
  readonly command?: { readonly text: string; readonly copy: ActionView };
  readonly actions: readonly ActionView[];
  readonly note?: string;
}

/** Everything the panel shows: always whole, never a change to an earlier one. */
export interface PanelView {
  readonly title: string;
  /** e.g. `production · release web · namespace buffer · context prod`. */
  readonly place: readonly Piece[];
  readonly liveness: ChipView;
  /** Beside the liveness: what concerns the whole panel. */
  readonly actions?: readonly ActionView[];
  readonly banners: readonly BannerView[];
  readonly table: TableView;
  /** The chosen revision. */
  readonly selected?: number;
  readonly side: SideView;
  /** For the language attribute. */
  readonly language: string;
}

/** What the host tells the panel. */
export interface StateMessage {
  readonly kind: "state";
  readonly view: PanelView;
  /** Grows with every message to one webview: one that is lower than the last shown is dropped. */
  readonly turn?: number;
  /** What the panel keeps for the host, beside the choice and the filter, so that it comes back after a reload. */
  readonly memory?: Pick<PanelMemory, "folder" | "subject" | "target" | "workload">;
}

/** What the panel asks of the host. Anything else is dropped and counted. */
export type PanelMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "choose"; readonly revision: number }
  | { readonly kind: "act"; readonly id: string }
  /** The confirming button of a review, with what was typed; a review that is no longer shown does nothing. */
  | {
      readonly kind: "confirm";
      readonly review: string;
      readonly typed: string;
      /** Absent where nothing was said. */
      readonly reason?: string;
    };

/** What VS Code keeps of a panel across reloads. */
export interface PanelMemory {
  readonly folder: string;
  readonly subject: string;
  readonly target: string;
  /** Where the panel is about a workload's rollouts instead of a release of helm's. */
  readonly workload?: {
    readonly context: string;
    readonly namespace: string;
    readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
    readonly name: string;
  };
  readonly chosen?: number;
  readonly filter?: { readonly text: string; readonly status: string };
}
