import { ReleaseHistory } from "../../src/app/releaseHistory.ts";
import type { HistorySnapshot } from "../../src/app/historySnapshot.ts";
import type { ReleaseReadError } from "../../src/app/ports.ts";
import type { RollbackSubject } from "../../src/app/rollbackOutcome.ts";
import type {
  CommitHistory,
  HoldStore,
  LiveObjects,
  ReleaseHistoryStore,
} from "../../src/app/rollbackPorts.ts";
import type { CommitHash } from "../../src/domain/branch.ts";
import type { ClusterError } from "../../src/domain/cluster.ts";
import type { CommitFacts } from "../../src/domain/commitMatch.ts";
import type { EnvironmentHold } from "../../src/domain/hold.ts";
import type { ContainerImage, Revision, RevisionLabel } from "../../src/domain/release.ts";
import { fail, ok } from "../../src/domain/result.ts";
import { aBranch, aLabel } from "../builders/deploy.ts";
import { freeLock } from "../builders/lock.ts";
import { aSubject } from "../builders/rollback.ts";
import { ManualClock } from "./clock.ts";
import { FakeLog } from "./log.ts";
import { FakeWatches, watchedLock } from "./watches.ts";

/** A release whose history is followed, with everything that it is read from in memory. */
export class HistoryWorld {
  readonly clock = new ManualClock();
  readonly log = new FakeLog();
  readonly watches = new FakeWatches();
  readonly subject: RollbackSubject;
  readonly records = new Map<number, Revision | ReleaseReadError>();
  /** Revisions in the order in which they were read. */
  readonly reads: number[] = [];
  readonly clone = new Set<CommitHash>();
  /** What a fetch brings. */
  readonly remote = new Set<CommitHash>();
  /** Digits of each time that the clone was asked. */
  readonly asked: string[][] = [];
  images: ContainerImage[] | ClusterError = [];
  imageReads = 0;
  hold: EnvironmentHold | ClusterError | undefined;
  holdReads = 0;
  hasRepository = true;
  hasHelm2 = false;
  lists = 0;
  changes = 0;

  constructor(subject: Partial<RollbackSubject> = {}) {
    this.subject = aSubject(subject);
  }

  /** Begins to follow; nobody listens unless told so. */
  open(isListening = true): ReleaseHistory {
    const history = new ReleaseHistory(
      {
        watches: this.watches,
        history: this.#store,
        live: this.#live,
        holds: this.#holds,
        commits: () => Promise.resolve(this.hasRepository ? this.#commits : undefined),
        defaultBranch: aBranch("master"),
        clock: this.clock,
        log: this.log,
      },
      this.subject,
    );
    if (isListening) {
      history.onChange(() => {
        this.changes += 1;
      });
    }
    return history;
  }

  /** What the watch says: these revisions, which have records, newest first. */
  tell(...revisions: readonly Revision[]): void {
    for (const revision of revisions) this.records.set(revision.revision, revision);
    this.tellLabels(revisions.map(labelOf));
  }

  tellLabels(labels: readonly RevisionLabel[], verifiedAt = 1): void {
    const { context, namespace, release } = this.subject.release;
    this.watches.releases(context, namespace).tell({
      items: new Map(labels.length === 0 ? [] : [[release, labels]]),
      liveness: { kind: "live", verifiedAt },
      serverOffset: 0,
    });
  }

  loseConnection(error: ClusterError): void {
    const { context, namespace } = this.subject.release;
    this.watches.releases(context, namespace).tell({ liveness: { kind: "stale", since: 9, error } });
  }

  /** The environment's own Lease is there, in this version. */
  tellLease(resourceVersion: string): void {
    const { context, namespace } = this.subject.locks;
    const lease = watchedLock(freeLock());
    if (lease.kind !== "lock") return;
    const lock = { ...lease.lock, version: { uid: "l", resourceVersion } };
    this.watches.leases(context, namespace).tell({
      items: new Map([[this.subject.name, { ...lease, lock }]]),
      liveness: { kind: "live", verifiedAt: 1 },
    });
  }

  /** Lets everything that was begun come to its end. */
  async settle(history: ReleaseHistory): Promise<HistorySnapshot> {
    for (let turns = 0; turns < 20; turns += 1) await this.clock.advance(10);
    return history.current;
  }

  readonly #store: ReleaseHistoryStore = {
    list: () => {
      this.lists += 1;
      return Promise.resolve(ok({ revisions: [], hasHelm2: this.hasHelm2 }));
    },
    record: (_ref, { revision }) => {
      this.reads.push(revision);
      const found = this.records.get(revision);
      return Promise.resolve(found !== undefined && "reason" in found ? fail(found) : ok(found));
    },
  };

  readonly #live: LiveObjects = {
    images: () => {
      this.imageReads += 1;
      return Promise.resolve("reason" in this.images ? fail(this.images) : ok(this.images));
    },
    missingRights: () => Promise.resolve(ok([])),
  };

  readonly #holds: Pick<HoldStore, "read"> & HoldStore = {
    read: () => {
      this.holdReads += 1;
      const { hold } = this;
      if (hold !== undefined && !("nonce" in hold)) return Promise.resolve(fail(hold));
      const version = { uid: "l", resourceVersion: "1" };
      return Promise.resolve(ok({ value: { hold, version }, serverTime: undefined }));
    },
    write: () => Promise.resolve(ok(undefined)),
    create: () => Promise.resolve(ok(undefined)),
  };

  readonly #commits: CommitHistory = {
    resolve: (digits) => {
      this.asked.push([digits]);
      return Promise.resolve([...this.clone].filter((commit) => commit.startsWith(digits)).slice(0, 2));
    },
    facts: (commits) => {
      this.asked.push([...commits]);
      const factsOf = (commit: CommitHash): CommitFacts | undefined =>
        this.clone.has(commit) ? aFact(commit) : undefined;
      return Promise.resolve(new Map(commits.map((commit) => [commit, factsOf(commit)])));
    },
    between: () => Promise.resolve(undefined),
    fetch: (digits) => {
      for (const commit of this.remote) this.clone.add(commit);
      return Promise.resolve(ok([...this.clone].some((commit) => commit.startsWith(digits))));
    },
    links: () => Promise.resolve({ host: "github", web: "https://github.com/acme/app" }),
  };
}

export const aFact = (commit: CommitHash): CommitFacts => ({
  commit,
  subject: `About ${commit.slice(0, 7)}`,
  author: "Ann Lee",
  committedAt: 1,
});

/** The label of a revision's record, in its version. */
export const labelOf = ({ revision, status, driver, version }: Revision): RevisionLabel =>
  aLabel({ revision, status, driver, version, createdAt: 5 });
