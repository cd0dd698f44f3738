import type { DiagnosisCause } from "./diagnosis.ts";

/** Restarts after which a container that ends again and again is not expected to stay by itself. */
const HOPELESS_RESTARTS = 2;

/**
 * Whether what is wrong may pass without anybody doing anything: then it is worth some patience before it is called a
 * failure: a node may be added, another pod takes an evicted one's place. What only a person can change (an image that is not there, a Secret, a quota) is told at once.
 */
export function mayHealByItself(cause: DiagnosisCause): boolean {
  switch (cause.kind) {
    case "image":
      return cause.why === "registry" || cause.why === "other";
    case "missing-config":
      return cause.resource === "volume";
    case "crash-loop":
    case "init-failed":
    case "killed-by-probe":
      return cause.restarts < HOPELESS_RESTARTS;
    case "not-ready":
    case "readiness-gate":
    case "init-running":
    case "stuck-creating":
    case "unschedulable":
    case "evicted":
    case "node-lost":
    case "not-yet-available":
    case "not-observed":
    case "unreachable":
    case "another-operation":
      return true;
    case "old-pod-stays":
      return cause.why === "terminating";
    case "release-not-found":
    case "revision-pruned":
    case "forbidden":
    case "unauthorized":
    case "hook-failed":
    case "out-of-memory":
    case "quota":
    case "admission":
    case "cannot-start":
    case "immutable-field":
    case "field-conflict":
    case "removed-api":
    case "held-back":
    case "scaled-to-zero":
    case "no-node-matches":
    case "paused":
    case "deadline-exceeded":
    case "workload-gone":
    case "waited-too-long":
    case "unknown":
      return false;
  }
}
