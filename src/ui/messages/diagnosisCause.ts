import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { containerSentence } from "./diagnosisContainer.ts";
import { podSentence } from "./diagnosisPod.ts";
import { workloadSentence } from "./diagnosisWorkload.ts";
import { shown } from "./text.ts";

/** What happened, and to what. */
export function causeSentence(cause: DiagnosisCause): string {
  switch (cause.kind) {
    case "release-not-found":
      return l10n.t("helm knows no release {release} in this namespace.", { release: shown(cause.release) });
    case "revision-pruned":
      return cause.revision === undefined
        ? l10n.t("helm has no record of that revision any more: it keeps only so many.")
        : l10n.t("helm has no record of revision {revision} any more: it keeps only so many.", {
            revision: cause.revision,
          });
    case "another-operation":
      return l10n.t(
        "Another helm is at work on this release, or was killed at it: its record is still pending.",
      );
    case "forbidden":
      return forbiddenSentence(cause);
    case "unauthorized":
      return l10n.t("The cluster does not accept your sign-in.");
    case "unreachable":
      return l10n.t("The cluster could not be reached, so it is not known yet what came of it.");
    case "hook-failed":
      return hookSentence(cause);
    case "immutable-field":
      return immutableSentence(cause);
    case "field-conflict":
      return conflictSentence(cause);
    case "removed-api":
      return cause.resource === ""
        ? l10n.t(
            "The cluster does not know a kind of object of this revision: its API or its definition was removed.",
          )
        : l10n.t(
            "The cluster does not know {resource}: that API was removed, or its definition is not installed.",
            {
              resource: shown(cause.resource),
            },
          );
    case "waited-too-long":
      return l10n.t("The new pods were not ready in time, and nothing in the cluster says why.");
    case "unknown":
      return l10n.t("What went wrong is none of the failures that Devdeploy knows.");
    case "image":
    case "crash-loop":
    case "out-of-memory":
    case "init-failed":
    case "init-running":
    case "not-ready":
    case "killed-by-probe":
    case "cannot-start":
      return containerSentence(cause);
    case "unschedulable":
    case "readiness-gate":
    case "missing-config":
    case "stuck-creating":
    case "evicted":
    case "node-lost":
      return podSentence(cause);
    case "quota":
    case "admission":
    case "old-pod-stays":
    case "held-back":
    case "not-yet-available":
    case "scaled-to-zero":
    case "no-node-matches":
    case "not-observed":
    case "paused":
    case "deadline-exceeded":
    case "workload-gone":
      return workloadSentence(cause);
  }
}

type Of<Kind extends DiagnosisCause["kind"]> = DiagnosisCause & { readonly kind: Kind };

function forbiddenSentence({ verb, resource, namespace }: Of<"forbidden">): string {
  if (verb === "") return l10n.t("You lack a permission in the cluster.");
  const words = { verb: shown(verb), resource: shown(resource), namespace: shown(namespace) };
  return namespace === ""
    ? l10n.t("You may not {verb} {resource} in the cluster.", words)
    : l10n.t("You may not {verb} {resource} in namespace {namespace}.", words);
}

function hookSentence({ hook, event }: Of<"hook-failed">): string {
  const words = { hook: shown(hook), event: shown(event) };
  if (hook === "" && event === "") return l10n.t("A hook of the chart failed.");
  if (hook === "") return l10n.t("A {event} hook of the chart failed.", words);
  return event === ""
    ? l10n.t("The hook {hook} of the chart failed.", words)
    : l10n.t("The {event} hook {hook} of the chart failed.", words);
}

function immutableSentence({ object, field }: Of<"immutable-field">): string {
  if (object === "") return l10n.t("A field is to change that Kubernetes does not let change.");
  return l10n.t("{field} of {object} is to change, and Kubernetes does not let it change.", {
    object: shown(object),
    field: shown(field),
  });
}

function conflictSentence({ object, manager, fields }: Of<"field-conflict">): string {
  if (manager === "") return l10n.t("Somebody else manages a field that the chart sets.");
  const words = {
    manager: shown(manager),
    object: shown(object === "" ? l10n.t("an object of the release") : object),
    fields: fields.map(shown).join(", "),
  };
  return fields.length === 0
    ? l10n.t("{manager} manages fields of {object} that the chart sets, too.", words)
    : l10n.t("{manager} manages {fields} of {object}, which the chart sets, too.", words);
}
