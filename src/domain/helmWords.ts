import type { DiagnosisCause, Evidence } from "./diagnosis.ts";

const MAX_LINES = 12;

/**
 * helm's last words: from its last `Error:` on, since a chart's notes and helm's warnings may say anything before.
 * Without one the last lines.
 */
export function lastWords(output: string): string {
  const lines = output.trimEnd().split("\n");
  const error = lines.findLastIndex((line) => /^(?:\S+: )?Error:/u.test(line));
  const words = error === -1 ? lines.slice(-MAX_LINES) : lines.slice(error, error + MAX_LINES);
  return words
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== "")
    .join("\n");
}

/** helm's words as evidence; none where it said nothing. */
export function helmEvidence(output: string | undefined): readonly Evidence[] {
  const text = lastWords(output ?? "");
  return text === "" ? [] : [{ kind: "helm", about: "", text }];
}

type Reading = (words: string, release: string) => DiagnosisCause | undefined;

/**
 * What helm's own words say beyond doubt; the first that fits. helm exits with 1 whatever happened, so that there is
 * nothing else to go by. The words are those of helm 3.14 to 4.3 (pkg/action, pkg/storage/driver) and of the API
 * server that it quotes (apimachinery's StatusError, apiserver's authorizer).
 */
const READINGS: readonly Reading[] = [
  (words, release) =>
    /release: not found|release not loaded/iu.test(words)
      ? { kind: "release-not-found", release }
      : undefined,
  (words) => {
    const found = /release has no (?<revision>\d+) version/u.exec(words)?.groups?.["revision"];
    return found === undefined ? undefined : { kind: "revision-pruned", revision: Number(found) };
  },
  (words) =>
    /another operation \(install\/upgrade\/rollback\) is in progress|release: already exists/u.test(words)
      ? { kind: "another-operation" }
      : undefined,
  (words) => hookFailure(words),
  (words) => conflict(words),
  (words) => immutable(words),
  (words) => removedApi(words),
  (words) => missingRight(words),
  (words) => turnedAway(words),
  (words) =>
    /\bUnauthorized\b|You must be logged in|the server has asked for the client to provide credentials/u.test(
      words,
    )
      ? { kind: "unauthorized" }
      : undefined,
  (words) =>
    /context "[^"]*" does not exist|no context exists with the name/u.test(words)
      ? undefined
      : unreachable(words),
  (words) =>
    /timed out waiting for|context deadline exceeded|not ready\. status: |rate: Wait\(n=1\) would exceed context deadline/u.test(
      words,
    )
      ? { kind: "waited-too-long" }
      : undefined,
];

/** What helm's words come down to; undefined where they say nothing that we know. */
export function helmTrouble(output: string, release: string): DiagnosisCause | undefined {
  const words = lastWords(output);
  for (const read of READINGS) {
    const cause = read(words, release);
    if (cause !== undefined) return cause;
  }
  return undefined;
}

const HOOK_EVENT =
  /\b(?<event>(?:pre|post)-(?:install|upgrade|rollback|delete))\b(?: hooks?)? failed|\bfailed (?<other>(?:pre|post)-(?:install|upgrade|rollback|delete))\b/u;
/** helm 3: `job web-migrate failed: BackoffLimitExceeded`; helm 4: `resource Job/ns/web-migrate not ready. status: Failed`. */
const HOOK_JOB =
  /\bjob (?<old>[a-z0-9][\w.-]*) failed: |\b(?:Job|Pod)\/[\w.-]+\/(?<name>[a-z0-9][\w.-]*) not ready\. status: Failed/u;

/**
 * `pre-upgrade hooks failed: …` of an upgrade, `failed pre-install: …` of an installation. A rollback names only
 * the Job: helm waits for no Jobs but those of hooks.
 */
function hookFailure(words: string): DiagnosisCause | undefined {
  const event = HOOK_EVENT.exec(words)?.groups;
  const job = HOOK_JOB.exec(words)?.groups;
  if (event === undefined && job === undefined && !/BackoffLimitExceeded/u.test(words)) return undefined;
  return {
    kind: "hook-failed",
    hook: job?.["old"] ?? job?.["name"] ?? "",
    event: event?.["event"] ?? event?.["other"] ?? "",
  };
}

