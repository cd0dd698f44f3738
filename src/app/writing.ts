import type { WriteError } from "./ports.ts";

/** For writes that are waited for whatever happens, so that what is said about them is true. They have time limits. */
export const NEVER_ABORTED: AbortSignal = new AbortController().signal;

/** Whether a write that ended like this may have been done all the same, so that one has to look. */
export function mayHaveArrived(error: WriteError): boolean {
  switch (error.reason) {
    case "timeout":
    case "unreachable":
    case "not-kubernetes":
    case "aborted":
      return true;
    case "server-error":
      return error.status >= 500;
    case "conflict":
    case "context-changed":
    case "context-unknown":
    case "credential-plugin":
    case "forbidden":
    case "kubeconfig-absent":
    case "kubeconfig-unreadable":
    case "not-found":
    case "throttled":
    case "unauthorized":
      return false;
  }
}
