import type { IncomingHttpHeaders } from "node:http";
import { parse as parseYaml } from "yaml";
import type { Json, JsonObject } from "../json.ts";
import { at, isObject, parseJson, textOf } from "../json.ts";
import type { Kind } from "../kinds.ts";
import { groupVersion } from "../kinds.ts";
import { decodeProtobuf, PROTOBUF } from "../protobuf.ts";
import { badRequest, type Refusal, unsupportedMediaType } from "../refusal.ts";
import { amountProblem } from "./amounts.ts";
import { microTimeError } from "./microTime.ts";

const ACCEPTED = ["application/json", "application/yaml", PROTOBUF];

/** The media type of a request, without its parameters; JSON when the client does not say. */
export const mediaTypeOf = (headers: IncomingHttpHeaders): string =>
  (headers["content-type"] ?? "application/json").split(";")[0]?.trim().toLowerCase() ?? "";

/** Reads the body of a request: JSON, YAML, or the Protobuf messages that clients send. */
export function decodeBody(headers: IncomingHttpHeaders, body: Buffer, what: string): JsonObject | Refusal {
  const type = mediaTypeOf(headers);
  if (type === PROTOBUF) return decodeProtobuf(body);
  if (!ACCEPTED.includes(type)) return unsupportedMediaType(ACCEPTED);
  const text = body.toString("utf8");
  const parsed = type === "application/yaml" ? parseYamlText(text) : parseJson(text);
  return isObject(parsed) ? parsed : badRequest(unreadable(text, what));
}

/** Reads a body of server-side apply, which is YAML; JSON is YAML, and much quicker to read. */
export function decodeApply(body: Buffer): JsonObject | Refusal {
  const text = body.toString("utf8");
  const parsed = parseJson(text) ?? parseYamlText(text);
  return isObject(parsed) ? parsed : badRequest("error decoding YAML: expected an object");
}

/** Reads a body of one of the JSON patch types. */
export const decodePatch = (body: Buffer): Json | Refusal =>
  parseJson(body.toString("utf8")) ??
  badRequest(`error decoding patch: ${jsonProblem(body.toString("utf8"))}`);

function parseYamlText(text: string): Json | undefined {
  try {
    return parseYaml(text) as Json;
  } catch {
    return undefined;
  }
}

const TYPE_META = String.raw`struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }`;

function unreadable(text: string, what: string): string {
  const parsed = parseJson(text);
  const problem =
    parsed === undefined
      ? `${jsonProblem(text)} (${text === "" ? "<empty>" : text.slice(0, 100)})`
      : // Go shows the bytes of what is JSON, but no object.
        `json: cannot unmarshal ${goTypeOf(parsed)} into Go value of type ${TYPE_META} (${Buffer.from(text).toString("hex")})`;
  return `the object provided is unrecognized (must be of type ${what}): couldn't get version/kind; json parse error: ${problem}`;
}

