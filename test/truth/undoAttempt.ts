import type { UndoOutcome, UndoReview, UndoReviewError } from "../../src/app/undoOutcome.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { until } from "../builders/waiting.ts";
import { sentence } from "./account.ts";
import type { Both } from "./attempt.ts";
import type { BareKind, BareStage } from "./bareStage.ts";
import { openRolloutPanel, type RolloutPanel } from "./rolloutPanel.ts";
import { undoSaid } from "./undoSaid.ts";
import { UndoWitness } from "./undoWitness.ts";

export interface UndoAttempt {
  /** The tag of the template to go back to. */
  readonly to: string;
  readonly kind?: BareKind;
  /** After the review, before the undo. */
  readonly between?: () => Promise<void>;
}

interface Target {
  readonly uid: string;
  readonly revision: number;
}

/** Opens the panel, reviews, undoes, and lets both tell. */
export async function undo(
  stage: BareStage,
  { to, kind = "Deployment", between }: UndoAttempt,
): Promise<Both> {
  const panel = await openRolloutPanel(stage, { kind });
  try {
    await panel.settled();
    const witness = await UndoWitness.before(stage, { kind, to });
    const target = targetIn(panel, to);
    const end = target === undefined ? undefined : await reviewAndUndo(panel, target, between);
    await panel.settled();
    const happened = await until("a witness who sees the same twice", async () => {
      const [one, two] = [sentence(await witness.account()), sentence(await witness.account())];
      return one === two ? one : undefined;
    });
    const { undoView, liedView } = await views();
    const said = end === undefined ? panel.view({ side: { kind: "nothing" } }) : undoView(panel, end);
    const lied = liedView(panel, end, target ?? { uid: "", revision: 1 });
    return { happened, said: sentence(undoSaid(said)), lied: sentence(undoSaid(lied)) };
  } finally {
    panel.close();
  }
}

function targetIn(panel: RolloutPanel, tag: string): Target | undefined {
  const found = panel
    .snapshot()
    .entries.find(({ revision }) => revision.images.some(({ image }) => image.endsWith(`:${tag}`)));
  return found && { uid: found.revision.object.uid, revision: found.revision.revision };
}

/** How far it came: no review, or an outcome. */
export type UndoEnded =
  | { readonly kind: "unreviewed"; readonly to: Target; readonly error: UndoReviewError }
  | { readonly kind: "ended"; readonly review: UndoReview; readonly outcome: UndoOutcome };

async function reviewAndUndo(
  panel: RolloutPanel,
  to: Target,
  between: UndoAttempt["between"],
): Promise<UndoEnded> {
  const review = await panel.review(to.uid);
  if (!review.ok) return { kind: "unreviewed", to, error: review.error };
  await between?.();
  return { kind: "ended", review: review.value, outcome: await panel.undo(review.value) };
}

interface Views {
  readonly undoView: (panel: RolloutPanel, end: UndoEnded) => PanelView;
  readonly liedView: (panel: RolloutPanel, end: UndoEnded | undefined, target: Target) => PanelView;
}

/** What is drawn of the end, as the panel itself does it; the words need a stand-in for VS Code first. */
async function views(): Promise<Views> {
  const { whyNotUndone } = await import("../../src/ui/panel/rolloutUndo.ts");
  const endedView = (panel: RolloutPanel, to: Target, outcome: UndoOutcome): PanelView => {
    const { subject } = panel.snapshot();
    const from = { revision: to.revision + 1 };
    const order = { subject, from, to, fromUid: undefined, undone: [], startedAt: Date.now() };
    const run = { kind: "ended", order, outcome, at: Date.now() } as const;
    return panel.view({ side: { kind: "nothing" }, run });
  };
  const undoView: Views["undoView"] = (panel, end) => {
    if (end.kind === "unreviewed") return panel.view({ side: end });
    const { review, outcome } = end;
    const alert = whyNotUndone(outcome);
    if (alert !== undefined) return panel.view({ side: { kind: "review", review, alert } });
    const ended = endedView(panel, review.to, outcome);
    // What the person read before they typed the name counts as said.
    const reviewed = panel.view({ side: { kind: "review", review } });
    return { ...ended, banners: [...ended.banners, ...reviewed.banners] };
  };
  return {
    undoView,
    liedView: (panel, end, target) => {
      const isProven = end?.kind === "ended" && end.outcome.kind === "proven";
      const lie: UndoOutcome = isProven
        ? {
            ...{ kind: "not-proven", items: [], stillServing: 0 },
            diagnosis: { cause: { kind: "unknown" }, evidence: [] },
          }
        : { kind: "proven", revision: target.revision + 2, items: [] };
      return endedView(panel, target, lie);
    },
  };
}
