import type { Call } from "../../../src/sandbox/call.ts";
import type { Fault, Interceptor } from "../../../src/sandbox/decide.ts";
import { conflict, Refusal } from "../../../src/sandbox/refusal.ts";
import { seeded, type Random } from "../random.ts";

/** Chances of each fault, for each request that it can befall. */
export interface Weather {
  readonly "lost request": number;
  readonly "lost reply": number;
  readonly "409": number;
  readonly "429": number;
  readonly "500": number;
  readonly "503": number;
  readonly latency: number;
  /** A request that is served only after its sender has given up. */
  readonly "served late": number;
  readonly "silent watch": number;
}

export const CALM: Weather = {
  "lost request": 0,
  "lost reply": 0,
  "409": 0,
  "429": 0,
  "500": 0,
  "503": 0,
  latency: 0,
  "served late": 0,
  "silent watch": 0,
};

const SKIES: readonly [Weather, ...Weather[]] = [
  CALM,
  { ...CALM, "lost request": 0.06, "lost reply": 0.15, "silent watch": 0.2 },
  { ...CALM, "409": 0.6 },
  { ...CALM, "429": 0.08, "500": 0.12, "503": 0.06 },
  { ...CALM, latency: 0.6, "served late": 0.02 },
  {
    ...{ "lost request": 0.02, "lost reply": 0.06, "409": 0.1, "429": 0.02, "500": 0.03, "503": 0.02 },
    ...{ latency: 0.2, "served late": 0.005, "silent watch": 0.3 },
  },
];

const LATEST_MS = 250;
/** Clients wait five seconds of their own for an answer about a Lease. */
const GIVEN_UP_MS = 5_500;
const EXEMPT = "admin";

/** Faults of single requests, drawn by a seed from the weather that a run makes. */
export class RequestFaults {
  readonly counts = new Map<string, number>();
  readonly #random: Random;
  readonly #silenced = new Set<string>();
  #weather: Weather = CALM;

  constructor(seed: number) {
    this.#random = seeded(seed);
  }

  /** The kind of weather from here on, and the most likely fault in it, for the history. */
  change(random: Random): void {
    this.#weather = random.pick(SKIES);
  }

  heal(): void {
    this.#weather = CALM;
    this.#silenced.clear();
  }

  /** Every watch that this user opens from here on says nothing. */
  silence(user: string): void {
    this.#silenced.add(user);
  }

  readonly interceptor: Interceptor = (call, { name }) => {
    if (name === EXEMPT) return undefined;
    const found = call.verb === "watch" ? this.#ofWatch(name) : this.#ofRequest(call);
    if (found === undefined) return undefined;
    const [kind, fault] = found;
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return fault;
  };

  #ofWatch(user: string): readonly [keyof Weather, Fault] | undefined {
    const isSilent = this.#silenced.has(user) || this.#draws("silent watch");
    return isSilent ? ["silent watch", { kind: "silence" }] : undefined;
  }

  #ofRequest(call: Call): readonly [keyof Weather, Fault] | undefined {
    const isUpdate = call.verb === "update";
    if (this.#draws("lost request")) return ["lost request", { kind: "lose-request" }];
    if (this.#draws("lost reply")) return ["lost reply", { kind: "lose-reply" }];
    if (isUpdate && call.target.kind === "objects" && this.#draws("409")) {
      const { kind, name } = call.target.to;
      return ["409", { kind: "refuse", refusal: conflict(kind, name) }];
    }
    if (this.#draws("429")) {
      const refusal = new Refusal(429, "TooManyRequests", "the server is busy; please try again");
      return ["429", { kind: "refuse", refusal, retryAfterSeconds: 1 }];
    }
    if (this.#draws("500")) {
      const refusal = new Refusal(500, "InternalError", "etcdserver: leader changed");
      return ["500", { kind: "refuse", refusal }];
    }
    if (this.#draws("503")) {
      const refusal = new Refusal(503, "ServiceUnavailable", "the server is starting");
      return ["503", { kind: "refuse", refusal }];
    }
    if (this.#draws("served late")) {
      // Twice as late for the clock that runs at half rate.
      const delayMs = this.#random.between(GIVEN_UP_MS, 2 * GIVEN_UP_MS);
      return ["served late", { kind: "delay", delayMs }];
    }
    if (this.#draws("latency")) {
      return ["latency", { kind: "delay", delayMs: this.#random.between(5, LATEST_MS) }];
    }
    return undefined;
  }

  readonly #draws = (kind: keyof Weather): boolean => {
    const chance = this.#weather[kind];
    return chance > 0 && this.#random.chance(chance);
  };
}
