import { isJsonObject, type JsonObject } from "../../domain/manifest.ts";
import { maskedObject, type Masks } from "../../domain/masking.ts";
import type { Json } from "../../domain/release.ts";

/** `kubectl apply` leaves a copy of the whole object there, which is masked as the object itself is. */
const COPY = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * An object for people to read: without the bookkeeping of managed fields, and with what looks secret masked. It is
 * masked twice: a secret that is met last may have stood in a plainer place before.
 */
export function readableObject(object: unknown, masks: Masks): JsonObject {
  const whole = asJson(object);
  if (!isJsonObject(whole)) return {};
  const { copy, rest } = withoutCopy(whole);
  const { apiVersion = "", kind = "", metadata, ...others } = rest;
  // In the order in which people write it; servers differ in theirs.
  const own = { apiVersion, kind, metadata: withoutBookkeeping(metadata), ...others };
  maskedObject(own, masks);
  const maskedCopy = copy === undefined ? undefined : maskedText(copy, masks);
  const masked = maskedObject(own, masks);
  return maskedCopy === undefined ? masked : withCopy(masked, maskedCopy);
}

function withoutBookkeeping(metadata: Json | undefined): Json {
  if (!isJsonObject(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== "managedFields"));
}

function withoutCopy(object: JsonObject): { readonly copy: Json | undefined; readonly rest: JsonObject } {
  const annotations = annotationsOf(object);
  const copy = annotations[COPY];
  if (copy === undefined) return { copy, rest: object };
  const others = Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== COPY));
  return { copy, rest: withAnnotations(object, others) };
}

const withCopy = (object: JsonObject, copy: Json): JsonObject =>
  withAnnotations(object, { ...annotationsOf(object), [COPY]: copy });

function annotationsOf({ metadata }: JsonObject): JsonObject {
  const found = isJsonObject(metadata) ? metadata["annotations"] : undefined;
  return isJsonObject(found) ? found : {};
}

const withAnnotations = (object: JsonObject, annotations: JsonObject): JsonObject => ({
  ...object,
  metadata: { ...(isJsonObject(object["metadata"]) ? object["metadata"] : {}), annotations },
});

function maskedText(copy: Json, masks: Masks): Json {
  const parsed = typeof copy === "string" ? parsedObject(copy) : undefined;
  if (parsed === undefined) return masks.of(typeof copy === "string" ? copy : JSON.stringify(copy));
  maskedObject(parsed, masks);
  return JSON.stringify(maskedObject(parsed, masks));
}

function parsedObject(text: string): JsonObject | undefined {
  try {
    const value = asJson(JSON.parse(text));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What came as JSON is JSON. */
function asJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
