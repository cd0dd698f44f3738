import "../fakes/vscode.ts";
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { commitHistoryAt } from "../../src/adapters/git/commitHistory.ts";
import { writeChartOfCommit } from "../../src/adapters/git/chartOfCommit.ts";
import { manifestYaml } from "../../src/adapters/helm/manifestYaml.ts";
import { HelmDeployer } from "../../src/adapters/helm/runner.ts";
import { systemClock as clock } from "../../src/adapters/system/clock.ts";
import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import { diagnose } from "../../src/app/diagnose.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { ReleaseHistory } from "../../src/app/releaseHistory.ts";
import { reviewRollback } from "../../src/app/reviewRollback.ts";
import { rollBack } from "../../src/app/rollBack.ts";
import type {
  RollbackOutcome,
  RollbackPhase,
  RollbackReview,
  RollbackSubject,
} from "../../src/app/rollbackOutcome.ts";
import { openCluster } from "../../src/cluster.ts";
import type { Person } from "../../src/domain/person.ts";
import type { PanelView } from "../../src/protocol/panel.ts";
import { aBranch, aHelmDriver } from "../builders/deploy.ts";
import { until } from "../builders/waiting.ts";
import { FakeLog } from "../fakes/log.ts";
import { drawn } from "./drawn.ts";
import { CONTEXT, RELEASE, type Stage } from "./stage.ts";

export interface PanelOptions {
  /** Ann, who may do everything, where it is left out. */
  readonly person?: string;
  /** Instead of the stage's own. */
  readonly helm?: string;
  /** Instead of the person's own, straight to the cluster. */
  readonly kubeconfig?: string;
  /** Of `helm rollback`. */
  readonly timeoutMinutes?: number;
}

/** The rollback panel of a person's window with everything real in it, except VS Code and registries of images. */
export interface Panel {
  snapshot(): HistorySnapshot;
  /** What is shown, once a rollback has ended so. */
  view(outcome?: RollbackOutcome): PanelView;
  /** Throws where there is none: every story begins with one. */
  review(to: number): Promise<RollbackReview>;
  rollBack(review: RollbackReview, onPhase?: (phase: RollbackPhase) => void): Promise<RollbackOutcome>;
  /** The Refresh button. */
  refresh(): void;
  /** Waits until it shows the cluster as it is, and nothing has changed for a while. */
  settled(): Promise<void>;
  close(): void;
}

/** Enough for a green sheet that means something; the product's own 15 s would prove no more here. */
export const STEADY_SECONDS = 2;
const QUIET_MS = 700;
/** A connection that was cut is tried again after half a minute at most. */
const SETTLED_LIMIT_MS = 60_000;

export async function openPanel(stage: Stage, options: PanelOptions = {}): Promise<Panel> {
  const { person = "ann", helm = stage.helm.path, timeoutMinutes = 0.5 } = options;
  const kubeconfig = options.kubeconfig ?? (await stage.cluster.kubeconfig(person, [CONTEXT]));
  const log = new FakeLog();
  const never = new AbortController().signal;
  const by: Person = { user: person, mail: `${person}@example.com`, name: person };
  const cluster = openCluster({ kubeconfig, env: {}, clock, log });
  const runner = new HelmDeployer(
    {
      storage: join(stage.folder, `window-${randomUUID()}`),
      supervisor: stage.supervisor,
      node: process.execPath,
      writeChart: writeChartOfCommit,
      places: () => ({ setting: helm, workspaceFolders: [], surroundings: {}, platform: process.platform }),
      kubeconfig: () => kubeconfig,
      closing: never,
    },
    new Set(),
  );
  const repository = commitHistoryAt(stage.repository.root);
  const commits = (): Promise<typeof repository> => Promise.resolve(repository);
  const { namespace } = stage;
  const subject: RollbackSubject = {
    ...{ name: RELEASE, target: RELEASE, kind: "environment", tier: "staging" },
    release: { context: CONTEXT, namespace, release: RELEASE },
    driver: aHelmDriver({ context: CONTEXT, namespace, release: RELEASE, timeoutMinutes }),
    locks: { context: CONTEXT, namespace },
  };
  const shared = { ...cluster, clock, log, random: Math.random, newNonce: randomUUID, commits };
  const history = new ReleaseHistory({ ...shared, defaultBranch: aBranch("master") }, subject);
  const pinned = { ...shared, ...cluster.pinned(), runner };
  const registry = {
    look: (images: readonly string[]) =>
      Promise.resolve(images.map((image) => ({ kind: "not-asked", image, detail: "no network" }) as const)),
  };
  let reviewed: RollbackReview | undefined;
  const { panelView } = await import("../../src/ui/panel/view.ts");
  const { whyNotBegun } = await import("../../src/ui/panel/runRollback.ts");
  return {
    snapshot: () => history.current,
    view: (outcome) => {
      const notBegun = outcome === undefined ? undefined : whyNotBegun(outcome);
      return panelView(drawn({ snapshot: history.current, review: reviewed, outcome, notBegun })).view;
    },
    review: async (to) => {
      const order = { subject, snapshot: history.current, to, by, migrations: [] };
      const review = await reviewRollback({ ...pinned, manifests: manifestYaml, registry }, order, never);
      if (!review.ok) throw new Error(`no review: ${JSON.stringify(review.error)}`);
      reviewed = review.value;
      return review.value;
    },
    rollBack: (review, onPhase = () => undefined) =>
      rollBack(
        {
          ...pinned,
          steadySeconds: STEADY_SECONDS,
          diagnose: (what, signal) => diagnose(pinned, what, signal),
          holdOperation: (ref, who, signal) => holdOperation(pinned, { ref, ...who }, signal),
        },
        { review, by, typed: "", withoutLease: false },
        onPhase,
        never,
      ),
    refresh: () => {
      history.relist();
    },
    settled: async () => {
      let changedAt = performance.now();
      const stop = history.onChange(() => {
        changedAt = performance.now();
      });
      const isQuiet = (): boolean => isRead(history.current) && performance.now() - changedAt > QUIET_MS;
      await until("a settled panel", () => (isQuiet() ? true : undefined), SETTLED_LIMIT_MS);
      stop.dispose();
    },
    close: () => {
      history.dispose();
      cluster.dispose();
    },
  };
}

const isRead = ({ liveness, runs, entries }: HistorySnapshot): boolean =>
  liveness.kind === "live" &&
  runs.kind !== "reading" &&
  entries.every(({ record }) => record.kind !== "reading");
