import { manifestYaml } from "../../src/adapters/helm/manifestYaml.ts";
import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import { reviewRollback, type ReviewServices } from "../../src/app/reviewRollback.ts";
import type { ReviewError, RollbackReview, RollbackSubject } from "../../src/app/rollbackOutcome.ts";
import type {
  CommitHistory,
  ImageRegistry,
  LiveObjects,
  ReleaseListing,
} from "../../src/app/rollbackPorts.ts";
import type { HistoryEntry } from "../../src/domain/history.ts";
import type { Revision } from "../../src/domain/release.ts";
import { fail, ok, type Result } from "../../src/domain/result.ts";
import type { RangeCommit, Risk } from "../../src/domain/rollback.ts";
import { ann } from "../builders/deploy.ts";
import { aSubject } from "../builders/rollback.ts";
import { ManualClock } from "./clock.ts";
import { FakeOperationStore } from "./leases.ts";

export const OPERATION = { context: "production", namespace: "devdeploy", name: "production-operation" };

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** A person before a history, about to choose a revision: everything that a review asks, in memory. */
export class ReviewWorld {
  readonly clock = new ManualClock();
  readonly operations = new FakeOperationStore();
  /** What the panel shows. */
  shown: readonly HistoryEntry[];
  /** What is in the cluster by now. */
  entries: readonly HistoryEntry[];
  subject: RollbackSubject = aSubject();
  readonly undone = new Map<string, readonly RangeCommit[] | undefined>();
  look: ImageRegistry["look"] = (images) =>
    Promise.resolve(images.map((image) => ({ kind: "exists", image }) as const));
  images: LiveObjects["images"];
  missingRights: LiveObjects["missingRights"] = () => Promise.resolve(ok([]));
  hasHelm = true;
  hasRepository = true;
  unreadable: number | undefined;

  constructor(entries: readonly HistoryEntry[]) {
    this.shown = entries;
    this.entries = entries;
    this.images = () => Promise.resolve(ok(recordOf(entries[0])?.images ?? []));
    this.operations.objects.put(OPERATION, { kind: "idle", transitions: 0 });
  }

  /** Nothing but helm's records answers. */
  silence(): void {
    this.look = never;
    this.images = never;
    this.missingRights = never;
    this.operations.read = never;
  }

  async review(to: number): Promise<Result<RollbackReview, ReviewError>> {
    const order = { subject: this.subject, snapshot: this.snapshot, to, by: ann, migrations: ["m/**"] };
    return reviewRollback(this.services, order, new AbortController().signal);
  }

  /** The review, where nothing stands in its way. */
  async reviewed(to: number): Promise<RollbackReview> {
    const review = await this.review(to);
    if (!review.ok) throw new Error(`refused: ${review.error.reason}`);
    return review.value;
  }

  async risks(to: number, kind: Risk["kind"]): Promise<readonly Risk[]> {
    return (await this.reviewed(to)).risks.filter((risk) => risk.kind === kind);
  }

  get snapshot(): HistorySnapshot {
    const newest = this.shown[0];
    return {
      subject: this.subject,
      liveness: { kind: "live", verifiedAt: 0 },
      entries: this.shown,
      runs: { kind: "revision", revision: newest?.label.revision ?? 0, isDeployed: true },
      recommendation: { kind: "reading" },
      warnings: [],
      missingCommits: [],
    };
  }

  get services(): ReviewServices {
    const { clock, operations } = this;
    return {
      clock,
      operations,
      manifests: manifestYaml,
      registry: { look: (images, signal) => this.look(images, signal) },
      live: {
        images: (...asked) => this.images(...asked),
        missingRights: (...asked) => this.missingRights(...asked),
      },
      history: {
        list: () => Promise.resolve(ok(this.#listing())),
        record: (_ref, { revision }) => {
          if (revision === this.unreadable)
            return Promise.resolve(fail({ reason: "unreadable-record", record: "r", detail: "damaged" }));
          return Promise.resolve(ok(recordOf(this.entries.find((one) => one.label.revision === revision))));
        },
      },
      commits: () => Promise.resolve(this.hasRepository ? this.#commits() : undefined),
      runner: {
        tool: () =>
          Promise.resolve(
            this.hasHelm
              ? ok({ name: "helm", path: "/usr/bin/helm", version: "3.18.5" })
              : fail({ reason: "helm-absent", tried: [] }),
          ),
        rollbackCommand: ({ path }, { release, to }) => [
          path,
          "rollback",
          release.release,
          String(to.revision),
        ],
      },
      newNonce: () => "review-1",
    };
  }

  #listing(): ReleaseListing {
    return { revisions: this.entries.map(({ label }) => label), hasHelm2: false };
  }

  #commits(): CommitHistory {
    const unused = (): never => {
      throw new Error("A review asks for ranges alone.");
    };
    return {
      resolve: unused,
      facts: unused,
      fetch: unused,
      links: unused,
      between: ({ commit, without }) =>
        Promise.resolve(this.undone.get(`${without.slice(0, 7)}..${commit.slice(0, 7)}`)),
    };
  }
}

const recordOf = (entry: HistoryEntry | undefined): Revision | undefined =>
  entry?.record.kind === "read" ? entry.record.revision : undefined;
