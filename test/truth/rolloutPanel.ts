import "../fakes/vscode.ts";
import { randomUUID } from "node:crypto";
import { systemClock as clock } from "../../src/adapters/system/clock.ts";
import { diagnoseWorkload } from "../../src/app/diagnose.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { reviewUndo } from "../../src/app/reviewUndo.ts";
import { RolloutHistory } from "../../src/app/rolloutHistory.ts";
import type { RolloutSnapshot } from "../../src/app/rolloutSnapshot.ts";
import { undoRollout } from "../../src/app/undoRollout.ts";
import type {
  RolloutSubject,
  UndoOutcome,
  UndoPhase,
  UndoReview,
  UndoReviewError,
} from "../../src/app/undoOutcome.ts";
import { openCluster } from "../../src/cluster.ts";
import type { Diagnosis } from "../../src/domain/diagnosis.ts";
import type { Person } from "../../src/domain/person.ts";
import type { Result } from "../../src/domain/result.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import type { RolloutModel } from "../../src/ui/panel/rolloutModel.ts";
import { aBranch } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import { FakeKeptUndos } from "../fakes/keptUndos.ts";
import { FakeLog } from "../fakes/log.ts";
import type { TestCluster } from "../contract/cluster.ts";
import type { BareKind } from "./bareStage.ts";
import { STEADY_SECONDS } from "./panel.ts";
import { CONTEXT } from "./stage.ts";

/** The panel of the workload `web` in a person's window with everything real in it, except VS Code and registries. */
export interface RolloutPanel {
  snapshot(): RolloutSnapshot;
  diagnose(): Promise<Diagnosis>;
  review(toUid: string): Promise<Result<UndoReview, UndoReviewError>>;
  undo(review: UndoReview, onPhase?: (phase: UndoPhase) => void): Promise<UndoOutcome>;
  /** What is shown where this is on its right-hand side. */
  view(model: Pick<RolloutModel, "side"> & Partial<RolloutModel>): PanelView;
  /** Waits until it shows the workload as it is, and nothing has changed for a while. */
  settled(): Promise<void>;
  close(): void;
}

const QUIET_MS = 700;
const SETTLED_LIMIT_MS = 60_000;

export async function openRolloutPanel(
  stage: { readonly cluster: TestCluster; readonly namespace: string },
  { person = "ann", kind = "Deployment" }: { readonly person?: string; readonly kind?: BareKind } = {},
): Promise<RolloutPanel> {
  const kubeconfig = await stage.cluster.kubeconfig(person, [CONTEXT]);
  const log = new FakeLog();
  const never = new AbortController().signal;
  const by: Person = { user: person, mail: `${person}@example.com`, name: person };
  const cluster = openCluster({ kubeconfig, env: {}, clock, log });
  const { namespace } = stage;
  const workload = { context: CONTEXT, namespace, kind, name: "web" } as const;
  const subject: RolloutSubject = { workload, tier: "staging" };
  const commits = (): Promise<undefined> => Promise.resolve(undefined);
  const shared = { ...cluster, clock, log, random: Math.random, newNonce: randomUUID, commits };
  const history = new RolloutHistory({ ...shared, defaultBranch: aBranch("master") }, subject);
  const pinned = { ...shared, ...cluster.pinned() };
  const registry = {
    look: (images: readonly string[]) =>
      Promise.resolve(images.map((image) => ({ kind: "not-asked", image, detail: "no network" }) as const)),
  };
  const { rolloutView } = await import("../../src/ui/panel/rolloutView.ts");
  return {
    snapshot: () => history.current,
    diagnose: () => diagnoseWorkload(pinned, workload, never),
    review: (toUid) =>
      reviewUndo(
        { ...pinned, registry },
        { subject, snapshot: history.current, toUid, by, migrations: [] },
        never,
      ),
    undo: (review, onPhase = () => undefined) =>
      undoRollout(
        {
          ...pinned,
          watches: cluster.watches,
          keptUndos: new FakeKeptUndos(),
          steadySeconds: STEADY_SECONDS,
          diagnoseWorkload: (of, signal) => diagnoseWorkload(pinned, of, signal),
          holdOperation: (ref, who, signal) => holdOperation(pinned, { ref, ...who }, signal),
        },
        { review, by, typed: "web", withoutLease: false },
        onPhase,
        never,
      ),
    view: (model) =>
      rolloutView({
        ...{ snapshot: history.current, chosen: undefined, run: undefined, isFetching: false },
        ...{ now: Date.now(), language: "en" },
        ...model,
      }).view,
    settled: async () => {
      let changedAt = performance.now();
      const stop = history.onChange(() => {
        changedAt = performance.now();
      });
      const isQuiet = (): boolean =>
        history.current.liveness.kind === "live" && performance.now() - changedAt > QUIET_MS;
      await until("a settled panel", () => (isQuiet() ? true : undefined), SETTLED_LIMIT_MS);
      stop.dispose();
    },
    close: () => {
      history.dispose();
      cluster.dispose();
    },
  };
}
