import type { Answer } from "./apiClient.ts";
import { at } from "./json.ts";

/** What a refusal says; its remaining fields are the same in every one. */
export interface Refusal {
  readonly code: unknown;
  readonly reason: unknown;
  readonly message: unknown;
  readonly details?: unknown;
}

/** The refusal in an answer; throws where it is none, or where the HTTP status and the body disagree. */
export function statusOf({ status, body }: Answer): Refusal {
  const isRefusal =
    at(body, "kind") === "Status" &&
    at(body, "apiVersion") === "v1" &&
    at(body, "status") === "Failure" &&
    at(body, "code") === status;
  if (!isRefusal) throw new Error(`${status} is not a refusal: ${JSON.stringify(body)}`);
  const details = at(body, "details");
  return {
    code: status,
    reason: at(body, "reason"),
    message: at(body, "message"),
    ...(details === undefined ? {} : { details }),
  };
}

/** The refusal of a write that came too late. */
export function conflict(reason: "Conflict" | "AlreadyExists", message: string, details: object): Refusal {
  return { code: 409, reason, message, details };
}
