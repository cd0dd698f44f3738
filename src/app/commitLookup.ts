import type { BranchName, CommitHash } from "../domain/branch.ts";
import { wholeHash } from "../domain/commitClues.ts";
import type { CommitFacts, CommitMatch, RepositoryLinks } from "../domain/commitMatch.ts";
import type { Resolved } from "../domain/gradeCommit.ts";
import { ok, type Result } from "../domain/result.ts";
import type { Disposable } from "./emitter.ts";
import type { Log } from "./ports.ts";
import type { CommitHistory } from "./rollbackPorts.ts";

/** Why commits could not be fetched. */
export interface FetchError {
  readonly reason: "remote-unreachable" | "git-failed";
  readonly detail: string;
}

export interface CommitLookupServices {
  /** Undefined where there is no repository to look commits up in. */
  commits(signal: AbortSignal): Promise<CommitHistory | undefined>;
  readonly defaultBranch: BranchName;
  readonly log: Log;
}

/**
 * Looks up in the clone what records name: all that was asked for while git was busy goes into its next run. Without
 * a repository everything is looked up at once, and found nowhere.
 */
export class CommitLookup implements Disposable {
  readonly #services: CommitLookupServices;
  readonly #changed: () => void;
  readonly #closed = new AbortController();
  readonly #resolved = new Map<string, readonly CommitHash[]>();
  readonly #facts = new Map<CommitHash, CommitFacts>();
  readonly #wanted = new Set<string>();
  /** What git is being asked for at this moment. */
  #asked: ReadonlySet<string> = new Set();
  #history: Promise<CommitHistory | undefined> | undefined;
  /** Not before the first look. */
  #hasRepository = false;
  #generation = 0;
  #links: RepositoryLinks | undefined;
  #running: Promise<void> | undefined;

  constructor(services: CommitLookupServices, changed: () => void) {
    this.#services = services;
    this.#changed = changed;
  }

  get resolved(): Resolved {
    return this.#resolved;
  }

  /** Changes with everything that is found. */
  get generation(): number {
    return this.#generation;
  }

  get links(): RepositoryLinks | undefined {
    return this.#links;
  }

  facts(commit: CommitHash): CommitFacts | undefined {
    return this.#facts.get(commit);
  }

  /** Whether all of these have been looked up; what has not is looked up now. */
  has(digits: readonly string[]): boolean {
    const open = digits.filter((text) => !this.#resolved.has(text));
    const unasked = open.filter((text) => !this.#asked.has(text));
    for (const text of unasked) this.#wanted.add(text);
    if (unasked.length > 0) void this.#run();
    return open.length === 0;
  }

  /** Commits that a fetch may bring, each once, in the order of the matches; none where there is no repository. */
  missing(matches: readonly CommitMatch[]): readonly string[] {
    return this.#hasRepository ? [...new Set(matches.flatMap(notInClone))] : [];
  }

  /** Looks again for what the clone had not got, as after somebody's own fetch. */
  async again(digits: readonly string[]): Promise<void> {
    for (const text of digits) this.#wanted.add(text);
    await this.#run();
  }

  /** Opens the repository anew at the next look: it may have come, or its remote may have moved. */
  reopen(): void {
    this.#history = undefined;
  }

  /** Fetches each of these from the remote; whether the clone has them all then. */
  async fetch(digits: readonly string[], signal: AbortSignal): Promise<Result<boolean, FetchError>> {
    const history = await this.#open();
    if (history === undefined) return ok(digits.length === 0);
    const both = AbortSignal.any([signal, this.#closed.signal]);
    let hasAll = true;
    for (const text of digits) {
      const fetched = await history.fetch(text, this.#services.defaultBranch, both);
      if (!fetched.ok) return fetched;
      hasAll &&= fetched.value;
    }
    await this.again(digits);
    return ok(hasAll);
  }

  dispose(): void {
    this.#closed.abort();
  }

  /** One run of git after the other; what is wanted meanwhile waits for the next. */
  async #run(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#wanted.size === 0 || this.#isClosed()) return;
    const digits = [...this.#wanted];
    this.#asked = new Set(digits);
    this.#wanted.clear();
    this.#running = this.#lookSafely(digits);
    await this.#running;
    if (!this.#isClosed()) this.#changed();
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async #lookSafely(digits: readonly string[]): Promise<void> {
    let found: Resolved = new Map();
    try {
      found = await this.#look(digits);
    } catch (error) {
      this.#services.log.error(`commits could not be looked up: ${String(error)}`);
    }
    // What could not be looked up counts as not found, or it would be looked up for ever.
    for (const text of digits) this.#resolved.set(text, []);
    for (const [text, commits] of found) this.#resolved.set(text, commits);
    this.#generation += 1;
    this.#asked = new Set();
    this.#running = undefined;
  }

  async #look(digits: readonly string[]): Promise<Resolved> {
    const { signal } = this.#closed;
    const history = await this.#open();
    if (history === undefined) return new Map();
    const found = new Map<string, readonly CommitHash[]>();
    const short = digits.filter((text) => wholeHash(text) === undefined);
    const answers = await Promise.all(short.map((text) => history.resolve(text, signal)));
    short.forEach((text, index) => found.set(text, answers[index] ?? []));
    const whole = [...digits.flatMap((text) => wholeHash(text) ?? []), ...answers.flat()];
    for (const [commit, facts] of await history.facts([...new Set(whole)], signal)) {
      if (facts === undefined) continue;
      this.#facts.set(commit, facts);
      found.set(commit, [commit]);
    }
    return found;
  }

  #open(): Promise<CommitHistory | undefined> {
    this.#history ??= this.#services.commits(this.#closed.signal).then(async (history) => {
      this.#hasRepository = history !== undefined;
      this.#links = await history?.links(this.#closed.signal);
      return history;
    });
    return this.#history;
  }
}

function notInClone(match: CommitMatch): readonly string[] {
  if (match.kind === "exact") return match.isInClone ? [] : [match.commit];
  return match.kind === "ambiguous" && match.why === "not-in-clone" ? match.candidates : [];
}
