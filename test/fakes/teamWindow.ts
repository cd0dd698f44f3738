import "./vscode.ts";
import { BranchFates } from "../../src/app/branchFates.ts";
import { EnvironmentBoard } from "../../src/app/environmentBoard.ts";
import { LockBoard } from "../../src/app/lockBoard.ts";
import type { Repository, WatchedLease } from "../../src/app/ports.ts";
import type { BranchName, CommitHash } from "../../src/domain/branch.ts";
import type { TeamConfig } from "../../src/domain/config.ts";
import type { Person } from "../../src/domain/person.ts";
import { fail, ok } from "../../src/domain/result.ts";
import type { Connection } from "../../src/ui/model/connection.ts";
import { aConfig, ann } from "../builders/deploy.ts";
import { at } from "../builders/lock.ts";
import { ManualClock } from "./clock.ts";
import { FakePods } from "./livePods.ts";
import { FakeLog } from "./log.ts";
import { FakeRollbacks } from "./rollbacks.ts";
import { FakeRollouts } from "./rollouts.ts";
import { FakeReleaseStore } from "./releases.ts";
import { FakeWorkloadWatches } from "./workloadWatches.ts";

const { TeamFolder } = await import("../../src/ui/model/teamFolder.ts");
const { TeamFolders } = await import("../../src/ui/model/teamFolders.ts");

/** The folders of one window, whose cluster and remote a test tells what they say. */
export class TeamWindow {
  readonly clock = new ManualClock(at("08:00"));
  readonly log = new FakeLog();
  readonly watches = new FakeWorkloadWatches();
  readonly releases = new FakeReleaseStore();
  readonly remote = new Map<BranchName, CommitHash>();
  /** What was ordered by name, with what. */
  readonly orders: { readonly verb: string; readonly order: unknown }[] = [];
  /** How each verb ends. */
  readonly ends: Partial<Connection> = {};
  readonly rollbacks = new FakeRollbacks();
  readonly rollouts = new FakeRollouts();
  readonly pods = new FakePods();
  readonly folders;
  readonly folder;
  remoteAsked = 0;
  isTrusted = true;

  constructor(me: Person | undefined = ann, config: TeamConfig = aConfig()) {
    const { clock, log } = this;
    const repository = this.#repository(me);
    this.folders = new TeamFolders(clock, () => this.isTrusted);
    this.folder = new TeamFolder(
      { key: "demo", name: "demo", path: "/demo" },
      {
        current: { kind: "valid", config },
        onChange: () => ({ dispose: () => undefined }),
        dispose: () => undefined,
      },
      { clock, log, connect: () => Promise.resolve(this.#connection(me, repository)) },
    );
    this.folders.add(this.folder);
  }

  /** The cluster's answer: all Leases of the locks' namespace. */
  async tell(leases: Readonly<Record<string, WatchedLease>>, serverOffset = 0): Promise<void> {
    this.watches.leases("staging", "devdeploy").tell({
      items: new Map(Object.entries(leases)),
      liveness: { kind: "live", verifiedAt: 0 },
      serverOffset,
    });
    await this.settled();
  }

  /** Lets what was begun go as far as it can. */
  async settled(): Promise<void> {
    for (let turns = 0; turns < 10; turns += 1) await this.clock.advance(0);
  }

  #repository(me: Person | undefined): Repository {
    const known: Partial<Repository> = {
      person: () => Promise.resolve(me === undefined ? fail({ reason: "no-mail" }) : ok(me)),
      remoteBranches: () => {
        this.remoteAsked += 1;
        return Promise.resolve(ok(new Map(this.remote)));
      },
      isAncestor: () => Promise.resolve(false),
    };
    return known as Repository;
  }

  #connection(me: Person | undefined, repository: Repository): Connection {
    const { clock, log, watches, releases } = this;
    const services: Partial<ReturnType<Connection["deployServices"]>> = {
      identity: { whoAmI: () => Promise.resolve(ok(me?.user ?? "")) },
    };
    const verb =
      (name: "unlockMachine" | "keepMachine" | "acknowledgeKept" | "leaveWaiting") =>
      (order: unknown): Promise<never> => {
        this.orders.push({ verb: name, order });
        const end = this.ends[name] as ((order: unknown) => Promise<never>) | undefined;
        if (end === undefined) throw new Error(`${name} was not expected.`);
        return end(order);
      };
    const connection: Partial<Connection> = {
      locks: new LockBoard({ watches, clock }),
      releases: new EnvironmentBoard({ watches, releases }),
      fates: new BranchFates({ clock, log, repository: () => Promise.resolve(ok(repository)) }),
      deployServices: () => services as ReturnType<Connection["deployServices"]>,
      rollback: this.rollbacks,
      rollouts: this.rollouts,
      pods: (subject) => this.pods.open(subject),
      repository: () => Promise.resolve(ok(repository)),
      unlockMachine: verb("unlockMachine"),
      keepMachine: verb("keepMachine"),
      acknowledgeKept: verb("acknowledgeKept"),
      leaveWaiting: verb("leaveWaiting"),
      dispose: () => undefined,
    };
    return connection as Connection;
  }
}