/** Server-side apply: `Apply failed with 1 conflict: conflict with "kubectl" using apps/v1: .spec.replicas`. */
function conflict(words: string): DiagnosisCause | undefined {
  const managers = [...words.matchAll(/conflicts? with "(?<manager>[^"]+)"/gu)].flatMap(
    ({ groups }) => groups?.["manager"] ?? [],
  );
  if (managers.length === 0) return undefined;
  const fields = [...words.matchAll(/(?:: |^\s*- )(?<field>\.[\w.[\]="{}:/-]+)$/gmu)].flatMap(
    ({ groups }) => groups?.["field"] ?? [],
  );
  const object = /applying object (?<name>\S+) (?:\S+, )?Kind=(?<kind>\w+)/u.exec(words)?.groups;
  return {
    kind: "field-conflict",
    object:
      object === undefined ? "" : `${object["kind"] ?? ""}/${(object["name"] ?? "").split("/").at(-1) ?? ""}`,
    manager: [...new Set(managers)].join(", "),
    fields: [...new Set(fields)],
  };
}

const FIXED = /immutable|may not change once set|updates to statefulset spec for fields other than/u;
const INVALID = /(?<kind>[A-Z]\w*)(?:\.[\w.-]+)? "(?<name>[^"]+)" is invalid: \[?(?<field>[\w.[\]'/-]+): /u;

function immutable(words: string): DiagnosisCause | undefined {
  if (!FIXED.test(words)) return undefined;
  const found = INVALID.exec(words)?.groups;
  if (found === undefined) return { kind: "immutable-field", object: "", field: "" };
  return {
    kind: "immutable-field",
    object: `${found["kind"] ?? ""}/${found["name"] ?? ""}`,
    field: found["field"] ?? "",
  };
}

function removedApi(words: string): DiagnosisCause | undefined {
  const found = /no matches for kind "(?<kind>[^"]+)"(?: in version "(?<version>[^"]+)")?/u.exec(
    words,
  )?.groups;
  if (found !== undefined) {
    const { kind = "", version } = found;
    return { kind: "removed-api", resource: version === undefined ? kind : `${kind} in ${version}` };
  }
  return /ensure CRDs are installed first/u.test(words) ? { kind: "removed-api", resource: "" } : undefined;
}

/** As apiserver words it: `User "eve" cannot list resource "secrets" in API group "" in the namespace "web"`. */
const RIGHT =
  /cannot (?<verb>\S+) resource "(?<resource>[^"]+)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]+)")?/u;

function missingRight(words: string): DiagnosisCause | undefined {
  const found = RIGHT.exec(words)?.groups;
  if (found === undefined) return undefined;
  const { verb = "", resource = "", group = "", namespace } = found;
  return {
    kind: "forbidden",
    verb,
    resource: group === "" ? resource : `${resource}.${group}`,
    namespace: namespace ?? "",
  };
}

/** Quota and admission turn away what the person may do in principle. */
export function turnedAway(words: string, workload = ""): DiagnosisCause | undefined {
  const found = /is forbidden: (?<why>[^\n]+)/u.exec(words)?.groups?.["why"];
  if (found !== undefined && /exceeded quota|maximum \w+ usage|minimum \w+ usage|failed quota/u.test(found)) {
    return { kind: "quota", workload, message: found };
  }
  const webhook = /admission webhook "[^"]*" denied the request[^\n]*/u.exec(words)?.[0];
  const message = webhook ?? found;
  return message === undefined ? undefined : { kind: "admission", workload, message };
}

const unreachable = (words: string): DiagnosisCause | undefined =>
  /cluster unreachable|connection refused|connection reset by peer|no such host|i\/o timeout|TLS handshake timeout|client connection lost|network is unreachable|no route to host|unexpected EOF|: EOF$|server is currently unable to handle the request/mu.test(
    words,
  )
    ? { kind: "unreachable" }
    : undefined;
