import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import {
  crashSteps,
  imageSteps,
  memoryStep,
  missingSteps,
  oldPodSteps,
  unschedulableSteps,
} from "./diagnosisPodSteps.ts";
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
      return crashSteps(cause.exitCode);
    case "init-running":
      return [
        l10n.t("Read its log: it says there what it waits for."),
        l10n.t("Go to a revision that ran, if what it waits for does not come."),
      ];
    case "out-of-memory":
      return [memoryStep(cause.limit), l10n.t("Go to a revision that ran.")];
    case "killed-by-probe":
      return [
        l10n.t("Look at what the probe asks for, and at the last lines of the log."),
        cause.which === "startup"
          ? l10n.t(
              "If it only needs longer to start, give the startup probe more time in the chart or manifest.",
            )
          : l10n.t(
              "If it only needs longer to start, add a startup probe or give the liveness probe more time.",
            ),
        l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
      ];
    case "readiness-gate":
      return [
        l10n.t(
          "Look at what sets this condition (a load balancer's controller, most often), and at its log.",
        ),
        l10n.t("If nothing sets it in this cluster, take the gate out of the chart or manifest."),
      ];
    case "not-ready":
      return [
        l10n.t("Look at what the probe asks for, and at the application's log."),
        l10n.t("If it only needs longer to start, give the probe more time in the chart or manifest."),
        l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
      ];
    case "unschedulable":
      return unschedulableSteps(cause.message);
    case "quota":
      return [l10n.t("Free something in the namespace or ask for less, or have an admin raise the quota.")];
    case "admission":
      return [
        l10n.t(
          "Change what the message names in the chart or manifest, or ask who makes the cluster's rules.",
        ),
      ];
    case "missing-config":
      return missingSteps(cause);
    case "cannot-start":
      return [
        l10n.t(
          "Check the container's command, its user and what it mounts, in its template and in the image.",
        ),
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
        l10n.t("Ask whoever set it whether it is still needed: helm would overwrite it."),
        l10n.t(
          "If helm is to have it, run its command once by hand with --force-conflicts (helm 4); Devdeploy forces nothing by itself.",
        ),
        l10n.t("If it is to stay, take the field out of the chart."),
      ];
    case "removed-api":
      return [
        l10n.t("Update the chart to an API that the cluster has, or install the definition (CRD)."),
        l10n.t("A revision recorded with a removed API can be mended by the helm plugin mapkubeapis."),
      ];
    case "stuck-creating":
      return [
        l10n.t("Wait a little: the node tries again by itself."),
        l10n.t(
          "If it stays so, ask whoever runs the cluster about the network and the volumes of its nodes.",
        ),
      ];
    case "node-lost":
      return [
        l10n.t("Wait: after some minutes the cluster makes the pod anew on another node."),
        l10n.t("If it stays so, ask whoever runs the cluster about this node."),
      ];
    case "old-pod-stays":
      return oldPodSteps(cause);
    case "held-back":
      return cause.by === "on-delete"
        ? [l10n.t("Delete the old pods one by one: each comes back from the new template.")]
        : [l10n.t("Lower the partition of the update strategy: pods below it keep their old template.")];
    case "not-yet-available":
      return [l10n.t("Wait: nothing is wrong. minReadySeconds of the workload says for how long.")];
    case "scaled-to-zero":
      return [l10n.t("Scale it up if it is to run: what was rolled out then comes up.")];
    case "no-node-matches":
      return [
        l10n.t("Compare its nodeSelector, affinity and tolerations with the nodes' labels and taints."),
      ];
    case "not-observed":
      return [l10n.t("Ask whoever runs the cluster whether its controller manager is well.")];
    case "paused":
      return [l10n.t("Resume it: kubectl rollout resume. Somebody paused it on purpose, so ask first.")];
    case "deadline-exceeded":
      return [
        l10n.t("Look at the pods and the events of the workload: the cluster still goes on trying."),
        l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
      ];
    case "workload-gone":
      return [
        l10n.t("Compare name, namespace and context with what kubectl shows."),
        l10n.t("Deploy it anew if it is to be there."),
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
