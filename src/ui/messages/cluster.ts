import { l10n } from "vscode";
import type { ReleaseReadError } from "../../app/ports.ts";
import type { ClusterError } from "../../domain/cluster.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { detail, shown } from "./text.ts";

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / SECOND_MS);

const listed = (names: readonly string[]): string =>
  names.length === 0 ? l10n.t("none") : names.map(shown).join(", ");

/** Why a cluster did not do as asked, and what to do about it. */
export function clusterSentence(error: ClusterError): string {
  switch (error.reason) {
    case "kubeconfig-absent":
      return l10n.t(
        "There is no kubeconfig; looked for {paths}. Set KUBECONFIG, or name one in the setting devdeploy.kubeconfig.",
        { paths: listed(error.paths) },
      );
    case "kubeconfig-unreadable":
      return l10n.t("The kubeconfig {path} cannot be read: {detail}. Mend it, then refresh.", {
        path: shown(error.path),
        detail: detail(error.detail),
      });
    case "context-unknown":
      return l10n.t(
        "Your kubeconfig has no context “{context}” (it has: {known}). Add it, or correct devdeploy.json.",
        { context: shown(error.context), known: listed(error.known) },
      );
    case "context-changed":
      return l10n.t(
        "Your kubeconfig's context “{context}” leads to another cluster than when this began, so it went no further. Look at both clusters, then start again.",
        { context: shown(error.context) },
      );
    case "credential-plugin":
      return l10n.t(
        "The sign-in program {command} of your kubeconfig failed: {detail}. Run it in a terminal, then refresh.",
        { command: shown(error.command), detail: detail(error.detail) },
      );
    case "unreachable":
      return l10n.t("{server} cannot be reached: {detail}. Check the network or the VPN.", {
        server: shown(error.server),
        detail: detail(error.detail),
      });
    case "timeout":
      return l10n.t("{server} did not answer within {seconds} s. Check the network or the VPN.", {
        server: shown(error.server),
        seconds: seconds(error.afterMs),
      });
    case "not-kubernetes":
      return l10n.t(
        "{server} answered, but not as a Kubernetes API: {detail}. A sign-in page or a proxy may stand in between; check the VPN.",
        { server: shown(error.server), detail: detail(error.detail) },
      );
    case "unauthorized":
      return l10n.t(
        "The cluster of context “{context}” does not accept your sign-in. Sign in again, then refresh.",
        { context: shown(error.context) },
      );
    case "forbidden":
      return l10n.t("You are not allowed to: {detail}. Ask an admin for this permission.", {
        detail: detail(error.detail),
      });
    case "not-found":
      return notFoundSentence(error.what);
    case "throttled":
      return l10n.t("The cluster is busy and asks to wait {seconds} s. Try again then.", {
        seconds: seconds(error.retryAfterMs),
      });
    case "server-error":
      return l10n.t("The cluster answered with error {status}: {detail}. Try again in a moment.", {
        status: error.status,
        detail: detail(error.detail),
      });
    case "aborted":
      return l10n.t("The question to the cluster was cancelled.");
  }
}

/** `what` is a resource and the object's full name, such as `leases devdeploy/dev1`. */
function notFoundSentence(what: string): string {
  const [, namespace, lease] = /^leases ([^/]+)\/([^/]+)$/u.exec(what) ?? [];
  if (namespace === undefined || lease === undefined) {
    return l10n.t("{what} does not exist in the cluster. Ask an admin to create it.", { what: shown(what) });
  }
  return l10n.t(
    "There is no Lease {lease} in the namespace {namespace}. Ask an admin to create it (Devdeploy's README, “Use it with your team”, has the YAML for it and for the permissions), then try again.",
    { lease: shown(lease), namespace: shown(namespace) },
  );
}

/** Why a helm release could not be read. */
export function releaseReadSentence(error: ReleaseReadError): string {
  if (error.reason !== "unreadable-record") return clusterSentence(error);
  return l10n.t("helm's record {record} cannot be read: {detail}. Look at it with helm history.", {
    record: shown(error.record),
    detail: detail(error.detail),
  });
}
