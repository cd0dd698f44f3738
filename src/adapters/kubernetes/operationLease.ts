import type { OperationRecord } from "../../domain/operation.ts";
import { oneLine } from "../../domain/plainText.ts";
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
} from "./leaseObject.ts";

const MAX_TEXT_LENGTH = 200;
const READ = [ANNOTATION.holderName, ANNOTATION.run, ANNOTATION.what] as const;

/** Reads an operation Lease; who holds it without being readable still holds it. */
export function readOperationLease(lease: JsonObject): OperationRecord {
  const holder = holderOf(lease);
  const transitions = transitionsOf(lease);
  if (holder === "") return { kind: "idle", transitions };
  const annotations = annotationsOf(lease);
  const term = termOf(lease);
  const oversized = oversizedAnnotation(annotations, READ);
  if (oversized !== undefined || !term.ok) {
    const problem = oversized ?? (term.ok ? "" : term.error);
    return { kind: "unreadable", holder: shownHolder(holder), problem };
  }
  return {
    kind: "working",
    by: holder,
    name: oneLine(annotations[ANNOTATION.holderName] ?? holder, MAX_TEXT_LENGTH),
    run: annotations[ANNOTATION.run] ?? "",
    what: oneLine(annotations[ANNOTATION.what] ?? "", MAX_TEXT_LENGTH),
    lasts: term.value.lasts,
    transitions,
    beat: term.value.beat,
  };
}

/** What a record changes on its Lease. `beat` is the moment of this write: a sign of life, read by nobody's clock. */
export function operationLeaseChange(record: OperationRecord, beat: string, isNewRun: boolean): LeaseChange {
  if (record.kind === "unreadable") throw new Error("An unreadable operation must not be written.");
  const working = record.kind === "working" ? record : undefined;
  return {
    labels: { [LABEL.managedBy]: MANAGED_BY },
    annotations: {
      [ANNOTATION.holderName]: working?.name,
      [ANNOTATION.run]: working?.run,
      [ANNOTATION.what]: working?.what,
    },
    spec: {
      holderIdentity: working?.by ?? "",
      leaseTransitions: record.transitions,
      renewTime: beat,
      ...(isNewRun ? { acquireTime: beat } : {}),
      ...(working === undefined ? {} : { leaseDurationSeconds: Math.ceil(working.lasts / SECOND_MS) }),
    },
  };
}
