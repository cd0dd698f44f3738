import type { Diagnosis, DiagnosisCause, Evidence } from "./diagnosis.ts";
import { oneLine } from "./plainText.ts";
import { redacted } from "./redact.ts";

const MAX_EVIDENCE = 8;
const MAX_TEXT = 4000;
const MAX_LINE = 600;
const MAX_FACT = 500;

/**
 * A diagnosis as it may be shown and logged: without secrets, control characters and endless texts. Everything that
 * leaves `diagnose` goes through here, so that no rule has to think of it.
 */
export const redactedDiagnosis = ({ cause, evidence }: Diagnosis): Diagnosis => ({
  cause: redactedCause(cause),
  evidence: evidence.slice(0, MAX_EVIDENCE).map(redactedEvidence),
});

// A cut that went before could leave the half of a secret that no rule knows any more.
const redactedEvidence = (evidence: Evidence): Evidence => ({
  ...evidence,
  about: oneLine(redacted(evidence.about), MAX_FACT),
  text: shortened(redacted(evidence.text)),
});

/** The end of a log tells more than its beginning; of a line, which may quote a whole object, both do. */
function shortened(text: string): string {
  const lines = text.split("\n").map((line) => {
    if (line.length <= MAX_LINE) return line;
    return `${line.slice(0, MAX_LINE / 2)} … ${line.slice(-MAX_LINE / 2)}`;
  });
  const short = lines.join("\n");
  if (short.length <= MAX_TEXT) return short;
  const end = short.slice(-MAX_TEXT);
  return `…\n${end.slice(end.indexOf("\n") + 1)}`;
}

/** Every text of a cause, whatever its kind. */
function redactedCause(cause: DiagnosisCause): DiagnosisCause {
  const fact = (text: string): string => oneLine(redacted(text), MAX_FACT);
  switch (cause.kind) {
    case "release-not-found":
      return { ...cause, release: fact(cause.release) };
    case "forbidden":
      return {
        ...cause,
        verb: fact(cause.verb),
        resource: fact(cause.resource),
        namespace: fact(cause.namespace),
      };
    case "hook-failed":
      return { ...cause, hook: fact(cause.hook), event: fact(cause.event) };
    case "image":
      return { ...cause, image: fact(cause.image), pod: fact(cause.pod), container: fact(cause.container) };
    case "crash-loop":
    case "init-failed":
    case "out-of-memory":
    case "init-running":
      return { ...cause, pod: fact(cause.pod), container: fact(cause.container) };
    case "not-ready":
    case "killed-by-probe":
      return {
        ...cause,
        probe: cause.probe === undefined ? undefined : fact(cause.probe),
        pod: fact(cause.pod),
        container: fact(cause.container),
      };
    case "unschedulable":
    case "stuck-creating":
      return { ...cause, pod: fact(cause.pod), message: fact(cause.message) };
    case "quota":
    case "admission":
      return { ...cause, workload: fact(cause.workload), message: fact(cause.message) };
    case "missing-config":
      return { ...cause, name: fact(cause.name), pod: fact(cause.pod) };
    case "cannot-start":
      return { ...cause, reason: fact(cause.reason), pod: fact(cause.pod), container: fact(cause.container) };
    case "immutable-field":
      return { ...cause, object: fact(cause.object), field: fact(cause.field) };
    case "field-conflict":
      return {
        ...cause,
        object: fact(cause.object),
        manager: fact(cause.manager),
        fields: cause.fields.slice(0, 20).map(fact),
      };
    case "removed-api":
      return { ...cause, resource: fact(cause.resource) };
    case "readiness-gate":
      return { ...cause, pod: fact(cause.pod), gate: fact(cause.gate) };
    case "node-lost":
      return { ...cause, pod: fact(cause.pod), node: fact(cause.node) };
    case "old-pod-stays":
      return {
        ...cause,
        workload: fact(cause.workload),
        pod: fact(cause.pod),
        finalizers: cause.finalizers.slice(0, 10).map(fact),
      };
    case "scaled-to-zero": {
      const { autoscaler } = cause;
      const workload = fact(cause.workload);
      return { ...cause, workload, ...(autoscaler === undefined ? {} : { autoscaler: fact(autoscaler) }) };
    }
    case "no-node-matches":
    case "held-back":
    case "not-yet-available":
    case "not-observed":
    case "paused":
    case "deadline-exceeded":
    case "workload-gone":
      return { ...cause, workload: fact(cause.workload) };
    case "evicted":
      return { ...cause, pod: fact(cause.pod), reason: fact(cause.reason) };
    case "revision-pruned":
    case "another-operation":
    case "unauthorized":
    case "unreachable":
    case "waited-too-long":
    case "unknown":
      return cause;
  }
}
