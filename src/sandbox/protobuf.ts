import protobuf from "protobufjs";
import type { Json, JsonObject } from "./json.ts";
import { isObject, listOf, numberOf, objectOf, parseJson, textOf } from "./json.ts";
import { MESSAGES } from "./protobufMessages.ts";
import { badRequest, type Refusal, unsupportedMediaType } from "./refusal.ts";

/** The media type in which helm sends Secrets and options of deletes. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MAGIC = Buffer.from("k8s\0");

const root = protobuf.parse(MESSAGES, { keepCase: true }).root;

/** Reads a Protobuf body: the magic bytes, an envelope that names the kind, and the object. */
export function decodeProtobuf(body: Buffer): JsonObject | Refusal {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) {
    return badRequest(
      "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
    );
  }
  try {
    const envelope = decode(root.lookupType("Unknown"), body.subarray(MAGIC.length));
    const { kind = "", apiVersion = "" } = objectOf(envelope["typeMeta"]);
    const message = root.get(textOf(kind));
    if (!(message instanceof protobuf.Type))
      return unsupportedMediaType(["application/json", "application/yaml"]);
    const raw = Buffer.from(textOf(envelope["raw"]), "base64");
    return { kind, apiVersion, ...objectOf(toJson(message, decode(message, raw))) };
  } catch {
    // The library throws for bytes that are no message of the type.
    return badRequest("unable to decode the protobuf message");
  }
}

const decode = (type: protobuf.Type, bytes: Uint8Array): JsonObject =>
  type.toObject(type.decode(bytes), { bytes: String, longs: Number });

/**
 * Turns a message into the JSON that the API means by it: times become texts, an empty text or time is the same
 * as nothing, since Go writes both for fields that are not set.
 */
function toJson(type: protobuf.Type, message: JsonObject): Json {
  if (type.name === "Time") return timeText(message, "");
  if (type.name === "MicroTime") return timeText(message, `.${micros(message)}`);
  if (type.name === "FieldsV1")
    return parseJson(Buffer.from(textOf(message["Raw"]), "base64").toString()) ?? {};
  const result: JsonObject = {};
  type.resolveAll();
  for (const field of type.fieldsArray) {
    const value = message[field.name];
    const json = value === undefined ? null : fieldToJson(field, value);
    const isUnset = json === null || json === "" || (field.name === "generation" && json === 0);
    if (!isUnset) result[field.name] = json;
  }
  return result;
}

function fieldToJson(field: protobuf.Field, value: Json): Json {
  const message = field.resolvedType;
  if (field.map || !(message instanceof protobuf.Type)) return value;
  if (field.repeated) return listOf(value).map((item) => toJson(message, objectOf(item)));
  return isObject(value) ? toJson(message, value) : value;
}

function timeText(message: JsonObject, fraction: string): Json {
  const seconds = numberOf(message["seconds"], Number.NaN);
  return Number.isNaN(seconds)
    ? null
    : new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/u, `${fraction}Z`);
}

const micros = (message: JsonObject): string =>
  String(Math.floor(numberOf(message["nanos"]) / 1000)).padStart(6, "0");
