import type { BranchName, CommitHash } from "../domain/branch.ts";
import type { ClusterError } from "../domain/cluster.ts";
import type { Machine, Pool } from "../domain/config.ts";
import type { Hold, LockState, ShownLock } from "../domain/lock.ts";
import type { Claim } from "../domain/lockChanges.ts";
import type { Person } from "../domain/person.ts";
import type { ClaimOutcome, MachineClaimed } from "./claimMachine.ts";
import type { DeployPhase, Got } from "./deployOutcome.ts";
import type { FullAnswer, FullPool, Unserved, WhenFull } from "./fullPool.ts";
import type { Clock } from "./ports.ts";
import type { TakeOverOutcome } from "./takeOver.ts";

export type Claiming = Omit<Claim, "nonce" | "url">;

/** `claimMachine` with its services already given to it; `only` where the person insists on a machine. */
export type ClaimMachine = (
  order: { readonly pool: Pool; readonly claim: Claiming; readonly only?: readonly string[] },
  signal: AbortSignal,
) => Promise<ClaimOutcome>;

/** `takeOver` with its services already given to it. */
export type TakeOver = (
  order: {
    readonly pool: Pool;
    readonly machine: Machine;
    readonly claim: Claiming;
    readonly shown: ShownLock;
    readonly reason?: string;
  },
  signal: AbortSignal,
) => Promise<TakeOverOutcome>;

export interface GetMachineServices {
  readonly clock: Clock;
  readonly claimMachine: ClaimMachine;
  readonly takeOver: TakeOver;
  readonly whenFull: WhenFull;
}

export interface Wanted {
  readonly pool: Pool;
  readonly person: Person;
  readonly branch: BranchName;
  readonly commit: CommitHash;
  /** The machine that the person insists on. */
  readonly machine?: Machine;
}

export type GotMachine =
  | { readonly kind: "got"; readonly machine: Machine; readonly hold: Hold; readonly got?: Got }
  /** No machine, and the person knows. */
  | { readonly kind: "full"; readonly full: FullPool; readonly answer: Unserved }
  /** The machine that they insisted on is not to be had. */
  | { readonly kind: "taken"; readonly state: LockState }
  | { readonly kind: "failed"; readonly error: ClusterError; readonly mayBeHeld: boolean };

/**
 * Gets the person a machine. Where the pool is full they say what they want; whoever takes one over goes on with it
 * at once, and what changed while they thought about it is claimed or asked about anew.
 */
export async function getMachine(
  services: GetMachineServices,
  wanted: Wanted,
  onPhase: (phase: DeployPhase) => void,
  signal: AbortSignal,
): Promise<GotMachine> {
  const { pool, machine } = wanted;
  let changed: FullPool["changed"];
  for (;;) {
    const claim = await claimFor(services, wanted, signal);
    if (claim.kind === "claimed") return gotten(claim);
    if (claim.kind === "failed") return claim;
    if (machine !== undefined) {
      return { kind: "taken", state: claim.locks[0]?.state ?? { kind: "missing" } };
    }
    const full = fullPool(services.clock, wanted, claim, changed);
    onPhase({ kind: "full", pool: pool.name });
    const answer = await services.whenFull(full, signal);
    if (signal.aborted) return { kind: "full", full, answer: { kind: "nothing" } };
    if (answer.kind === "again") continue;
    if (answer.kind === "waiting") return lastLook(services, { wanted, full, answer }, signal);
    if (answer.kind !== "take-over") return { kind: "full", full, answer };
    onPhase({ kind: "claiming", pool: pool.name, machine: answer.machine });
    const taken = await takeOverFrom(services, wanted, answer, signal);
    if (taken.kind === "claimed") return gotten(taken, holderOf(full, answer.machine));
    if (taken.kind === "failed") return taken;
    changed = { machine: answer.machine, lock: taken.lock };
  }
}

const claimFor = (
  { claimMachine }: GetMachineServices,
  { pool, person: by, branch, commit, machine }: Wanted,
  signal: AbortSignal,
): Promise<ClaimOutcome> =>
  claimMachine(
    { pool, claim: { by, branch, commit }, ...(machine === undefined ? {} : { only: [machine.name] }) },
    signal,
  );

function takeOverFrom(
  { takeOver }: GetMachineServices,
  { pool, person: by, branch, commit }: Wanted,
  { machine: name, shown, reason }: FullAnswer & { readonly kind: "take-over" },
  signal: AbortSignal,
): Promise<TakeOverOutcome> {
  const machine = pool.machines.find((one) => one.name === name);
  if (machine === undefined) throw new Error(`${name} is no machine of ${pool.name}.`);
  const claim = { by, branch, commit };
  const order = { pool, machine, claim, shown, ...(reason === undefined ? {} : { reason }) };
  return takeOver(order, signal);
}

/**
 * A machine that became free while the person was being put on the list is kept for nobody, so nobody would tell
 * them of it: one more look after they are on it.
 */
async function lastLook(
  services: GetMachineServices,
  { wanted, full, answer }: { readonly wanted: Wanted; readonly full: FullPool; readonly answer: Unserved },
  signal: AbortSignal,
): Promise<GotMachine> {
  const claim = await claimFor(services, wanted, signal);
  return claim.kind === "claimed" ? gotten(claim) : { kind: "full", full, answer };
}

function fullPool(
  clock: Clock,
  { pool, person, branch }: Wanted,
  { locks, waiters, serverTime }: ClaimOutcome & { readonly kind: "full" },
  changed: FullPool["changed"],
): FullPool {
  const now = serverTime ?? clock.now();
  return {
    pool,
    person,
    branch,
    machines: locks,
    waiters,
    now,
    ...(changed === undefined ? {} : { changed }),
  };
}

function gotten(claim: MachineClaimed, from?: string): GotMachine {
  const { machine, hold } = claim;
  const got = gotBy(claim, from);
  return { kind: "got", machine, hold, ...(got === undefined ? {} : { got }) };
}

/** What is worth a word about how the machine was come by. */
function gotBy({ how, instead }: MachineClaimed, from: string | undefined): Got | undefined {
  if (how === "taken-over") return { kind: "taken-over", from: from ?? "" };
  if (instead !== undefined) return { kind: "instead", of: instead.machine, by: instead.by };
  return how === "mine-again" ? { kind: "again" } : undefined;
}

function holderOf({ machines }: FullPool, name: string): string {
  const state = machines.find(({ machine }) => machine === name)?.state;
  return state?.kind === "held" ? state.hold.by.name : "";
}
