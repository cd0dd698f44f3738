import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/adapters/system/clock.ts";
import { diagnoseWorkload } from "../../src/app/diagnose.ts";
import { followUndo, type FollowUndoServices, type PastUndoEnd } from "../../src/app/followUndo.ts";
import type { KeptUndo } from "../../src/app/keptUndo.ts";
import { holdOperation } from "../../src/app/operationLease.ts";
import { reviewUndo, type ReviewUndoServices } from "../../src/app/reviewUndo.ts";
import { RolloutHistory } from "../../src/app/rolloutHistory.ts";
import type { RolloutStore, WorkloadAddress } from "../../src/app/rolloutPorts.ts";
import type { RolloutSnapshot } from "../../src/app/rolloutSnapshot.ts";
import type {
  RolloutSubject,
  UndoOutcome,
  UndoPhase,
  UndoReview,
  UndoReviewError,
} from "../../src/app/undoOutcome.ts";
import { undoRollout, type UndoOrder, type UndoServices } from "../../src/app/undoRollout.ts";
import type { Json } from "../../src/domain/release.ts";
import type { Result } from "../../src/domain/result.ts";
import { aBranch } from "../builders/deploy.ts";
import { FakeKeptUndos } from "../fakes/keptUndos.ts";
import { FakeLog } from "../fakes/log.ts";
import { eventually } from "./eventually.ts";
import { aWorkload, type RolloutStage } from "./rolloutsStage.ts";
import { stagePersonOf } from "./rollbackStage.ts";

const never = new AbortController().signal;

/** A commit that begins with these digits, as the tag of an image; a pod's fate stands before it. */
export const imageOf = (digits: string, fate = "app"): string =>
  `registry.example.com/web:${fate}-${digits.padEnd(40, "0")}`;

/** An environment of production that a workload deploys, with its Leases beside it. */
export const placedSubject = (workload: WorkloadAddress): RolloutSubject => ({
  workload,
  tier: "production",
  place: {
    name: workload.name,
    target: workload.name,
    kind: "environment",
    locks: { context: workload.context, namespace: workload.namespace },
  },
  container: "web",
});

/** Undos as a window does them, through the adapters of the product. */
export class UndoStage {
  readonly #stage: RolloutStage;

  constructor(stage: RolloutStage) {
    this.#stage = stage;
  }

  /** What a team without helm does: `kubectl apply` of a manifest; waits until it is numbered. */
  async apply(of: WorkloadAddress, image: string, change: (workload: Json) => Json = same): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), "devdeploy-undo-"));
    const file = join(folder, "workload.json");
    await writeFile(file, JSON.stringify(change(running(of, image))));
    await this.#stage.kubectl("apply", "--namespace", of.namespace, "-f", file);
    await rm(folder, { recursive: true });
    await this.#stage.settled(of);
  }

  /** The same, and waits until the rollout has come to its end. */
  async complete(of: WorkloadAddress, image: string): Promise<void> {
    await this.apply(of, image);
    const workload = `${of.kind.toLowerCase()}/${of.name}`;
    await this.#stage.kubectl("rollout", "status", workload, "--namespace", of.namespace, "--timeout=60s");
  }

  /** What the panel shows once every commit has been looked up. */
  async snapshot(subject: RolloutSubject): Promise<RolloutSnapshot> {
    const history = this.history(subject);
    await eventually(() => Promise.resolve(history.current.recommendation.kind !== "reading"), true);
    const { current } = history;
    history.dispose();
    return current;
  }

  history(subject: RolloutSubject): RolloutHistory {
    const { watches, holds } = this.#stage.own;
    return new RolloutHistory(
      {
        watches,
        holds,
        commits: () => Promise.resolve(undefined),
        defaultBranch: aBranch("master"),
        clock: systemClock,
        log: new FakeLog(),
      },
      subject,
    );
  }

  async review(
    subject: RolloutSubject,
    snapshot: RolloutSnapshot,
    toUid: string,
  ): Promise<Result<UndoReview, UndoReviewError>> {
    const order = { subject, snapshot, toUid, by: stagePersonOf("ann"), migrations: [] };
    return reviewUndo(this.#services(), order, never);
  }

  /** A review of going back to the revision that the panel recommends. */
  async reviewed(subject: RolloutSubject): Promise<UndoReview> {
    // While pods of what was just replaced are still starting, it may seem not to work.
    await eventually(async () => (await this.snapshot(subject)).recommendation.kind, "revision");
    const snapshot = await this.snapshot(subject);
    const { recommendation } = snapshot;
    if (recommendation.kind !== "revision") assert.fail(JSON.stringify(recommendation));
    const review = await this.review(subject, snapshot, recommendation.uid);
    return review.ok ? review.value : assert.fail(JSON.stringify(review.error));
  }

  /** Confirms a review; `rollouts` stands in for the store where a test comes between. */
  undo(
    review: UndoReview,
    how: Partial<UndoOrder> & {
      readonly rollouts?: RolloutStore;
      readonly keptUndos?: FakeKeptUndos;
      readonly onPhase?: (phase: UndoPhase) => void;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<UndoOutcome> {
    const { rollouts, keptUndos, onPhase = () => undefined, signal = never, ...said } = how;
    const services = { ...this.#services(), ...(rollouts && { rollouts }), ...(keptUndos && { keptUndos }) };
    const { name } = review.subject.workload;
    const order = { review, by: stagePersonOf("ann"), typed: name, withoutLease: false, ...said };
    return undoRollout(services, order, onPhase, signal);
  }

  /** As the next window does with what another one has left. */
  follow(undo: KeptUndo, startedAt = Date.now()): Promise<PastUndoEnd | undefined> {
    const past = { kind: "undo", id: "left", undo, startedAt } as const;
    return followUndo(this.#services(), past, () => undefined, { stop: never, left: never });
  }

  #services(): UndoServices & ReviewUndoServices & FollowUndoServices {
    const { own } = this.#stage;
    const services = {
      ...own.pinned(),
      watches: own.watches,
      clock: systemClock,
      log: new FakeLog(),
      random: Math.random,
      newNonce: randomUUID,
    };
    return {
      ...services,
      steadySeconds: 1,
      keptUndos: new FakeKeptUndos(),
      commits: () => Promise.resolve(undefined),
      registry: { look: (images) => Promise.resolve(images.map((image) => ({ kind: "exists", image }))) },
      diagnoseWorkload: (of, signal) => diagnoseWorkload(services, of, signal),
      holdOperation: (ref, { by, what }, signal) => holdOperation(services, { ref, by, what }, signal),
    };
  }
}

const same = (workload: Json): Json => workload;

/** One pod; a DaemonSet's is on the only node. */
function running({ kind, name }: WorkloadAddress, image: string): Json {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "web", image }] },
  };
  const spec = { template, ...(kind === "DaemonSet" ? {} : { replicas: 1 }) };
  return JSON.parse(JSON.stringify(aWorkload(name, { kind, image, spec: specOf(name, kind, spec) }))) as Json;
}

const specOf = (name: string, kind: WorkloadAddress["kind"], spec: object): object => ({
  ...(kind === "StatefulSet" ? { serviceName: name } : {}),
  selector: { matchLabels: { app: name } },
  ...spec,
});