/** The commonest problems in Go's words. */
function jsonProblem(text: string): string {
  const found = /^\s*\{\s*(?<character>[^"}\s])/u.exec(text)?.groups?.["character"];
  if (found !== undefined) return `invalid character '${found}' looking for beginning of object key string`;
  const isCutOff = text.trim() === "" || /^\s*[{["]/u.test(text);
  if (isCutOff) return "unexpected end of JSON input";
  return `invalid character '${text.trim().slice(0, 1)}' looking for beginning of value`;
}

/** Gives an object its kind, or says why it cannot be of the kind that the path names. */
export function asKind(kind: Kind, object: JsonObject): JsonObject | Refusal {
  const apiVersion = textOf(object["apiVersion"]) || groupVersion(kind);
  const name = textOf(object["kind"]) || kind.kind;
  const cannot = `${name} in version "${kind.version}" cannot be handled as a ${kind.kind}`;
  if (name !== kind.kind) {
    const wanted = `${kind.group === "" ? "core" : (kind.group.split(".")[0] ?? "")}.${kind.kind}`;
    return badRequest(`${cannot}: converting (${kind.version}.${name}) to (${wanted}): unknown conversion`);
  }
  if (apiVersion !== groupVersion(kind)) {
    return badRequest(
      `${cannot}: no kind "${name}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`,
    );
  }
  const problem = typeProblem(kind, object);
  if (problem !== undefined) return badRequest(`${cannot}: ${problem}`);
  return { ...object, kind: kind.kind, apiVersion: groupVersion(kind) };
}

interface TypedField {
  readonly path: readonly string[];
  readonly struct: string;
  readonly type: "string" | "int32" | "microtime";
}

const leaseField = (name: string, type: TypedField["type"]): TypedField => ({
  path: ["spec", name],
  struct: "LeaseSpec",
  type,
});
const replicas = (struct: string): TypedField => ({ path: ["spec", "replicas"], struct, type: "int32" });

/** The fields whose types are checked: those that our own programs write. */
const TYPED: Readonly<Record<string, readonly TypedField[]>> = {
  Lease: [
    leaseField("holderIdentity", "string"),
    leaseField("leaseDurationSeconds", "int32"),
    leaseField("acquireTime", "microtime"),
    leaseField("renewTime", "microtime"),
    leaseField("leaseTransitions", "int32"),
  ],
  Deployment: [replicas("DeploymentSpec")],
  ReplicaSet: [replicas("ReplicaSetSpec")],
  StatefulSet: [replicas("StatefulSetSpec")],
};

const MAPS: Readonly<Record<string, string>> = { ConfigMap: "string", Secret: "[]uint8" };

/** What Go's decoder says about fields of a wrong type, or undefined. */
export function typeProblem(kind: Kind, object: JsonObject): string | undefined {
  const spec = object["spec"];
  if (spec !== undefined && spec !== null && !isObject(spec)) {
    return unmarshalProblem(spec, `${kind.kind}.spec`, `v1.${kind.kind}Spec`);
  }
  for (const map of ["labels", "annotations"]) {
    const problem = mapProblem(at(object, "metadata", map), `ObjectMeta.metadata.${map}`, "string");
    if (problem !== undefined) return problem;
  }
  const dataType = MAPS[kind.kind];
  if (dataType !== undefined) {
    const problem = mapProblem(object["data"], `${kind.kind}.data`, dataType);
    if (problem !== undefined) return problem;
  }
  if (kind.kind === "Secret") {
    const problem = base64Problem(object["data"]);
    if (problem !== undefined) return problem;
  }
  return fieldProblem(kind, object) ?? amountProblem(kind, object);
}

function fieldProblem(kind: Kind, object: JsonObject): string | undefined {
  for (const { path, struct, type } of TYPED[kind.kind] ?? []) {
    const value = at(object, ...path);
    if (value === undefined || value === null) continue;
    const isText = typeof value === "string";
    if (type === "microtime" && isText) {
      const problem = microTimeError(value);
      if (problem !== undefined) return problem;
    } else if (type === "int32" ? !isInt32(value) : !isText) {
      return unmarshalProblem(value, `${struct}.${path.join(".")}`, type === "int32" ? "int32" : "string");
    }
  }
  return undefined;
}

const isInt32 = (value: Json): boolean => Number.isInteger(value) && Math.abs(Number(value)) <= 0x7fffffff;

function mapProblem(map: Json | undefined, field: string, type: string): string | undefined {
  const wrong = isObject(map) ? Object.values(map).find((value) => typeof value !== "string") : undefined;
  return wrong === undefined || wrong === null ? undefined : unmarshalProblem(wrong, field, type);
}

function base64Problem(data: Json | undefined): string | undefined {
  for (const value of Object.values(isObject(data) ? data : {})) {
    const text = typeof value === "string" ? value.replace(/[\r\n]/gu, "") : "";
    const good =
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/u.exec(text)?.[0].length ?? 0;
    if (good < text.length) return `illegal base64 data at input byte ${good}`;
  }
  return undefined;
}

function unmarshalProblem(value: Json, field: string, type: string): string {
  const given = typeof value === "number" && type === "int32" ? `number ${value}` : goTypeOf(value);
  return `json: cannot unmarshal ${given} into Go struct field ${field} of type ${type}`;
}

function goTypeOf(value: Json): string {
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return "array";
  return typeof value;
}
