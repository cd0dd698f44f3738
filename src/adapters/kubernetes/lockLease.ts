import { parseBranchName, parseCommitHash } from "../../domain/branch.ts";
import { HISTORY_LENGTH, type Hold, type LockChange, type LockRecord } from "../../domain/lock.ts";
import { holderIdentity, parseHolderIdentity } from "../../domain/person.ts";
import { oneLine } from "../../domain/plainText.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import { isObject, textAt, type JsonObject } from "./json.ts";
import {
  ANNOTATION,
  annotationsOf,
  holderOf,
  LABEL,
  MANAGED_BY,
  oversizedAnnotation,
  shownHolder,
  termOf,
  transitionsOf,
  type LeaseChange,
  type Problem,
} from "./leaseObject.ts";
import { microTime, parseMicroTime } from "./microTime.ts";

const MAX_NAME_LENGTH = 100;
const MAX_REASON_LENGTH = 200;
const MAX_URL_LENGTH = 500;
const MAX_NONCE_LENGTH = 100;

/** Reads a reservation. A holder that cannot be read in full is still a holder (`unreadable`), never nobody. */
export function readLockLease(lease: JsonObject): LockRecord {
  const annotations = annotationsOf(lease);
  const holder = holderOf(lease);
  const history = readHistory(annotations[ANNOTATION.history]);
  const transitions = transitionsOf(lease);
  if (holder === "") {
    const lastHolder = annotations[ANNOTATION.lastHolder] ?? "";
    const last = lastHolder === "" ? undefined : readHold(lease, lastHolder, annotations);
    return {
      kind: "free",
      transitions,
      // Nobody's lock is nobody's whatever its notes look like.
      history: history.ok ? history.value : [],
      ...(last?.ok === true ? { last: last.value } : {}),
    };
  }
  const unreadable = (problem: Problem): LockRecord => ({
    kind: "unreadable",
    holder: shownHolder(holder),
    problem,
  });
  const oversized = oversizedAnnotation(annotations);
  if (oversized !== undefined) return unreadable(oversized);
  if (!history.ok) return unreadable(history.error);
  const hold = readHold(lease, holder, annotations);
  return hold.ok
    ? { kind: "held", hold: hold.value, transitions, history: history.value }
    : unreadable(hold.error);
}

function readHold(
  lease: JsonObject,
  holder: string,
  annotations: Readonly<Record<string, string>>,
): Result<Hold, Problem> {
  const term = termOf(lease);
  if (!term.ok) return term;
  const name = oneLine(annotations[ANNOTATION.holderName] ?? "", MAX_NAME_LENGTH);
  // Notes that are not of the form we write are left out: the lock itself is readable without them.
  const branch = parseBranchName(annotations[ANNOTATION.branch] ?? "");
  const commit = parseCommitHash(annotations[ANNOTATION.commit] ?? "");
  const reason = oneLine(annotations[ANNOTATION.reason] ?? "", MAX_REASON_LENGTH);
  const url = annotations[ANNOTATION.url] ?? "";
  const claim = (annotations[ANNOTATION.claim] ?? "").slice(0, MAX_NONCE_LENGTH);
  return ok({
    by: parseHolderIdentity(holder, name),
    since: term.value.acquiredAt,
    renewedAt: term.value.renewedAt,
    until: term.value.renewedAt + term.value.lasts,
    ...(branch.ok ? { branch: branch.value } : {}),
    ...(commit.ok ? { commit: commit.value } : {}),
    ...(reason === "" ? {} : { reason }),
    ...(isWebAddress(url) ? { url } : {}),
    ...(claim === "" ? {} : { claim }),
  });
}

/** Only what a click may open. */
const isWebAddress = (url: string): boolean =>
  url.length <= MAX_URL_LENGTH && /^https?:\/\//iu.test(url) && URL.canParse(url);

function readHistory(text: string | undefined): Result<readonly LockChange[], Problem> {
  if (text === undefined || text === "") return ok([]);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fail(`the annotation ${ANNOTATION.history} is not JSON`);
  }
  if (!Array.isArray(raw)) return fail(`the annotation ${ANNOTATION.history} is not a list`);
  return ok(raw.flatMap(readChange).slice(-HISTORY_LENGTH));
}

function readChange(raw: unknown): readonly LockChange[] {
  const at = parseMicroTime(textAt(raw, "at") ?? "");
  const what = textAt(raw, "what");
  if (!isObject(raw) || at === undefined) return [];
  if (what !== "claimed" && what !== "renewed" && what !== "unlocked") return [];
  const branch = textAt(raw, "branch");
  const commit = textAt(raw, "commit");
  return [
    {
      at,
      by: oneLine(textAt(raw, "by") ?? "", MAX_NAME_LENGTH),
      what,
      ...(branch === undefined ? {} : { branch: oneLine(branch, MAX_REASON_LENGTH) }),
      ...(commit === undefined ? {} : { commit: oneLine(commit, MAX_NAME_LENGTH) }),
    },
  ];
}

/** What a record changes on its Lease. Times of the history are written so that people can read them with kubectl. */
export function lockLeaseChange(record: LockRecord, pool: string): LeaseChange {
  if (record.kind === "unreadable") throw new Error("An unreadable lock must not be written.");
  const hold = record.kind === "held" ? record.hold : record.last;
  const identity = hold === undefined ? "" : holderIdentity(hold.by);
  const isHeld = record.kind === "held";
  return {
    labels: { [LABEL.managedBy]: MANAGED_BY, [LABEL.pool]: pool },
    annotations: {
      [ANNOTATION.holderName]: hold?.by.name,
      [ANNOTATION.branch]: hold?.branch,
      [ANNOTATION.commit]: hold?.commit,
      [ANNOTATION.reason]: hold?.reason,
      [ANNOTATION.url]: hold?.url,
      [ANNOTATION.claim]: hold?.claim,
      [ANNOTATION.lastHolder]: isHeld || identity === "" ? undefined : identity,
      [ANNOTATION.history]: record.history.length === 0 ? undefined : historyText(record.history),
    },
    spec: {
      holderIdentity: isHeld ? identity : "",
      leaseTransitions: record.transitions,
      ...(hold === undefined ? {} : holdTerm(hold)),
    },
  };
}

function holdTerm(hold: Hold): Readonly<Record<string, unknown>> {
  return {
    acquireTime: microTime(hold.since),
    renewTime: microTime(hold.renewedAt),
    // Whole seconds, rounded up: the holder never loses a part of one.
    leaseDurationSeconds: Math.max(1, Math.ceil((hold.until - hold.renewedAt) / SECOND_MS)),
  };
}

const historyText = (history: readonly LockChange[]): string =>
  JSON.stringify(history.map((change) => ({ ...change, at: new Date(change.at).toISOString() })));
