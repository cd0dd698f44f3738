import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { detail, shown } from "./text.ts";

type Of<Kind extends DiagnosisCause["kind"]> = DiagnosisCause & { readonly kind: Kind };

/** What keeps the pods of a workload from coming to exist, or its rollout from going on. */
export function workloadSentence(
  cause: Of<
    | "quota"
    | "admission"
    | "old-pod-stays"
    | "held-back"
    | "not-yet-available"
    | "scaled-to-zero"
    | "no-node-matches"
    | "not-observed"
    | "paused"
    | "deadline-exceeded"
    | "workload-gone"
  >,
): string {
  const workload = cause.workload === "" ? l10n.t("this release") : shown(cause.workload);
  switch (cause.kind) {
    case "quota":
      return l10n.t("The namespace's quota does not allow the pods of {workload}: {message}.", {
        workload,
        message: detail(cause.message),
      });
    case "admission":
      return l10n.t("The cluster's rules turned {workload} away: {message}.", {
        workload,
        message: detail(cause.message),
      });
    case "old-pod-stays":
      return oldPodSentence(workload, cause);
    case "held-back":
      return cause.by === "on-delete"
        ? l10n.t("{workload} replaces no pod by itself: its update strategy is OnDelete.", { workload })
        : l10n.t("{workload} replaces only some of its pods: its update strategy has a partition.", {
            workload,
          });
    case "not-yet-available":
      return availableSentence(workload, cause);
    case "scaled-to-zero":
      return cause.autoscaler === undefined
        ? l10n.t("{workload} is scaled to zero: no pod is wanted, so nothing runs.", { workload })
        : l10n.t(
            "{workload} is scaled to zero, so nothing runs; the autoscaler {autoscaler} does nothing for what has no replica.",
            { workload, autoscaler: shown(cause.autoscaler) },
          );
    case "no-node-matches":
      return l10n.t("No node is to have a pod of {workload}, so nothing runs.", { workload });
    case "not-observed":
      return l10n.t(
        "The cluster's controller has not looked at {workload} for {seconds} s: it does not run, or cannot keep up.",
        { workload, seconds: cause.seconds },
      );
    case "paused":
      return l10n.t("{workload} is paused: its controller rolls nothing out until it is resumed.", {
        workload,
      });
    case "deadline-exceeded":
      return l10n.t("{workload} made no progress within its deadline, and no pod says why.", { workload });
    case "workload-gone":
      return l10n.t("{workload} is not in the cluster: it was deleted, or never made.", { workload });
  }
}

function oldPodSentence(workload: string, { pod, why, finalizers }: Of<"old-pod-stays">): string {
  const words = { workload, pod: shown(pod), finalizers: finalizers.map(shown).join(", ") };
  if (why === "not-ready") {
    return l10n.t(
      "{workload} replaces its pods in order, and waits for old pod {pod}, which is not ready.",
      words,
    );
  }
  return finalizers.length === 0
    ? l10n.t("{workload} waits for old pod {pod}, which is being deleted and does not end.", words)
    : l10n.t(
        "{workload} waits for old pod {pod}, which is being deleted and is kept by {finalizers}.",
        words,
      );
}

function availableSentence(
  workload: string,
  { minReadySeconds, secondsLeft }: Of<"not-yet-available">,
): string {
  const words = { workload, seconds: minReadySeconds, left: secondsLeft ?? "" };
  return secondsLeft === undefined
    ? l10n.t(
        "The pods of {workload} are ready, but not available until they have been so for {seconds} s.",
        words,
      )
    : l10n.t(
        "The pods of {workload} are ready, but not available until they have been so for {seconds} s: {left} s to go.",
        words,
      );
}
