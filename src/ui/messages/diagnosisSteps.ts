import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { shown } from "./text.ts";

/** What a person can do about it, the most promising first. Never empty. */
export function nextSteps(cause: DiagnosisCause): readonly string[] {
  switch (cause.kind) {
    case "release-not-found":
      return [
        l10n.t("Compare release, namespace and context in devdeploy.json with what helm list says."),
        l10n.t("Somebody may have uninstalled it: devdeploy to install it anew."),
      ];
    case "revision-pruned":
      return [
        l10n.t("Choose another revision of the list, which is read again."),
        l10n.t("Devdeploy the commit of that revision instead."),
      ];
    case "another-operation":
      return [
        l10n.t("Wait until the other one has ended, and try again."),
        l10n.t(
          "If nobody is at work any more, clear the pending record first: the list of revisions offers it.",
        ),
      ];
    case "forbidden":
      return [forbiddenStep(cause)];
    case "unauthorized":
      return [l10n.t("Sign in to the cluster again, then try again.")];
    case "unreachable":
      return [
        l10n.t("Check the network or the VPN."),
        l10n.t("Read the history again before anything else: helm may have got its work done."),
      ];
    case "hook-failed":
      return [
        l10n.t("Mend what the hook's log complains about, then try again."),
        l10n.t("A hook's own effects are not undone: look at what it did already."),
      ];
    case "image":
      return imageSteps(cause.why, cause.image);
    case "crash-loop":
    case "init-failed":
      return [
        l10n.t("Read the last lines of its log: the application says there why it ends."),
        l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
      ];
    case "out-of-memory":
      return [
        l10n.t("Raise the memory limit in the chart's values, or find what uses so much."),
        l10n.t("Go to a revision that ran."),
      ];
    case "not-ready":
      return [
        l10n.t("Look at what the probe asks for, and at the application's log."),
        l10n.t("If it only needs longer to start, give the probe more time in the chart."),
        l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
      ];
    case "unschedulable":
      return [
        l10n.t(
          "Ask for less memory and CPU in the chart's values, or have nodes added; an autoscaler may still do that.",
        ),
        l10n.t("If taints, affinity or a volume stand in the way, the message names them."),
      ];
    case "quota":
      return [l10n.t("Free something in the namespace or ask for less, or have an admin raise the quota.")];
    case "admission":
      return [l10n.t("Change what the message names in the chart, or ask who makes the cluster's rules.")];
    case "missing-config":
      return missingSteps(cause);
    case "cannot-start":
      return [
        l10n.t("Check the container's command, its user and what it mounts, in the chart and in the image."),
        l10n.t("Go to a revision that ran."),
      ];
    case "immutable-field":
      return [
        l10n.t(
          "Delete the object and try again: helm makes it anew. What runs there stops meanwhile, and a volume's data may go.",
        ),
        l10n.t("Or go to a revision that has the same value in this field."),
      ];
    case "field-conflict":
      return [
        l10n.t(
          "Agree with whoever set it: if helm is to have it, run helm once with --force-conflicts; if not, take the field out of the chart.",
        ),
      ];
    case "removed-api":
      return [
        l10n.t("Update the chart to an API that the cluster has, or install the definition (CRD)."),
        l10n.t("A revision recorded with a removed API can be mended by the helm plugin mapkubeapis."),
      ];
    case "evicted":
      return [l10n.t("Try again; if it happens again, ask whoever runs the cluster about its nodes.")];
    case "waited-too-long":
      return [
        l10n.t("Look at the pods once more: they may have become ready meanwhile."),
        l10n.t("If they only need longer, raise timeoutMinutes in devdeploy.json."),
      ];
    case "unknown":
      return [l10n.t("Read helm's own words and the log; the history says what was really recorded.")];
  }
}

function forbiddenStep({
  verb,
  resource,
  namespace,
}: DiagnosisCause & { readonly kind: "forbidden" }): string {
  if (verb === "") return l10n.t("Ask an admin for the permission that helm's words name.");
  const words = { verb: shown(verb), resource: shown(resource), namespace: shown(namespace) };
  return namespace === ""
    ? l10n.t("Ask an admin for the right to {verb} {resource}.", words)
    : l10n.t("Ask an admin for the right to {verb} {resource} in namespace {namespace}.", words);
}

function imageSteps(
  why: (DiagnosisCause & { readonly kind: "image" })["why"],
  image: string,
): readonly string[] {
  const another = l10n.t("Go to another revision, whose image exists.");
  switch (why) {
    case "missing":
      return [l10n.t("Build and push {image} again.", { image: shown(image) }), another];
    case "denied":
      return [
        l10n.t(
          "Check the namespace's imagePullSecrets, and whether the image exists: some registries deny what they have not got.",
        ),
        another,
      ];
    case "platform":
      return [
        l10n.t(
          "Build the image for the platform of the nodes (docker buildx build --platform …) and push it.",
        ),
        another,
      ];
    case "bad-name":
      return [l10n.t("Correct the image's name and tag in the chart's values.")];
    case "registry":
      return [l10n.t("Wait for the registry: Kubernetes tries again by itself."), another];
    case "other":
      return [l10n.t("Read what the node says about the pull, below."), another];
  }
}

function missingSteps({
  resource,
  name,
}: DiagnosisCause & { readonly kind: "missing-config" }): readonly string[] {
  const words = { name: shown(name) };
  const later = l10n.t("Kubernetes goes on by itself once it is there.");
  switch (resource) {
    case "Secret":
      return [l10n.t("Create the Secret {name}, or correct its name in the chart.", words), later];
    case "ConfigMap":
      return [l10n.t("Create the ConfigMap {name}, or correct its name in the chart.", words), later];
    case "key":
      return [l10n.t("Add the key {name}, or correct its name in the chart.", words), later];
    case "volume":
      return [
        l10n.t(
          "Look at the claim and the driver of the volume {name}; the events say what they wait for.",
          words,
        ),
      ];
  }
}
