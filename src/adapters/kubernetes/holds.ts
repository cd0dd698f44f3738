import type { Reading, WriteError } from "../../app/ports.ts";
import type { HoldStore } from "../../app/rollbackPorts.ts";
import { parseCommitHash } from "../../domain/branch.ts";
import type { ClusterError, ObjectRef, ObjectVersion } from "../../domain/cluster.ts";
import { MOST_UNDONE, type EnvironmentHold } from "../../domain/hold.ts";
import { parseHolderIdentity } from "../../domain/person.ts";
import { oneLine } from "../../domain/plainText.ts";
import { ok, type Result } from "../../domain/result.ts";
import type { KubernetesApi } from "./api.ts";
import { isObject, textAt, type JsonObject } from "./json.ts";
import {
  ANNOTATION,
  annotationsOf,
  isOversized,
  LABEL,
  MANAGED_BY,
  type LeaseChange,
} from "./leaseObject.ts";
import { LeaseObjects } from "./leaseObjects.ts";
import { isoTime, timeAt } from "./noteList.ts";

const MAX_NAME = 100;
const MAX_REASON = 200;
const MAX_IDENTITY = 500;
const MAX_NONCE = 100;

/** Holds on Leases of the coordination API: one annotation of the environment's own. */
export class LeaseHoldStore implements HoldStore {
  readonly #leases: LeaseObjects;

  constructor(api: KubernetesApi) {
    this.#leases = new LeaseObjects(api);
  }

  async read(
    ref: ObjectRef,
    signal: AbortSignal,
  ): Promise<
    Result<
      Reading<{ readonly hold: EnvironmentHold | undefined; readonly version: ObjectVersion }>,
      ClusterError
    >
  > {
    const found = await this.#leases.get(ref, signal);
    if (!found.ok) return found;
    const { value, serverTime } = found.value;
    return ok({ value: { hold: readHold(value.lease), version: value.version }, serverTime });
  }

  async write(
    ref: ObjectRef,
    expected: ObjectVersion,
    hold: EnvironmentHold | undefined,
    signal: AbortSignal,
  ): Promise<Result<undefined, WriteError>> {
    const written = await this.#leases.put(ref, expected, () => holdChange(hold), signal);
    return written.ok ? ok(undefined) : written;
  }

  async create(
    ref: ObjectRef,
    hold: EnvironmentHold,
    signal: AbortSignal,
  ): Promise<Result<undefined, WriteError>> {
    const written = await this.#leases.post(ref, holdChange(hold), signal);
    return written.ok ? ok(undefined) : written;
  }
}

/** The hold on an environment's Lease. What is not of our form is none: it would only be in the way. */
export function readHold(lease: JsonObject): EnvironmentHold | undefined {
  const text = annotationsOf(lease)[ANNOTATION.hold];
  if (text === undefined || isOversized(text)) return undefined;
  const note = parsed(text);
  if (note === undefined) return undefined;
  const by = textAt(note, "by") ?? "";
  const nonce = textAt(note, "nonce") ?? "";
  const at = timeAt(note, "at");
  const until = timeAt(note, "until");
  if (at === undefined || until === undefined) return undefined;
  if (by === "" || by.length > MAX_IDENTITY || nonce === "" || nonce.length > MAX_NONCE) return undefined;
  const name = oneLine(textAt(note, "name") ?? "", MAX_NAME);
  return {
    by,
    name: name === "" ? oneLine(parseHolderIdentity(by).name, MAX_NAME) : name,
    at,
    until,
    reason: oneLine(textAt(note, "reason") ?? "", MAX_REASON),
    undone: commitsOf(note["undone"]).slice(0, MOST_UNDONE),
    nonce,
  };
}

const commitsOf = (list: unknown): readonly string[] =>
  (Array.isArray(list) ? list : []).filter(
    (commit): commit is string => typeof commit === "string" && parseCommitHash(commit).ok,
  );

function parsed(text: string): JsonObject | undefined {
  try {
    const note: unknown = JSON.parse(text);
    return isObject(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

/** Whose the environment is, and everything else on its Lease, stays as it is. */
const holdChange = (hold: EnvironmentHold | undefined): LeaseChange => ({
  labels: { [LABEL.managedBy]: MANAGED_BY },
  annotations: { [ANNOTATION.hold]: hold === undefined ? undefined : holdText(hold) },
  spec: {},
});

const holdText = ({ at, until, name, reason, undone, ...hold }: EnvironmentHold): string =>
  JSON.stringify({
    ...hold,
    name: oneLine(name, MAX_NAME),
    at: isoTime(at),
    until: isoTime(until),
    reason: oneLine(reason, MAX_REASON),
    undone: undone.slice(0, MOST_UNDONE),
  });
