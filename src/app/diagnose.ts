import type { ClusterError } from "../domain/cluster.ts";
import type { Diagnosis, DiagnosisCause } from "../domain/diagnosis.ts";
import { helmEvidence, helmTrouble } from "../domain/helmWords.ts";
import { NOTHING_HEARD, type Heard } from "../domain/trouble.ts";
import { redactedDiagnosis } from "../domain/redactedDiagnosis.ts";
import { isPending, type Revision } from "../domain/release.ts";
import type { HookFacts, ReleaseFacts, WorkloadFacts } from "../domain/releaseFacts.ts";
import {
  hookTrouble,
  suspectsOf,
  workloadTrouble,
  type Finding,
  type Suspect,
} from "../domain/releaseTrouble.ts";
import type { EvidenceReader, InCluster } from "./diagnosePorts.ts";
import type { HelmCause, ReleaseRef } from "./ports.ts";
import type { WorkloadAddress } from "./rolloutPorts.ts";

export interface DiagnoseServices {
  readonly evidence: EvidenceReader;
}

/** What failed, or seems about to. */
export interface WhatFailed {
  readonly release: ReleaseRef;
  /** The revision whose objects are to be looked at: the one that was to run. Without it only helm's words count. */
  readonly revision?: Revision;
  /** How helm ended, where it did. */
  readonly helm?: { readonly output: string; readonly cause: HelmCause };
}

/**
 * Why a rollout or a run of helm failed. What helm says beyond doubt (no such release, no right, an immutable field)
 * is the cause; where it only waited in vain, the new pods are asked. Never fails itself: what cannot be read is left
 * out, and of what nobody knows the cause is `unknown`, with helm's own words. Nothing in the answer is secret.
 */
export async function diagnose(
  services: DiagnoseServices,
  what: WhatFailed,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const said = what.helm === undefined ? undefined : wordsOf(what.helm, what.release.release);
  const words = helmEvidence(what.helm?.output);
  const seen =
    what.revision === undefined || (said !== undefined && isCertain(said))
      ? undefined
      : await look(services, { ...what, revision: what.revision }, said, signal);
  if (seen !== undefined && seen.cause.kind !== "unknown") {
    return redactedDiagnosis({ cause: seen.cause, evidence: [...seen.evidence, ...words] });
  }
  return redactedDiagnosis({
    cause: said ?? { kind: "unknown" },
    evidence: [...(seen?.evidence ?? []), ...words],
  });
}

/**
 * Why a workload's rollout does not come to its end, whoever began it. Like `diagnose` it never fails itself, and what
 * nobody knows is `unknown`.
 */
export async function diagnoseWorkload(
  services: DiagnoseServices,
  of: WorkloadAddress,
  signal: AbortSignal,
): Promise<Diagnosis> {
  const read = await services.evidence.workloadFacts(of, signal);
  const found = read.ok ? await lookAtWorkloads(services, of, read.value, signal) : unread(read.error);
  return redactedDiagnosis(found ?? { cause: { kind: "unknown" }, evidence: [] });
}

/** What no pod could tell better. A hook's failure is certain too, but its Job tells more of it. */
const isCertain = ({ kind }: DiagnosisCause): boolean => kind !== "waited-too-long" && kind !== "hook-failed";

/** helm's words first; where they are none that we know, what the adapter made of them. */
function wordsOf(
  { output, cause }: { readonly output: string; readonly cause: HelmCause },
  release: string,
): DiagnosisCause | undefined {
  return helmTrouble(output, release) ?? CAUSES[cause];
}

const CAUSES: Readonly<Partial<Record<HelmCause, DiagnosisCause>>> = {
  "another-operation": { kind: "another-operation" },
  "waited-too-long": { kind: "waited-too-long" },
  "cluster-unreachable": { kind: "unreachable" },
  forbidden: { kind: "forbidden", verb: "", resource: "", namespace: "" },
  unauthorized: { kind: "unauthorized" },
  "field-conflict": { kind: "field-conflict", object: "", manager: "", fields: [] },
  "immutable-field": { kind: "immutable-field", object: "", field: "" },
  "unknown-kind": { kind: "removed-api", resource: "" },
  "hook-failed": { kind: "hook-failed", hook: "", event: "" },
};

