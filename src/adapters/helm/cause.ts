import type { HelmCause } from "../../app/ports.ts";

/**
 * helm exits with 1 whatever happened, so that its words are all there is to go by. They only choose a sentence
 * and an advice: what is true is read from the release's record, whatever is found here. First match wins.
 */
const WORDS: readonly (readonly [RegExp, HelmCause])[] = [
  [
    /another operation \(install\/upgrade\/rollback\) is in progress|release: already exists/u,
    "another-operation",
  ],
  [/context "[^"]*" does not exist|no context exists with the name/u, "context-unknown"],
  [/release name is invalid/iu, "bad-release-name"],
  [/Too long: must have at most \d+ bytes|etcdserver: request is too large/u, "record-too-large"],
  [/invalid ownership metadata|cannot be imported into the current release/u, "not-ours"],
  [/Apply failed with \d+ conflict|conflict occurred while applying/u, "field-conflict"],
  [/field is immutable|updates to statefulset spec for fields other than/u, "immutable-field"],
  [/no matches for kind|ensure CRDs are installed first/u, "unknown-kind"],
  // A rollback names only the Job: helm waits for no Jobs but those of hooks.
  [
    /(?:pre|post)-(?:install|upgrade|rollback) hooks? failed|failed (?:pre|post)-(?:install|upgrade)|\bjob \S+ failed: |\bresource Job\/\S+ not ready\. status: Failed/u,
    "hook-failed",
  ],
  [/\bUnauthorized\b|You must be logged in/u, "unauthorized"],
  [/is forbidden:|\bForbidden\b/u, "forbidden"],
  [
    /cluster unreachable|connection refused|no such host|i\/o timeout|TLS handshake timeout/u,
    "cluster-unreachable",
  ],
  [/timed out waiting for|context deadline exceeded|not ready\. status: /u, "waited-too-long"],
  [
    /Chart\.yaml file is missing|execution error at|parse error at|template: |error converting YAML|values don't meet the specifications|unable to build kubernetes objects|cannot load Chart|chart metadata is missing/u,
    "bad-chart",
  ],
];

/** Sorts what helm printed; only its last lines, since a chart's notes may say anything before them. */
export function causeOf(output: string): HelmCause {
  const last = output.trimEnd().split("\n").slice(-12).join("\n");
  const error = last.lastIndexOf("Error:");
  const words = error === -1 ? last : last.slice(error);
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? "other";
}
