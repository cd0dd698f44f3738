import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { detail, shown } from "./text.ts";

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
    case "not-ready":
    case "unschedulable":
    case "quota":
    case "admission":
    case "missing-config":
    case "cannot-start":
    case "evicted":
      return podSentence(cause);
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

/** What keeps pods from running. */
function podSentence(
  cause: Of<
    | "image"
    | "crash-loop"
    | "out-of-memory"
    | "init-failed"
    | "not-ready"
    | "unschedulable"
    | "quota"
    | "admission"
    | "missing-config"
    | "cannot-start"
    | "evicted"
  >,
): string {
  switch (cause.kind) {
    case "image":
      return imageSentence(cause);
    case "crash-loop":
      return crashSentence(cause);
    case "out-of-memory": {
      const words = {
        container: shown(cause.container),
        pod: shown(cause.pod),
        limit: shown(cause.limit ?? ""),
      };
      return cause.limit === undefined
        ? l10n.t(
            "Container {container} of {pod} was killed because memory ran out; it has no limit of its own.",
            words,
          )
        : l10n.t(
            "Container {container} of {pod} was killed because it used more memory than its limit of {limit}.",
            words,
          );
    }
    case "init-failed":
      return cause.exitCode === undefined
        ? l10n.t("Init container {container} of {pod} fails, so that the application does not even start.", {
            container: shown(cause.container),
            pod: shown(cause.pod),
          })
        : l10n.t(
            "Init container {container} of {pod} fails with exit code {code}, so that the application does not even start.",
            { container: shown(cause.container), pod: shown(cause.pod), code: cause.exitCode },
          );
    case "not-ready": {
      const words = {
        container: shown(cause.container),
        pod: shown(cause.pod),
        probe: detail(cause.probe ?? ""),
      };
      return cause.probe === undefined
        ? l10n.t("Container {container} of {pod} runs, but does not become ready.", words)
        : l10n.t("Container {container} of {pod} runs, but does not become ready: {probe}.", words);
    }
    case "unschedulable":
      return l10n.t("No node takes {pod}: {message}.", {
        pod: shown(cause.pod),
        message: detail(cause.message),
      });
    case "quota":
      return l10n.t("The namespace's quota does not allow the pods of {workload}: {message}.", {
        workload: workloadWords(cause.workload),
        message: detail(cause.message),
      });
    case "admission":
      return l10n.t("The cluster's rules turned {workload} away: {message}.", {
        workload: workloadWords(cause.workload),
        message: detail(cause.message),
      });
    case "missing-config":
      return missingSentence(cause);
    case "cannot-start":
      return l10n.t("Container {container} of {pod} cannot be started: {reason}.", {
        container: shown(cause.container),
        pod: shown(cause.pod),
        reason: detail(cause.reason),
      });
    case "evicted":
      return l10n.t("{pod} was ended by its node ({reason}): trouble of the cluster, not of this revision.", {
        pod: shown(cause.pod),
        reason: shown(cause.reason),
      });
  }
}

const workloadWords = (workload: string): string =>
  workload === "" ? l10n.t("this release") : shown(workload);

function imageSentence({ why, image: name, pod }: Of<"image">): string {
  const words = { image: shown(name), pod: shown(pod) };
  switch (why) {
    case "missing":
      return l10n.t("Image {image} is not in the registry: it was never pushed, or cleaned up.", words);
    case "denied":
      return l10n.t("The registry does not let the cluster have image {image}.", words);
    case "platform":
      return l10n.t("Image {image} is not made for the processors of the cluster's nodes.", words);
    case "bad-name":
      return l10n.t("{image} is no valid name of an image.", words);
    case "registry":
      return l10n.t("The registry of image {image} does not answer as it should.", words);
    case "other":
      return l10n.t("{pod} cannot pull its image {image}.", words);
  }
}

function crashSentence({ container, pod, exitCode, restarts }: Of<"crash-loop">): string {
  const words = {
    container: shown(container),
    pod: shown(pod),
    code: exitCode ?? "",
    meaning: exitCode === undefined ? "" : exitMeaning(exitCode),
    restarts,
  };
  if (exitCode === undefined) {
    return l10n.t("Container {container} of {pod} ends again and again ({restarts} restarts).", words);
  }
  if (restarts === 0) {
    return l10n.t("Container {container} of {pod} ended with exit code {code}{meaning}.", words);
  }
  return restarts === 1
    ? l10n.t(
        "Container {container} of {pod} ended with exit code {code}{meaning} and was started again.",
        words,
      )
    : l10n.t(
        "Container {container} of {pod} ends again and again with exit code {code}{meaning} ({restarts} restarts).",
        words,
      );
}

/** What a shell and the kernel mean by an exit code. */
function exitMeaning(code: number): string {
  switch (code) {
    case 0:
      return l10n.t(", as if its work were done");
    case 126:
      return l10n.t(", its command cannot be executed");
    case 127:
      return l10n.t(", its command was not found");
    case 137:
      return l10n.t(", killed");
    case 139:
      return l10n.t(", a memory fault");
    case 143:
      return l10n.t(", asked to stop");
    default:
      return "";
  }
}

function missingSentence({ resource, name, pod }: Of<"missing-config">): string {
  const words = { name: shown(name), pod: shown(pod) };
  switch (resource) {
    case "Secret":
      return l10n.t("{pod} needs the Secret {name}, and there is none.", words);
    case "ConfigMap":
      return l10n.t("{pod} needs the ConfigMap {name}, and there is none.", words);
    case "key":
      return l10n.t("{pod} needs the key {name}, which its Secret or ConfigMap has not got.", words);
    case "volume":
      return l10n.t("{pod} waits for the volume {name}, which cannot be mounted.", words);
  }
}
