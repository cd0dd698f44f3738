import { parseBranchName, parseCommitHash } from "../../domain/branch.ts";
import type { Hold, LockRecord } from "../../domain/lock.ts";
import { holderIdentity, parseHolderIdentity } from "../../domain/person.ts";
import { oneLine } from "../../domain/plainText.ts";
import { ok, type Result } from "../../domain/result.ts";
import { SECOND_MS } from "../../domain/time.ts";
import type { JsonObject } from "./json.ts";
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
import { asksText, historyText, readAsks, readHistory } from "./lockNotes.ts";
import { microTime } from "./microTime.ts";

const MAX_NAME_LENGTH = 100;
const MAX_REASON_LENGTH = 200;
const MAX_URL_LENGTH = 500;
const MAX_NONCE_LENGTH = 100;
/** Too long a list of asks is left out; these are what the lock itself is read from. */
const READ = [
  ANNOTATION.holderName,
  ANNOTATION.branch,
  ANNOTATION.commit,
  ANNOTATION.reason,
  ANNOTATION.url,
  ANNOTATION.claim,
  ANNOTATION.history,
] as const;

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
    transitions,
    ...(history.ok && history.value.length > 0 ? { history: history.value } : {}),
  });
  const oversized = oversizedAnnotation(annotations, READ);
  if (oversized !== undefined) return unreadable(oversized);
  if (!history.ok) return unreadable(history.error);
  const hold = readHold(lease, holder, annotations);
  if (!hold.ok) return unreadable(hold.error);
  const asks = readAsks(annotations[ANNOTATION.asks]);
  return {
    kind: "held",
    hold: hold.value,
    transitions,
    history: history.value,
    ...(asks.length === 0 ? {} : { asks }),
  };
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

/** What a record changes on its Lease. */
export function lockLeaseChange(record: LockRecord, pool: string): LeaseChange {
  if (record.kind === "unreadable") throw new Error("An unreadable lock must not be written.");
  const hold = record.kind === "held" ? record.hold : record.last;
  const identity = hold === undefined ? "" : holderIdentity(hold.by);
  const isHeld = record.kind === "held";
  return {
    labels: { [LABEL.managedBy]: MANAGED_BY, [LABEL.pool]: pool },
    annotations: {
      [ANNOTATION.holderName]: hold === undefined ? undefined : oneLine(hold.by.name, MAX_NAME_LENGTH),
      [ANNOTATION.branch]: hold?.branch,
      [ANNOTATION.commit]: hold?.commit,
      [ANNOTATION.reason]: hold?.reason,
      [ANNOTATION.url]: hold?.url,
      [ANNOTATION.claim]: hold?.claim,
      [ANNOTATION.lastHolder]: isHeld || identity === "" ? undefined : identity,
      [ANNOTATION.history]: historyText(record.history),
      [ANNOTATION.asks]: isHeld ? asksText(record.asks ?? []) : undefined,
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
