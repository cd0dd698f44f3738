import type { OperationStore, Reading, WriteError } from "../../../src/app/ports.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../../src/domain/cluster.ts";
import type { OperationRecord, StoredOperation } from "../../../src/domain/operation.ts";
import type { Result } from "../../../src/domain/result.ts";
import { now, type Recorder } from "../history.ts";

/** A run that this client was told to have, and its fencing token. */
export interface Mine {
  readonly run: string;
  readonly token: number;
}

/** An operation store that takes down renewals, and remembers which run of ours holds under which token. */
export class RecordingOperations implements OperationStore {
  readonly #inner: OperationStore;
  readonly #recorder: Recorder;
  readonly #client: string;
  #asked = "";
  mine: Mine = { run: "", token: 0 };

  constructor(inner: OperationStore, recorder: Recorder, client: string) {
    this.#inner = inner;
    this.#recorder = recorder;
    this.#client = client;
  }

  async read(ref: ObjectRef, signal: AbortSignal): Promise<Result<Reading<StoredOperation>, ClusterError>> {
    const read = await this.#inner.read(ref, signal);
    if (read.ok) this.#learn(read.value.value.record);
    return read;
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    next: OperationRecord,
    signal: AbortSignal,
  ): Promise<Result<Reading<StoredOperation>, WriteError>> {
    const from = now();
    if (next.kind === "working") this.#asked = next.run;
    const written = await this.#inner.write(ref, expected, next, signal);
    if (next.kind === "working") {
      const machine = ref.name.replace(/-operation$/u, "");
      const { run } = next;
      this.#recorder.write({
        ...{ entry: "renewal", client: this.#client, at: now(), from, machine, run },
        isDone: written.ok,
      });
    }
    if (written.ok) this.#learn(written.value.value.record);
    return written;
  }

  create(): Promise<Result<Reading<StoredOperation>, WriteError>> {
    throw new Error("Every Lease is there from the start.");
  }

  #learn(record: OperationRecord): void {
    if (record.kind !== "working" || record.run !== this.#asked) return;
    this.mine = { run: record.run, token: record.transitions };
  }
}