async function look(
  services: DiagnoseServices,
  { release, revision }: { readonly release: ReleaseRef; readonly revision: Revision },
  said: DiagnosisCause | undefined,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const read = await services.evidence.facts(release, revision, signal);
  if (!read.ok) return unread(read.error);
  const facts = read.value;
  if (said?.kind === "hook-failed") {
    const hooks = facts.hooks.filter(({ events }) => said.event === "" || events.includes(said.event));
    return hookTrouble(hooks, said, await hear(services, release, hookSources(hooks), signal));
  }
  const found = await lookAtWorkloads(services, release, facts, signal);
  // Before the pods are touched, helm waits for its hooks; one that failed for an earlier revision says nothing.
  const mayBeHook =
    isPending(revision.status) && (found === undefined || found.cause.kind === "workload-gone");
  if (!mayBeHook) return found;
  const hooks = facts.hooks.filter(({ createdAt }) => createdAt >= revision.deployedAt - CLOCK_SLACK_MS);
  return hookTrouble(
    hooks,
    { hook: "", event: "" },
    await hear(services, release, hookSources(hooks), signal),
  );
}

async function lookAtWorkloads(
  services: DiagnoseServices,
  at: InCluster,
  facts: ReleaseFacts,
  signal: AbortSignal,
): Promise<Finding | undefined> {
  const hearing = await hear(services, at, workloadSources(facts), signal);
  return workloadTrouble(facts, hearing);
}

/** helm's clock made the record, the API server's the Job. */
const CLOCK_SLACK_MS = 60_000;

/** Why nothing could be looked at, where that is a cause of its own. */
function unread(error: ClusterError): Finding | undefined {
  switch (error.reason) {
    case "unreachable":
    case "timeout":
      return { cause: { kind: "unreachable" }, evidence: [] };
    case "unauthorized":
      return { cause: { kind: "unauthorized" }, evidence: [] };
    default:
      return undefined;
  }
}

/** What is to be asked for its events, and for its log. */
type Source = Pick<Suspect, "log"> & {
  readonly namespace: string;
  readonly uid: string;
  readonly pod?: string;
};

const podSource = ({ pod, log }: Suspect): Source => ({
  namespace: pod.namespace,
  uid: pod.uid,
  pod: pod.name,
  ...(log === undefined ? {} : { log }),
});

const workloadSources = ({ workloads }: ReleaseFacts): readonly Source[] => [
  ...suspectsOf(workloads.flatMap(({ pods }) => pods)).map(podSource),
  ...workloads.filter(lacksPods).flatMap(({ namespace, uids }) => uids.map((uid) => ({ namespace, uid }))),
];

const lacksPods = ({ pods, wanted }: WorkloadFacts): boolean => pods.length < wanted;

const hookSources = (hooks: readonly HookFacts[]): readonly Source[] => [
  ...suspectsOf(hooks.flatMap(({ pods }) => pods.slice(0, 1))).map(podSource),
  ...hooks.filter(({ pods }) => pods.length === 0).map(({ namespace, uid }) => ({ namespace, uid })),
];

/** As many are asked at most: of a release with hundreds of workloads some tell enough. */
const MAX_SOURCES = 8;

/** Events and logs, all at once. What may not be read or is not kept is simply not heard. */
async function hear(
  { evidence }: DiagnoseServices,
  at: InCluster,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Heard>> {
  const heard = await Promise.all(
    sources.slice(0, MAX_SOURCES).map(async ({ namespace, uid, pod, log }): Promise<[string, Heard]> => {
      const [events, words] = await Promise.all([
        evidence.events(at, { namespace, uid }, signal),
        pod === undefined || log === undefined
          ? undefined
          : lastWords(evidence, at, { namespace, pod, ...log }, signal),
      ]);
      return [uid, { events: events.ok ? events.value : NOTHING_HEARD.events, log: words ?? "" }];
    }),
  );
  return new Map(heard);
}

/** A runtime does not always keep the log of the run before; then the present one has to do. */
async function lastWords(
  evidence: EvidenceReader,
  at: InCluster,
  of: {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string;
    readonly previous: boolean;
  },
  signal: AbortSignal,
): Promise<string> {
  const log = await evidence.log(at, of, signal);
  if (log.ok) return log.value;
  if (!of.previous) return "";
  const present = await evidence.log(at, { ...of, previous: false }, signal);
  return present.ok ? present.value : "";
}
