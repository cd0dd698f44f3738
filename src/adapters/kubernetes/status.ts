import type { IncomingHttpHeaders } from "node:http";
import type { WriteError } from "../../app/ports.ts";
import { oneLine } from "../../domain/plainText.ts";
import { redacted } from "../../domain/redact.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS, type EpochMs } from "../../domain/time.ts";
import { isObject, numberAt, textAt, type JsonObject } from "./json.ts";
import { parseLongList } from "./longList.ts";

const MAX_DETAIL = 300;
/** Shorter ones are parsed at once in a millisecond or two. */
const LONG_ANSWER_CHARACTERS = 256 * 1024;
const DEFAULT_RETRY_AFTER_MS = SECOND_MS;

/**
 * How the API server's authorizer words a refusal. It names the person and the API group at length; a quota's or an
 * admission webhook's refusal is about something else, and keeps its own words.
 */
const MISSING_RIGHT = /\bcannot \S+ resource\b/u;

/** Where an answer came from, for the words of what is wrong with it. */
export interface Origin {
  readonly context: string;
  /** Without credentials. */
  readonly server: string;
  /** What was asked for, e.g. `leases devdeploy/dev1`. */
  readonly what: string;
  /** The right that it takes, as an administrator grants it, e.g. `update leases/dev1 in devdeploy`. */
  readonly right: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** As `readAnswer`, but a long list is parsed with pauses in which others get their turn. */
export async function readWithPauses(
  answer: RawAnswer,
  origin: Origin,
): Promise<Result<JsonObject, WriteError>> {
  const isLong = answer.status === 200 && answer.text.length > LONG_ANSWER_CHARACTERS;
  const list = isLong ? await parseLongList(answer.text) : undefined;
  return list === undefined ? readAnswer(answer, origin) : ok(list);
}

/** The JSON of a good answer, or what a refusal means. The answer's own words are kept short, and its body is never logged. */
export function readAnswer(answer: RawAnswer, origin: Origin): Result<JsonObject, WriteError> {
  const body = parsed(answer.text);
  if (answer.status >= 200 && answer.status < 300) {
    return body === undefined ? fail(notKubernetes(answer, origin)) : ok(body);
  }
  return fail(refusal(answer, body, origin));
}

function refusal(answer: RawAnswer, body: JsonObject | undefined, origin: Origin): WriteError {
  const { status } = answer;
  const detail = oneLine(redacted(textAt(body, "message") ?? ""), MAX_DETAIL);
  // Overload is answered in plain text by the API server itself, and in HTML by what stands before it.
  if (status === 429) return { reason: "throttled", retryAfterMs: retryAfter(answer.headers) };
  if (status >= 500) return { reason: "server-error", status, detail };
  const isStatus = textAt(body, "kind") === "Status";
  if (!isStatus && (isHtml(answer) || status < 400)) return notKubernetes(answer, origin);
  switch (status) {
    case 401:
      return { reason: "unauthorized", context: origin.context };
    case 403:
      return { reason: "forbidden", detail: MISSING_RIGHT.test(detail) ? origin.right : detail };
    case 404:
      return { reason: "not-found", what: origin.what };
    case 409:
      return { reason: "conflict" };
    default:
      return { reason: "server-error", status, detail };
  }
}

/** A sign-in page of a network or a proxy, a redirect, or some other service. */
function notKubernetes(answer: RawAnswer, { server }: Origin): WriteError {
  const type = oneLine(answer.headers["content-type"] ?? "no content type", 60);
  return { reason: "not-kubernetes", server, detail: `status ${answer.status}, ${type}` };
}

const isHtml = ({ headers, text }: RawAnswer): boolean =>
  (headers["content-type"] ?? "").includes("html") || text.trimStart().startsWith("<");

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds, as Kubernetes writes it; a date, as HTTP also allows, is rare enough to count as one second. */
function retryAfter(headers: IncomingHttpHeaders): number {
  const seconds = Number(headers["retry-after"]);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * SECOND_MS : DEFAULT_RETRY_AFTER_MS;
}

/** The `Date` header: whole seconds, cut, not rounded. Undefined where it is absent or no date. */
export function serverTimeOf(headers: IncomingHttpHeaders): EpochMs | undefined {
  const time = Date.parse(headers.date ?? "");
  return Number.isFinite(time) ? time : undefined;
}

/** An ERROR event's code inside a watch, e.g. 410 for a version that is too old. */
export const statusCode = (object: unknown): number | undefined => numberAt(object, "code");
