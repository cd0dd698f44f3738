import type { RollbackOutcome } from "../../src/app/rollbackOutcome.ts";
import { until } from "../builders/waiting.ts";
import { sentence, type Account } from "./account.ts";
import { openPanel, type Panel, type PanelOptions } from "./panel.ts";
import { accountTold } from "./said.ts";
import type { Stage } from "./stage.ts";

/** What the onlooker has seen, and what the panel has said: the same sentence where the panel is honest. */
export interface Both {
  readonly happened: string;
  readonly said: string;
  /** What a panel would have said that takes failure for success, or the other way round. */
  readonly lied: string;
}

export interface Attempt {
  /** The revision that the person chooses. */
  readonly to: number;
  readonly options?: PanelOptions;
  /** Where nothing is begun, or nothing can be seen, the panel has nothing to say of pods, and none are compared. */
  readonly withoutPods?: true;
  /** After the review, before the rollback. */
  readonly between?: () => Promise<void>;
  /** While the rollback is under way. */
  readonly meanwhile?: (panel: Panel) => Promise<void>;
  /** Before the two are compared. */
  readonly afterwards?: (panel: Panel) => Promise<void>;
  /** What the onlooker found of the cause, where it does not show in pods and hooks. */
  readonly because?: (before: readonly string[]) => Promise<string | undefined>;
}

/** Opens the panel, reviews, rolls back, and lets both tell. */
export async function attempt(stage: Stage, how: Attempt): Promise<Both> {
  const { onlooker, commits } = stage;
  const panel = await openPanel(stage, how.options);
  try {
    await panel.settled();
    const { revision: before } = await onlooker.newest();
    const podsBefore = await onlooker.podNames();
    const review = await panel.review(how.to);
    await how.between?.();
    const running = panel.rollBack(review);
    await how.meanwhile?.(panel);
    const outcome = await running;
    await how.afterwards?.(panel);
    await panel.settled();
    const because = (await how.because?.(podsBefore)) ?? (await onlooker.trouble());
    const happened: Account = {
      done: await onlooker.isDone(before, how.to),
      newest: nameOf(await onlooker.newest()),
      runs: onlooker.letterIn(await onlooker.wantedImage()),
      ...(how.withoutPods === true ? {} : { ready: await onlooker.ready() }),
      ...(because === undefined ? {} : { because }),
    };
    const told = { outcome, review, letters: commits, snapshot: panel.snapshot() };
    const lie = oppositeOf(outcome, before + 1);
    return {
      happened: sentence(happened),
      said: sentence(accountTold({ ...told, view: panel.view(outcome) })),
      lied: sentence(accountTold({ ...told, outcome: lie, view: panel.view(lie) })),
    };
  } finally {
    panel.close();
  }
}

/** Success where there was none, and a failure without a cause where there was success. */
function oppositeOf(outcome: RollbackOutcome, revision: number): RollbackOutcome {
  return outcome.kind === "proven"
    ? {
        kind: "not-proven",
        revision,
        items: [],
        diagnosis: { cause: { kind: "unknown" }, evidence: [] },
        record: { kind: "recorded", revision, status: "failed", description: "" },
      }
    : { kind: "proven", revision, items: [] };
}

export const nameOf = ({
  revision,
  status,
}: {
  readonly revision: number;
  readonly status: string;
}): string => `revision ${revision} ${status}`;

/** Waits until helm's newest record is of this status, and pods of the wanted image are there. */
export async function untilHelmWaits(stage: Stage, status: string): Promise<void> {
  await until(`a record that is ${status}`, async () => {
    const newest = await stage.onlooker.newest();
    return newest.status === status ? true : undefined;
  });
  await until("pods that are not ready", () => stage.onlooker.trouble());
}
