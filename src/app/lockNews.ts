import { newsFor, vanished, type KnownLock, type News } from "../domain/news.ts";
import { isSamePerson, type Person } from "../domain/person.ts";
import { SECOND_MS, type DurationMs, type EpochMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import type { MachineView, PoolView } from "./lockBoard.ts";
import type { Clock, Told } from "./ports.ts";

export type KeptNews = News & { readonly kind: "kept" };

export interface LockNewsServices {
  readonly told: Told;
  readonly clock: Clock;
  /**
   * Writes that this person's editor knows of the machine that is kept for them. What came of it is seen on the
   * board: nobody is told before it stands there, so that what was passed on meanwhile is not promised.
   */
  acknowledge(kept: KeptNews, me: Person, signal: AbortSignal): Promise<unknown>;
  /** Called once for each piece of news, in one window of this computer. */
  tell(news: News): void;
}

/** The locks as the board shows them, and who looks. */
export interface LocksSeen {
  readonly me: Person | undefined;
  readonly machines: readonly MachineView[];
  readonly pools: readonly PoolView[];
  /** The API server's time at a machine's locks. */
  readonly nowAt: (machine: string) => EpochMs;
}

/** A write that failed is tried again for as long as the machine is kept; without an answer that is a minute. */
const ACKNOWLEDGE_AGAIN_MS: DurationMs = 5 * SECOND_MS;

/** Finds on the board what its person has to be told, and tells each thing once across windows and restarts. */
export class LockNews implements Disposable {
  readonly #services: LockNewsServices;
  readonly #closed = new AbortController();
  /** What is true at this moment, by key. */
  #current: ReadonlyMap<string, News> = new Map();
  /** Each machine of this person as it was last seen to be theirs, by name. */
  readonly #mine = new Map<string, KnownLock>();
  readonly #handled = new Set<string>();
  readonly #acknowledging = new Set<string>();

  constructor(services: LockNewsServices) {
    this.#services = services;
  }

  /** To be called whenever the board has changed, and when it has become known who looks. */
  look({ me, machines, pools, nowAt }: LocksSeen): void {
    if (me === undefined) this.forget();
    if (me === undefined || this.#closed.signal.aborted) return;
    const news = machines.flatMap((machine) => {
      const now = nowAt(machine.name);
      const known = knownLock(machine, pools);
      return [...this.#gone(me, machine, now), ...(known === undefined ? [] : newsFor(me, [known], now))];
    });
    for (const machine of machines) this.#remember(me, machine, pools);
    // What is unknown for the moment is not over.
    const unknown = new Set(machines.flatMap(({ name, state }) => (state.kind === "unknown" ? [name] : [])));
    const before = [...this.#current.values()].filter(({ machine }) => unknown.has(machine));
    this.#current = new Map([...before, ...news].map((one) => [one.key, one]));
    for (const one of news) {
      if (one.kind === "kept" && !one.isAcknowledged) void this.#acknowledge(one, me);
      else void this.#tellOnce(one);
    }
  }

  /** What comes from now on may be of another cluster: a lock that is not there is not one that vanished. */
  forget(): void {
    this.#mine.clear();
  }

  /** Whether it still is as it was told, as far as is known: an answer to what is over must do nothing. */
  isCurrent(news: News): boolean {
    return this.#current.has(news.key);
  }

  dispose(): void {
    this.#closed.abort();
  }

  #gone(me: Person, { name, state, lock }: MachineView, now: EpochMs): readonly News[] {
    const before = this.#mine.get(name);
    const news = before === undefined ? undefined : vanished(me, before, { machine: name, state, lock }, now);
    return news === undefined ? [] : [news];
  }

  #remember(me: Person, machine: MachineView, pools: readonly PoolView[]): void {
    const { name, state } = machine;
    if (state.kind === "unknown") return;
    const known = knownLock(machine, pools);
    if (known !== undefined && state.kind === "held" && isSamePerson(state.hold.by, me)) {
      this.#mine.set(name, known);
    } else this.#mine.delete(name);
  }

  async #tellOnce(news: News): Promise<void> {
    if (this.#handled.has(news.key)) return;
    this.#handled.add(news.key);
    if (!(await this.#services.told.first(news.key)) || this.#closed.signal.aborted) return;
    if (isOfThePast(news) || this.isCurrent(news)) this.#services.tell(news);
  }

  async #acknowledge(kept: KeptNews, me: Person): Promise<void> {
    if (this.#acknowledging.has(kept.key)) return;
    this.#acknowledging.add(kept.key);
    const { signal } = this.#closed;
    await this.#services.acknowledge(kept, me, signal);
    await this.#services.clock.sleep(ACKNOWLEDGE_AGAIN_MS, signal);
    this.#acknowledging.delete(kept.key);
    const now = this.#current.get(kept.key);
    if (!signal.aborted && now?.kind === "kept" && !now.isAcknowledged) await this.#acknowledge(now, me);
  }
}

/** Undefined where there is no Lease, and while nothing is known. */
function knownLock(machine: MachineView, pools: readonly PoolView[]): KnownLock | undefined {
  const { name, pool, lock, state } = machine;
  if (lock === undefined) return undefined;
  const waiters = pools.find((one) => one.name === pool)?.waiters ?? [];
  return { machine: name, pool, lock, state, waiters };
}

/** What has happened stays so; what is may be over before it is told. */
const isOfThePast = ({ kind }: News): boolean =>
  kind === "lost" || kind === "vanished" || kind === "declined";
