import type { Entry, LockSeen, Verb } from "../linearizability/history.ts";

/** Nobody's, as a Lease is made by an administrator. */
export const noLock: LockSeen = { kind: "free", holder: "", claim: "", transitions: 0, until: 0 };

export const aLock = (lock: Partial<LockSeen> = {}): LockSeen => ({
  ...{ kind: "held", holder: "ann", claim: "claim-1", transitions: 1, until: 10_000 },
  ...lock,
});

/** The same lock, given back. */
export const givenBack = (lock: LockSeen): LockSeen => ({ ...lock, kind: "free", holder: "" });

interface WriteStory {
  readonly client: string;
  readonly from: number;
  readonly to?: number;
  readonly verb?: Verb;
  readonly before: LockSeen;
  readonly after: LockSeen;
  /** Of the reading that it rests on. */
  readonly serverTime?: number;
  readonly answer?: "ok" | "refused" | "unknown" | "none";
  /** What the verb said at last; without it its process was killed. */
  readonly said?: "done" | "not-done" | "unknown";
  /** The version that it made. */
  readonly version?: string;
}

/** A history of one machine, told step by step in a few words. */
export class LockHistory {
  readonly #entries: Entry[] = [];
  #operations = 0;

  get entries(): readonly Entry[] {
    return this.#entries.toSorted((a, b) => a.at - b.at);
  }

  client(client: string, by = client, rate = 1): this {
    return this.add({ entry: "client", client, at: 0, by, role: "locks", rate, offset: 0 });
  }

  read(client: string, from: number, at: number, lock: LockSeen, version = ""): this {
    const operation = this.#nextOperation();
    return this.add({ entry: "read", client, at, from, operation, machine: "dev1", version, lock });
  }

  write(story: WriteStory): this {
    const { client, from, to = from + 1, before, after, verb = "claim", serverTime = 0 } = story;
    const { answer = "ok", said = answer === "ok" ? "done" : undefined, version = "" } = story;
    const operation = this.#nextOperation();
    const write = `write-${operation}`;
    this.add({
      ...{ entry: "send", client, at: from, operation, write, verb, machine: "dev1", version: "" },
      ...{ before, after, serverTime },
    });
    if (answer !== "none") {
      const stored = answer === "ok" ? { version, lock: after } : {};
      this.add({ entry: "sent", client, at: to, write, result: answer, reason: "", ...stored });
    }
    if (said !== undefined) {
      const lock = said === "done" ? { machine: "dev1", lock: after } : {};
      this.add({ entry: "return", client, at: to, operation, answer: said, said, ...lock });
    }
    return this;
  }

  /** A state as the API server itself told it. */
  truth(at: number, version: string, lock: LockSeen): this {
    return this.add({ entry: "truth", at, machine: "dev1", version, lock });
  }

  add(entry: Entry): this {
    this.#entries.push(entry);
    return this;
  }

  #nextOperation(): string {
    this.#operations += 1;
    return String(this.#operations);
  }
}
