import type { RecordDriver, Revision, RevisionLabel } from "../domain/release.ts";
import { SECOND_MS, type DurationMs } from "../domain/time.ts";
import type { Disposable } from "./emitter.ts";
import type { Clock, ReleaseReadError, ReleaseRef } from "./ports.ts";
import type { ReleaseHistoryStore } from "./rollbackPorts.ts";

/** What is known of one record. */
export type KnownRecord =
  | { readonly kind: "reading" }
  /** `isCurrent`: what was read is of the label's very version, or newer. */
  | { readonly kind: "read"; readonly revision: Revision; readonly isCurrent: boolean }
  | { readonly kind: "unreadable"; readonly detail: string }
  | { readonly kind: "unread"; readonly detail: string };

interface Kept {
  /** The version that was asked for last, with what came of it. */
  readonly resourceVersion: string;
  readonly known: KnownRecord;
}

/** After this the cluster is asked again for a record that it could not give. */
const RETRY_MS: DurationMs = 10 * SECOND_MS;

/**
 * The records of one release, decoded one after the other, newest first, with a pause between any two so that the
 * editor has room to breathe. A record that changed is shown as it was until it has been read again: only its status
 * and description ever change, and the status stands in its label.
 */
export class HistoryRecords implements Disposable {
  readonly #store: ReleaseHistoryStore;
  readonly #clock: Clock;
  readonly #ref: ReleaseRef;
  readonly #changed: () => void;
  readonly #kept = new Map<string, Kept>();
  readonly #closed = new AbortController();
  #labels: readonly RevisionLabel[] = [];
  #isReading = false;
  #retry: Disposable | undefined;

  constructor(
    services: { readonly history: ReleaseHistoryStore; readonly clock: Clock },
    ref: ReleaseRef,
    changed: () => void,
  ) {
    this.#store = services.history;
    this.#clock = services.clock;
    this.#ref = ref;
    this.#changed = changed;
  }

  /** Reads what is new among these, newest first, and forgets what is gone. */
  follow(labels: readonly RevisionLabel[]): void {
    this.#labels = labels;
    const present = new Set(labels.map(keyOf));
    for (const key of this.#kept.keys()) if (!present.has(key)) this.#kept.delete(key);
    void this.#read();
  }

  of(label: RevisionLabel): KnownRecord {
    const kept = this.#kept.get(keyOf(label));
    if (kept === undefined) return { kind: "reading" };
    const { known } = kept;
    if (kept.resourceVersion === label.version.resourceVersion) return known;
    return known.kind === "read" ? { ...known, isCurrent: false } : { kind: "reading" };
  }

  /** Asks at once for what the cluster could not give. */
  again(): void {
    this.#retry?.dispose();
    this.#retry = undefined;
    for (const [key, { known }] of this.#kept) if (known.kind === "unread") this.#kept.delete(key);
    void this.#read();
  }

  dispose(): void {
    this.#retry?.dispose();
    this.#closed.abort();
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#retry !== undefined) return;
    this.#isReading = true;
    const { signal } = this.#closed;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const answer = await this.#store.record(this.#ref, next, signal);
      if (signal.aborted) return;
      const known = this.#judge(next, answer);
      this.#kept.set(keyOf(next), { resourceVersion: next.version.resourceVersion, known });
      this.#changed();
      if (known.kind === "unread") {
        this.#retryLater();
        break;
      }
      await this.#clock.sleep(0, signal);
    }
    this.#isReading = false;
  }

  /** The newest record whose present version has not been asked for; none any more once this is closed. */
  #next(): RevisionLabel | undefined {
    if (this.#closed.signal.aborted) return undefined;
    return this.#labels.find(
      (label) => this.#kept.get(keyOf(label))?.resourceVersion !== label.version.resourceVersion,
    );
  }

  #judge(label: RevisionLabel, answer: Awaited<ReturnType<ReleaseHistoryStore["record"]>>): KnownRecord {
    if (answer.ok) {
      const revision = answer.value;
      // Gone meanwhile: the watch is about to say so.
      return revision === undefined ? { kind: "reading" } : { kind: "read", revision, isCurrent: true };
    }
    if (answer.error.reason === "unreadable-record") {
      return { kind: "unreadable", detail: answer.error.detail };
    }
    const before = this.#kept.get(keyOf(label))?.known;
    if (before?.kind === "read") return { ...before, isCurrent: false };
    return { kind: "unread", detail: detailOf(answer.error) };
  }

  /** What one record could not be had for, the others cannot either: asking for each of them would be a storm. */
  #retryLater(): void {
    this.#retry = this.#clock.after(RETRY_MS, () => {
      this.again();
    });
  }
}

/** Some tools copy objects with their uid left out. */
const keyOf = ({
  driver,
  revision,
  version,
}: {
  readonly driver: RecordDriver;
  readonly revision: number;
  readonly version: { readonly uid: string };
}): string => `${driver}/${revision}/${version.uid}`;

/** A cluster's refusal as a fact, for showing beside a sentence. */
export const detailOf = (error: ReleaseReadError): string =>
  "detail" in error ? error.detail : error.reason;
