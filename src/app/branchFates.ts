import type { BranchName } from "../domain/branch.ts";
import type { BranchFate, DeployedBranch } from "../domain/flags.ts";
import { ok, type Result } from "../domain/result.ts";
import { MINUTE_MS, type DurationMs } from "../domain/time.ts";
import { Emitter, type Disposable } from "./emitter.ts";
import type { Clock, Log, Repository, RepositoryError } from "./ports.ts";

export interface BranchFatesServices {
  readonly clock: Clock;
  readonly log: Log;
  repository(signal: AbortSignal): Promise<Result<Repository, RepositoryError>>;
}

/** Remotes are other people's machines: between two questions that nothing calls for there is this much time. */
const ASK_AGAIN_MS: DurationMs = 10 * MINUTE_MS;

const keyOf = ({ branch, commit }: DeployedBranch): string => `${branch}\n${commit}`;

/**
 * What became of the branches that machines are locked for. The remote is asked once for all of them, only while
 * somebody looks: when another branch appears, when the person refreshes, and now and then.
 */
export class BranchFates implements Disposable {
  readonly #services: BranchFatesServices;
  readonly #changes = new Emitter<void>();
  readonly #closed = new AbortController();
  #wanted: readonly DeployedBranch[] = [];
  #defaultBranch: BranchName | undefined;
  #fates: ReadonlyMap<string, BranchFate> = new Map();
  #asked: ReadonlySet<string> = new Set();
  #isSeen = false;
  #isAsking = false;
  /** The next question is due whatever was asked before. */
  #isDue = false;
  #timer: Disposable | undefined;

  readonly onChange = this.#changes.event;

  constructor(services: BranchFatesServices) {
    this.#services = services;
  }

  /** Undefined where it is not known. */
  fateOf(deployed: DeployedBranch): BranchFate | undefined {
    return this.#fates.get(keyOf(deployed));
  }

  /** The branches that are of interest from now on. */
  follow(wanted: readonly DeployedBranch[], defaultBranch: BranchName): void {
    this.#wanted = wanted;
    this.#defaultBranch = defaultBranch;
    this.#askIfCalledFor();
  }

  /** Whether anybody looks at what is shown. */
  see(isSeen: boolean): void {
    if (isSeen === this.#isSeen) return;
    this.#isSeen = isSeen;
    this.#askIfCalledFor();
  }

  refresh(): void {
    this.#isDue = true;
    this.#askIfCalledFor();
  }

  dispose(): void {
    this.#closed.abort();
    this.#timer?.dispose();
    this.#changes.dispose();
  }

  #askIfCalledFor(): void {
    const isCalledFor = this.#isDue || this.#wanted.some((one) => !this.#asked.has(keyOf(one)));
    const mayAsk = this.#isSeen && !this.#isAsking && !this.#closed.signal.aborted;
    if (!mayAsk || !isCalledFor || this.#wanted.length === 0 || this.#defaultBranch === undefined) return;
    void this.#ask(this.#wanted, this.#defaultBranch);
  }

  async #ask(wanted: readonly DeployedBranch[], defaultBranch: BranchName): Promise<void> {
    this.#isAsking = true;
    this.#isDue = false;
    this.#timer?.dispose();
    this.#asked = new Set(wanted.map(keyOf));
    const { signal } = this.#closed;
    const answer = await this.#learn(wanted, defaultBranch);
    if (signal.aborted) return;
    this.#isAsking = false;
    if (!answer.ok) {
      this.#services.log.info(`What became of the branches is not known: ${JSON.stringify(answer.error)}`);
    }
    // What was merged stays so, whether or not the remote can be asked.
    this.#show(answer.ok ? answer.value : new Map([...this.#fates].filter(([, fate]) => fate === "merged")));
    this.#timer = this.#services.clock.after(ASK_AGAIN_MS, () => {
      this.refresh();
    });
    this.#askIfCalledFor();
  }

  async #learn(
    wanted: readonly DeployedBranch[],
    defaultBranch: BranchName,
  ): Promise<Result<ReadonlyMap<string, BranchFate>, RepositoryError>> {
    const { signal } = this.#closed;
    const repository = await this.#services.repository(signal);
    if (!repository.ok) return repository;
    const remote = await repository.value.remoteBranches(signal);
    if (!remote.ok) return remote;
    const head = remote.value.get(defaultBranch);
    const found = new Map<string, BranchFate>();
    // A remote without the default branch is not the one that people deploy from.
    if (head === undefined) return ok(found);
    for (const one of wanted) {
      if (one.branch === defaultBranch) continue;
      const isMerged =
        (await repository.value.isAncestor(one.commit, head, signal)) ??
        // The clone has not fetched that head yet: what was in an earlier one is in this one as well.
        (await repository.value.aheadBehind(one.commit, defaultBranch, signal))?.ahead === 0;
      found.set(keyOf(one), isMerged ? "merged" : remote.value.has(one.branch) ? "alive" : "deleted");
    }
    return ok(found);
  }

  #show(fates: ReadonlyMap<string, BranchFate>): void {
    const isSame = JSON.stringify([...fates]) === JSON.stringify([...this.#fates]);
    this.#fates = fates;
    if (!isSame) this.#changes.fire();
  }
}
