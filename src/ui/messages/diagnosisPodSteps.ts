import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { shown } from "./text.ts";

/** What to do about a container that ends; `exitCode` by itself tells little. */
export function crashSteps(exitCode: number | undefined): readonly string[] {
  const steps = [
    l10n.t("Read the last lines of its log: the application says there why it ends."),
    l10n.t("Go to a revision that ran, or deploy a commit that mends it."),
  ];
  switch (exitCode) {
    case 126:
    case 127:
      return [l10n.t("Check the container's command, in its template and in the image."), ...steps];
    case 137:
      return [
        ...steps,
        l10n.t(
          "Exit code 137 can mean memory, too: where only a child process was killed for it, the pod does not say so.",
        ),
      ];
    default:
      return steps;
  }
}

/** Twice as much is what one tries first. */
export function memoryStep(limit: string | undefined): string {
  const { number, unit } = /^(?<number>\d+)(?<unit>\w*)$/u.exec(limit ?? "")?.groups ?? {};
  if (limit === undefined || number === undefined || unit === undefined) {
    return l10n.t("Set a memory limit that fits, or find what uses so much.");
  }
  return l10n.t("Raise the memory limit, say from {limit} to {more}, or find what uses so much.", {
    limit: shown(limit),
    more: `${Number(number) * 2}${unit}`,
  });
}

/** The scheduler's message names all that stands in the way, in its own words. */
export function unschedulableSteps(message: string): readonly string[] {
  const steps: string[] = [];
  if (/Insufficient|Too many pods/iu.test(message)) {
    steps.push(l10n.t("Ask for less memory and CPU, or have nodes added; an autoscaler may still do that."));
  }
  if (/taint/iu.test(message)) {
    steps.push(
      l10n.t("Nodes with taints take only pods that tolerate them: ask who runs the cluster, or add it."),
    );
  }
  if (/affinity|selector|topology/iu.test(message)) {
    steps.push(l10n.t("Compare the pod's node selector and affinity with the labels of the nodes."));
  }
  if (/PersistentVolume|volume/iu.test(message)) {
    steps.push(l10n.t("Look at the volume claim: it is not bound, or its volume is bound to other nodes."));
  }
  if (/scheduling gates/iu.test(message)) {
    steps.push(l10n.t("Look at what takes the scheduling gates away: until then it is not placed anywhere."));
  }
  return steps.length > 0 ? steps : [l10n.t("The message names what stands in the way.")];
}

/** How an old pod comes out of the way. */
export function oldPodSteps({
  why,
  finalizers,
}: DiagnosisCause & { readonly kind: "old-pod-stays" }): readonly string[] {
  if (why === "not-ready") {
    return [l10n.t("Delete this pod by hand: it comes back from the new template (kubernetes#67250).")];
  }
  return finalizers.length === 0
    ? [
        l10n.t("Wait for its grace to end; if its node is gone, ask whoever runs the cluster."),
        l10n.t("Deleting it by force makes another while it may still run: only where that does no harm."),
      ]
    : [l10n.t("Look at who set the finalizer: that has to take it away before the pod can go.")];
}

/** What to do about an image that cannot be had. */
export function imageSteps(
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
      return [l10n.t("Correct the image's name and tag, in the chart or manifest.")];
    case "registry":
      return [l10n.t("Wait for the registry: Kubernetes tries again by itself."), another];
    case "other":
      return [l10n.t("Read what the node says about the pull, below."), another];
  }
}

/** How what is missing comes to be there. */
export function missingSteps({
  resource,
  name,
}: DiagnosisCause & { readonly kind: "missing-config" }): readonly string[] {
  const words = { name: shown(name) };
  const later = l10n.t("Kubernetes goes on by itself once it is there.");
  switch (resource) {
    case "Secret":
      return [l10n.t("Create the Secret {name}, or correct its name.", words), later];
    case "ConfigMap":
      return [l10n.t("Create the ConfigMap {name}, or correct its name.", words), later];
    case "key":
      return [l10n.t("Add the key {name}, or correct its name.", words), later];
    case "ServiceAccount":
      return [l10n.t("Create the ServiceAccount {name}, or correct its name.", words), later];
    case "volume":
      return [
        l10n.t(
          "Look at the claim and the driver of the volume {name}; the events say what they wait for.",
          words,
        ),
      ];
  }
}
