import { randomUUID } from "node:crypto";
import { parseConfig } from "../src/adapters/config/parse.ts";
import { systemClock } from "../src/adapters/system/clock.ts";
import { claimMachine, type ClaimOutcome, type ClaimServices } from "../src/app/claimMachine.ts";
import { EnvironmentBoard } from "../src/app/environmentBoard.ts";
import { LockBoard } from "../src/app/lockBoard.ts";
import type { Log } from "../src/app/ports.ts";
import { unlockMachine } from "../src/app/unlockMachine.ts";
import { openCluster, type Cluster } from "../src/cluster.ts";
import { parseBranchName, parseCommitHash, type BranchName, type CommitHash } from "../src/domain/branch.ts";
import type { Pool, TeamConfig } from "../src/domain/config.ts";
import { lockRef } from "../src/domain/lock.ts";
import type { Person } from "../src/domain/person.ts";

const NEVER = new AbortController().signal;

/** What an editor is to the cluster: its client, its watches and its two boards, without VS Code around them. */
export class Editor {
  readonly board: LockBoard;
  readonly #cluster: Cluster;
  readonly #services: ClaimServices;
  readonly #releases: EnvironmentBoard;
  readonly #pool: Pool;
  readonly #person: Person;

  constructor(kubeconfig: string, config: TeamConfig, name: string, onTrouble: (text: string) => void) {
    const shared = { clock: systemClock, log: logOf(onTrouble) };
    this.#cluster = openCluster({ kubeconfig, env: process.env, ...shared });
    this.#services = { ...this.#cluster, ...shared, random: Math.random, newNonce: randomUUID };
    this.#pool = firstPool(config);
    this.#person = { user: "ann", mail: `${name}@example.com`, name };
    this.board = new LockBoard({ ...this.#cluster, ...shared });
    this.#releases = new EnvironmentBoard(this.#cluster);
    this.board.follow(config);
    this.#releases.follow(config);
  }

  get isLive(): boolean {
    return this.board.machines.every(({ liveness }) => liveness.kind === "live");
  }

  get hasFreeMachine(): boolean {
    return this.board.machines.some(({ state }) => state.kind === "free");
  }

  claim(): Promise<ClaimOutcome> {
    const claim = { by: this.#person, branch: BRANCH, commit: COMMIT };
    return claimMachine(this.#services, { pool: this.#pool, claim }, NEVER);
  }

  async unlock(machine: string): Promise<boolean> {
    const { locks } = this.#pool.machines.find(({ name }) => name === machine) ?? {};
    if (locks === undefined) return false;
    const order = { ref: lockRef(machine, locks), pool: this.#pool.name, by: this.#person };
    const outcome = await unlockMachine(this.#services, order, NEVER);
    return outcome.kind === "unlocked";
  }

  dispose(): void {
    this.board.dispose();
    this.#releases.dispose();
    this.#cluster.dispose();
  }
}

const logOf = (onTrouble: (text: string) => void): Log => ({
  info: () => undefined,
  warn: onTrouble,
  error: onTrouble,
});

/** The configuration that a devdeploy.json says; throws where it has mistakes. */
export function configOf(text: string): TeamConfig {
  const parsed = parseConfig(text);
  if (parsed.kind === "valid") return parsed.config;
  throw new Error(parsed.problems.map(({ message }) => message).join("\n"));
}

function firstPool({ pools: [pool] }: TeamConfig): Pool {
  if (pool === undefined) throw new Error("An editor needs a pool.");
  return pool;
}

const BRANCH = branch("task/bench");
const COMMIT = commit("1".repeat(40));

function branch(text: string): BranchName {
  const parsed = parseBranchName(text);
  if (!parsed.ok) throw new Error(`No branch name: ${text}`);
  return parsed.value;
}

function commit(text: string): CommitHash {
  const parsed = parseCommitHash(text);
  if (!parsed.ok) throw new Error(`No commit: ${text}`);
  return parsed.value;
}
