import type { DiagnosisCause } from "./diagnosis.ts";
import type { ContainerFacts, EventFact } from "./releaseFacts.ts";

/** What is wrong with a pod, and how much that tells: of several troubles the one with the lowest rank is shown. */
export interface Trouble {
  readonly cause: DiagnosisCause;
  readonly rank: number;
  readonly container?: ContainerFacts;
}

/** What was heard about a pod beyond its status; both may be empty, since both may be forbidden or gone. */
export interface Heard {
  readonly events: readonly EventFact[];
  readonly log: string;
}

export const NOTHING_HEARD: Heard = { events: [], log: "" };

/** Causes that no time heals come first; what merely has not come about yet comes last. */
export const RANK = {
  image: 1,
  "missing-config": 2,
  "out-of-memory": 3,
  "init-failed": 4,
  "cannot-start": 5,
  "crash-loop": 6,
  "node-lost": 7,
  evicted: 8,
  unschedulable: 9,
  "stuck-creating": 10,
  "probe-fails": 11,
  "readiness-gate": 12,
  "init-running": 13,
  "not-ready": 14,
  restarted: 15,
} as const;
