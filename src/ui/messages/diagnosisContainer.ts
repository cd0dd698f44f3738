import { l10n } from "vscode";
import type { DiagnosisCause } from "../../domain/diagnosis.ts";
import { detail, shown } from "./text.ts";

type Of<Kind extends DiagnosisCause["kind"]> = DiagnosisCause & { readonly kind: Kind };

type ContainerCause = Of<
  | "image"
  | "crash-loop"
  | "out-of-memory"
  | "init-failed"
  | "init-running"
  | "not-ready"
  | "killed-by-probe"
  | "cannot-start"
>;

/** What is wrong with one container. */
export function containerSentence(cause: ContainerCause): string {
  const where = placeOf(cause);
  switch (cause.kind) {
    case "image":
      return imageSentence(cause);
    case "crash-loop":
      return crashSentence(where, cause);
    case "out-of-memory":
      return cause.limit === undefined
        ? l10n.t("{where} was killed because memory ran out; it has no limit of its own.", { where })
        : l10n.t("{where} was killed because it used more memory than its limit of {limit}.", {
            where,
            limit: shown(cause.limit),
          });
    case "init-failed":
      return cause.exitCode === undefined
        ? l10n.t("{where} fails, so that the application does not even start.", { where })
        : l10n.t(
            "{where} fails with exit code {code}{meaning}, so that the application does not even start.",
            {
              ...{ where, code: cause.exitCode },
              meaning: exitMeaning(cause.exitCode),
            },
          );
    case "init-running":
      return l10n.t("{where} is still at work, and the application waits for its end.", { where });
    case "not-ready":
      return cause.probe === undefined
        ? l10n.t("{where} runs, but does not become ready.", { where })
        : l10n.t("{where} runs, but does not become ready: {probe}.", { where, probe: detail(cause.probe) });
    case "killed-by-probe":
      return killedSentence(where, cause);
    case "cannot-start":
      return l10n.t("{where} cannot be started: {reason}.", { where, reason: detail(cause.reason) });
  }
}

function placeOf(cause: ContainerCause): string {
  const words = { container: shown(cause.container), pod: shown(cause.pod) };
  if (cause.kind === "init-failed" || cause.kind === "init-running" || cause.role === "init") {
    return l10n.t("Init container {container} of {pod}", words);
  }
  return cause.role === "sidecar"
    ? l10n.t("Sidecar {container} of {pod}", words)
    : l10n.t("Container {container} of {pod}", words);
}

function imageSentence(cause: Of<"image">): string {
  const words = { image: shown(cause.image), pod: shown(cause.pod), container: shown(cause.container) };
  const sentence = imageWords(cause.why, words);
  if (cause.role === undefined) return sentence;
  return cause.role === "init"
    ? l10n.t("{sentence} Init container {container} waits for it.", { ...words, sentence })
    : l10n.t("{sentence} Sidecar {container} waits for it.", { ...words, sentence });
}

function imageWords(
  why: Of<"image">["why"],
  words: { readonly image: string; readonly pod: string },
): string {
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

function crashSentence(where: string, { exitCode, restarts }: Of<"crash-loop">): string {
  const meaning = exitCode === undefined ? "" : exitMeaning(exitCode);
  const words = { where, code: exitCode ?? "", meaning, restarts };
  if (exitCode === undefined) return l10n.t("{where} ends again and again (restarts: {restarts}).", words);
  if (restarts === 0) return l10n.t("{where} ended with exit code {code}{meaning}.", words);
  return restarts === 1
    ? l10n.t("{where} ended with exit code {code}{meaning} and was started again.", words)
    : l10n.t("{where} ends again and again with exit code {code}{meaning}: {restarts} restarts.", words);
}

function killedSentence(where: string, { which, probe, restarts }: Of<"killed-by-probe">): string {
  const words = { where, restarts, probe: detail(probe ?? "") };
  if (which === "startup") {
    return probe === undefined
      ? l10n.t(
          "{where} is ended by the cluster, since its startup probe fails (restarts: {restarts}).",
          words,
        )
      : l10n.t("{where} is ended by the cluster (restarts: {restarts}): {probe}.", words);
  }
  return probe === undefined
    ? l10n.t("{where} is ended by the cluster, since its liveness probe fails (restarts: {restarts}).", words)
    : l10n.t("{where} is ended by the cluster (restarts: {restarts}): {probe}.", words);
}

/** What a shell and the kernel mean by an exit code. */
function exitMeaning(code: number): string {
  switch (code) {
    case 0:
      return l10n.t(" (as if its work were done)");
    case 1:
      return l10n.t(" (an error of its own)");
    case 2:
      return l10n.t(" (an error of its own or wrong arguments)");
    case 126:
      return l10n.t(" (its command cannot be executed)");
    case 127:
      return l10n.t(" (its command was not found)");
    case 134:
      return l10n.t(" (it aborted itself)");
    case 137:
      return l10n.t(" (killed)");
    case 139:
      return l10n.t(" (a memory fault)");
    case 143:
      return l10n.t(" (asked to stop)");
    default:
      return "";
  }
}
