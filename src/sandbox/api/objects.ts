import { randomInt, randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { at, childOf, copyOf, isEqual, textOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { DAEMON_SET, NAMESPACE, PERSISTENT_VOLUME_CLAIM, POD, SERVICE } from "../kinds.ts";
import {
  finalizersOf,
  isTerminating,
  metadataOf,
  nameOf,
  namespaceOf,
  setMetadata,
  timeText,
  uidOf,
  versionOf,
} from "../object.ts";
import type { Manager } from "../patch/managers.ts";
import {
  alreadyExists,
  badRequest,
  conflict,
  forbidden,
  invalid,
  isRefusal,
  notFound,
  serverError,
  type Refusal,
  uidConflict,
  versionRequired,
} from "../refusal.ts";
import type { Store } from "../store.ts";
import { keepAccount } from "./account.ts";
import { CLAIM_PROTECTION } from "./claims.ts";
import { quotaRefusal } from "./quota.ts";
import { applyDefaults, giveClusterAddress } from "./defaults.ts";
import { validate, validateUpdate, wrongUid } from "./validate.ts";
import { stampTemplateGeneration } from "./workloadDefaults.ts";

/** Which object a write is about. */
export interface Place {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}

/** How a write is to be done. */
export interface Write {
  readonly manager: Manager;
  readonly isDryRun?: boolean;
}

/** What a change of an object makes of it; it may change and return the copy that it is given. */
export type Change = (live: JsonObject) => JsonObject | Refusal;

/**
 * The rules by which objects are created, changed and removed: what the API server does between the request and
 * its storage. Clients and the controllers of the sandbox come through here alike.
 */
export class Objects {
  readonly store: Store;
  readonly now: () => number;

  constructor(store: Store, now: () => number) {
    this.store = store;
    this.now = now;
  }

  get({ kind, namespace, name }: Place): JsonObject | Refusal {
    return this.store.get(kind, namespace, name) ?? notFound(kind, name);
  }

  /** Creates an object; the name may be left to the server by `generateName`. */
  create(kind: Kind, namespace: string, body: JsonObject, write: Write): JsonObject | Refusal {
    if (versionOf(body) !== "")
      return serverError("resourceVersion should not be set on objects to be created");
    return this.#create(kind, namespace, body, write);
  }

  /** Replaces an object as PUT does. The second value tells whether it was created. */
  replace(place: Place, body: JsonObject, write: Write): [JsonObject, boolean] | Refusal {
    const { kind, namespace, name } = place;
    if (nameOf(body) === "") {
      return badRequest(
        `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
      );
    }
    if (nameOf(body) !== name) return nameMismatch(nameOf(body), name);
    const live = this.store.get(kind, namespace, name);
    if (live === undefined) return this.#createByUpdate(place, body, write);
    const uid = uidOf(body);
    if (uid !== "" && uid !== uidOf(live)) return uidConflict(kind, place, [uid, uidOf(live)]);
    const version = versionOf(body);
    if (!/^\d*$/u.test(version)) {
      return serverError(`strconv.ParseUint: parsing ${JSON.stringify(version)}: invalid syntax`);
    }
    if (version === "" && !kind.mayUpdateBlindly) return versionRequired(kind, name);
    const changed = this.change(place, () => body, write);
    return isRefusal(changed) ? changed : [changed, false];
  }

  /**
   * Changes an object that is there. The change gets a copy of the present state; a resourceVersion in its
   * result has to be the present one.
   */
  change({ kind, namespace, name }: Place, change: Change, write: Write): JsonObject | Refusal {
    const live = this.store.get(kind, namespace, name);
    if (live === undefined) return notFound(kind, name);
    const result = change(copyOf(live));
    if (isRefusal(result)) return result;
    const wanted = copyOf(result);
    if (nameOf(wanted) !== "" && nameOf(wanted) !== name) return nameMismatch(nameOf(wanted), name);
    // The version is compared with the stored one, before anything is validated.
    const version = versionOf(wanted);
    if (version !== "" && version !== versionOf(live)) return conflict(kind, name);
    const uid = uidOf(wanted);
    if (uid !== "" && uid !== uidOf(live)) return invalid(kind, name, wrongUid(uid));
    if (namespaceOf(wanted) !== "" && namespaceOf(wanted) !== namespace) return namespaceMismatch();

    const next = prepared(kind, { live, wanted }, write.manager.subresource);
    applyDefaults(kind, next);
    if (kind === DAEMON_SET) stampTemplateGeneration(live, next);
    const causes = [...validate(kind, next), ...validateUpdate(kind, live, next)];
    if (causes.length > 0) return invalid(kind, name, causes);
    if (kind.hasGeneration && !isEqual(live["spec"], next["spec"])) bumpGeneration(next);
    keepAccount({ live, next, sent: wanted }, write.manager, this.now());
    if (isEqual(live, next) || write.isDryRun === true) return next;
    return this.#settle(kind, next);
  }

  /** Removes an object for good, whatever its finalizers say. */
  erase({ kind, namespace, name }: Place): JsonObject | undefined {
    return this.store.remove(kind, namespace, name);
  }

  #createByUpdate(place: Place, body: JsonObject, write: Write): [JsonObject, boolean] | Refusal {
    const { kind, namespace, name } = place;
    if (!kind.mayCreateByUpdate || write.manager.subresource !== "") return notFound(kind, name);
    if (uidOf(body) !== "") return uidConflict(kind, place, [uidOf(body), ""]);
    const created = this.#create(kind, namespace, body, write);
    return isRefusal(created) ? created : [created, true];
  }

  #create(kind: Kind, namespace: string, body: JsonObject, write: Write): JsonObject | Refusal {
    if (namespaceOf(body) !== "" && namespaceOf(body) !== namespace) return namespaceMismatch();
    const created = copyOf(body);
    this.#stampNew(kind, namespace, created);
    const refusal = this.#namespaceRefusal(kind, namespace, nameOf(created));
    if (refusal !== undefined) return refusal;
    if (kind.subresources.includes("status")) Reflect.deleteProperty(created, "status");
    applyDefaults(kind, created);
    if (kind === DAEMON_SET) stampTemplateGeneration(undefined, created);
    const causes = validate(kind, created);
    if (causes.length > 0) return invalid(kind, nameOf(created), causes);
    if (this.store.get(kind, namespace, nameOf(created)) !== undefined)
      return alreadyExists(kind, nameOf(created));
    const excess = quotaRefusal(this.store, kind, namespace, created);
    if (excess !== undefined) return excess;
    const { status, ...tracked } = created;
    keepAccount({ live: undefined, next: tracked, sent: body }, write.manager, this.now());
    created["metadata"] = metadataOf(tracked);
    if (status !== undefined) created["status"] = status;
    if (kind === SERVICE) giveClusterAddress(created, this.store.list(SERVICE));
    if (kind === POD) created["status"] = { phase: "Pending", qosClass: "BestEffort" };
    return write.isDryRun === true ? created : this.store.put(kind, created);
  }

  #stampNew(kind: Kind, namespace: string, created: JsonObject): void {
    const metadata = childOf(created, "metadata");
    const prefix = textOf(metadata["generateName"]);
    if (textOf(metadata["name"]) === "" && prefix !== "")
      metadata["name"] = prefix.slice(0, 58) + randomSuffix();
    if (kind.isNamespaced) metadata["namespace"] = namespace;
    for (const key of ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"]) {
      Reflect.deleteProperty(metadata, key);
    }
    metadata["uid"] = randomUUID();
    metadata["creationTimestamp"] = timeText(this.now());
    // An admission plugin's work, which is on in every cluster.
    if (kind === PERSISTENT_VOLUME_CLAIM)
      metadata["finalizers"] = [...new Set([...finalizersOf(created), CLAIM_PROTECTION])];
    if (kind.hasGeneration) metadata["generation"] = 1;
    else Reflect.deleteProperty(metadata, "generation");
  }

  #namespaceRefusal(kind: Kind, namespace: string, name: string): Refusal | undefined {
    if (!kind.isNamespaced) return undefined;
    const found = this.store.get(NAMESPACE, "", namespace);
    if (found === undefined) return notFound(NAMESPACE, namespace);
    if (!isTerminating(found)) return undefined;
    return forbidden(
      kind,
      name,
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }

  /** Stores a changed object, or removes it if only its finalizers kept it. */
  #settle(kind: Kind, next: JsonObject): JsonObject {
    const isKept = kind === POD || kind === NAMESPACE;
    if (isTerminating(next) && finalizersOf(next).length === 0 && !isKept) {
      return this.store.remove(kind, namespaceOf(next), nameOf(next)) ?? next;
    }
    return this.store.put(kind, next);
  }
}

/** Takes from the wanted object what this kind of write may set, and from the live one everything else. */
function prepared(kind: Kind, of: { live: JsonObject; wanted: JsonObject }, subresource: string): JsonObject {
  const { live, wanted } = of;
  if (subresource === "status") return withStatus(live, wanted);
  const before = metadataOf(live);
  const metadata = { ...metadataOf(wanted) };
  for (const key of KEPT) {
    const value = before[key];
    if (value === undefined) Reflect.deleteProperty(metadata, key);
    else metadata[key] = value;
  }
  const { kind: name = "", apiVersion = "", status } = live;
  const next: JsonObject = { ...wanted, kind: name, apiVersion, metadata };
  if (kind.subresources.includes("status")) {
    Reflect.deleteProperty(next, "status");
    if (status !== undefined) next["status"] = status;
  }
  return next;
}

/** A write of the status changes nothing else, but for the annotations of Deployments, which hold their revision. */
function withStatus(live: JsonObject, wanted: JsonObject): JsonObject {
  const result = copyOf(live);
  if (wanted["status"] !== undefined) result["status"] = wanted["status"];
  const annotations = at(wanted, "metadata", "annotations");
  if (live["kind"] === "Deployment" && annotations !== undefined)
    setMetadata(result, "annotations", annotations);
  return result;
}

/** Metadata that only the server sets. */
const KEPT = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "namespace",
  "resourceVersion",
  "selfLink",
  "uid",
];

const SUFFIX_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Five letters that make no words, as the server adds to a `generateName`. */
export const randomSuffix = (): string =>
  Array.from({ length: 5 }, () => SUFFIX_LETTERS[randomInt(SUFFIX_LETTERS.length)] ?? "x").join("");

const nameMismatch = (name: string, wanted: string): Refusal =>
  badRequest(`the name of the object (${name}) does not match the name on the URL (${wanted})`);

const namespaceMismatch = (): Refusal =>
  badRequest("the namespace of the provided object does not match the namespace sent on the request");

function bumpGeneration(object: JsonObject): void {
  const generation = at(object, "metadata", "generation");
  setMetadata(object, "generation", (typeof generation === "number" ? generation : 0) + 1);
}
