import type { UndoWrite, UndoWriteError } from "../../app/rolloutPorts.ts";
import type { WriteError } from "../../app/ports.ts";
import { restoredAnnotations } from "../../domain/undo.ts";
import type { ApiCall } from "./api.ts";

/**
 * The one request by which a revision's template becomes the workload's again; undefined where what was seen has no
 * such revision.
 *
 * A JSON patch for all three kinds. `kubectl rollout undo` sends one for a Deployment too; to StatefulSets and
 * DaemonSets it sends the ControllerRevision's data, a strategic merge patch that says `$patch: replace` of the whole
 * template, which is the same as replacing it.
 *
 * What was seen is named by writing its uid and resourceVersion into the patched object: the API server compares the
 * version with the stored one and answers 409. A `test` of them would be answered with 422 without a word by which it
 * could be told from a template that is not taken.
 */
export function undoCall(path: string, { seen, targetUid, mark }: UndoWrite): ApiCall | undefined {
  const target = seen.revisions.find(({ object }) => object.uid === targetUid);
  if (target === undefined) return undefined;
  const { uid, resourceVersion } = seen.version;
  return {
    method: "PATCH",
    path,
    contentType: "application/json-patch+json",
    body: [
      { op: "replace", path: "/metadata/uid", value: uid },
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion },
      { op: "replace", path: "/spec/template", value: target.template },
      // Replaces what is there, and does not fail where there is nothing.
      { op: "add", path: "/metadata/annotations", value: restoredAnnotations(seen, target, mark) },
    ],
  };
}

/** What a refusal means. Whoever may patch and was forbidden to was refused by admission. */
export function undoError(error: WriteError, mayPatch: boolean): UndoWriteError {
  if (error.reason === "forbidden" && mayPatch) return { reason: "refused", detail: error.detail };
  // 400 and 422: validation, a policy, or a webhook with a code of its own.
  if (error.reason === "server-error" && error.status < 500) {
    return { reason: "refused", detail: error.detail };
  }
  return error;
}
