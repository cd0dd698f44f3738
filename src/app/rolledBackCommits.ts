import { parseCommitHash, type CommitHash } from "../domain/branch.ts";
import type { ObjectRef } from "../domain/cluster.ts";
import type { LeaseHome, Machine, TeamConfig } from "../domain/config.ts";
import type { RolledBack } from "../domain/deployment.ts";
import { isInForce, type EnvironmentHold } from "../domain/hold.ts";
import { lockRef } from "../domain/lock.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Clock, Log, Repository } from "./ports.ts";
import type { HoldStore } from "./rollbackPorts.ts";

interface HoldReader {
  readonly holds: HoldStore;
  readonly clock: Clock;
  readonly log: Log;
}

interface Deployed {
  readonly config: Pick<TeamConfig, "environments">;
  readonly repository: Pick<Repository, "isAncestor">;
  readonly commit: CommitHash;
  /** Where it will most likely go; undefined where that is not known. */
  readonly machine: Machine | undefined;
}

/** A cluster that is far away or down keeps nobody from devdeploying. */
const ANSWER_WITHIN_MS: DurationMs = 2 * SECOND_MS;
/** The newest of them come first; git is asked about each. */
const MOST_LOOKED_UP = 20;

/** Commits of a branch that a rollback of production, or of the machine itself, took away; by the holds in force. */
export async function rolledBackCommits(
  services: HoldReader,
  { config, repository, commit, machine }: Deployed,
  signal: AbortSignal,
): Promise<readonly RolledBack[]> {
  const production = config.environments.filter(({ tier }) => tier === "production");
  const places: readonly { readonly name: string; readonly locks: LeaseHome }[] =
    machine === undefined ? production : [machine, ...production];
  const late = new AbortController();
  const timer = services.clock.after(ANSWER_WITHIN_MS, () => {
    late.abort();
  });
  const within = AbortSignal.any([signal, late.signal]);
  const found = await Promise.all(
    places.map(async ({ name, locks }) => {
      const hold = await holdOn(services, lockRef(name, locks), within);
      const undone = (hold?.undone ?? []).slice(0, MOST_LOOKED_UP);
      const contained = await Promise.all(
        undone.map(async (hash) => {
          const parsed = parseCommitHash(hash);
          return parsed.ok && (await repository.isAncestor(parsed.value, commit, signal)) === true;
        }),
      );
      return { environment: name, commits: undone.filter((_, index) => contained[index]) };
    }),
  );
  timer.dispose();
  return found.filter(({ commits }) => commits.length > 0);
}

async function holdOn(
  { holds, clock, log }: HoldReader,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<EnvironmentHold | undefined> {
  const read = await holds.read(ref, signal);
  if (!read.ok) {
    if (read.error.reason !== "not-found") {
      log.warn(`Whether ${ref.name} is on hold: ${JSON.stringify(read.error)}`);
    }
    return undefined;
  }
  const { value, serverTime } = read.value;
  const { hold } = value;
  return hold !== undefined && isInForce(hold, serverTime ?? clock.now()) ? hold : undefined;
}
