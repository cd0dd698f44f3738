import type { Json, JsonObject } from "./json.ts";
import { at, objectsOf, listOf, textOf, textsOf } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { EVENT, NAMESPACE, POD, SECRET } from "./kinds.ts";
import { labelsOf } from "./object.ts";
import { badRequest, type Refusal } from "./refusal.ts";

/** Whether an object is among those that were asked for. */
export type Match = (object: JsonObject) => boolean;

type LabelTest = (labels: Record<string, string>) => boolean;

const KEY = String.raw`[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?`;
const VALUE = String.raw`(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?`;
const EXISTS = new RegExp(`^(!?)\\s*(${KEY})$`, "u");
const EQUALS = new RegExp(`^(${KEY})\\s*(==|=|!=)\\s*(${VALUE})$`, "u");
const AMONG = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`, "u");
const COMPARES = new RegExp(`^(${KEY})\\s*(>|<)\\s*(\\d+)$`, "u");

/** Reads a label selector of a query, equality-based and set-based: `a=b,c!=d,e in (f,g),!h`. */
export function parseLabelSelector(text: string): Match | Refusal {
  const tests: LabelTest[] = [];
  for (const part of text.split(/,(?![^(]*\))/u).map((item) => item.trim())) {
    if (part === "") continue;
    const test = labelTest(part);
    if (test === undefined) return badRequest(labelSelectorError(part));
    tests.push(test);
  }
  return (object) => {
    const labels = labelsOf(object);
    return tests.every((test) => test(labels));
  };
}

function labelTest(part: string): LabelTest | undefined {
  const equals = EQUALS.exec(part);
  if (equals !== null) {
    const [, key = "", operator, value] = equals;
    return operator === "!=" ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const among = AMONG.exec(part);
  if (among !== null) {
    const [, key = "", operator, list = ""] = among;
    return setTest(key, operator === "in", new Set(list.split(",").map((item) => item.trim())));
  }
  const exists = EXISTS.exec(part);
  if (exists !== null) {
    const [, not, key = ""] = exists;
    return (labels) => (labels[key] !== undefined) === (not === "");
  }
  const compares = COMPARES.exec(part);
  if (compares === null) return undefined;
  const [, key = "", operator, bound] = compares;
  const isRight = (value: number): boolean =>
    operator === ">" ? value > Number(bound) : value < Number(bound);
  return (labels) => labels[key] !== undefined && isRight(Number(labels[key]));
}

const setTest =
  (key: string, isIn: boolean, values: ReadonlySet<string>): LabelTest =>
  (labels) => {
    const value = labels[key];
    return isIn ? value !== undefined && values.has(value) : value === undefined || !values.has(value);
  };

/** The server words each mistake by its tokens; the commonest, a doubled operator, reads exactly the same. */
function labelSelectorError(part: string): string {
  const operator = /(?:===|!==|==!)(?<rest>.*)$/u.test(part) ? "=" : part;
  return operator === "="
    ? "unable to parse requirement: found '=', expected: identifier"
    : `unable to parse requirement: found '${part}', expected: identifier`;
}

/** Whether the LabelSelector of a workload (matchLabels and matchExpressions) chooses these labels. */
export function selects(selector: Json | undefined, labels: Record<string, string>): boolean {
  const wanted = Object.entries(textsOf(at(selector, "matchLabels")));
  if (!wanted.every(([key, value]) => labels[key] === value)) return false;
  return objectsOf(at(selector, "matchExpressions")).every((expression) => {
    const key = textOf(expression["key"]);
    const values = new Set(listOf(expression["values"]).map(textOf));
    switch (textOf(expression["operator"])) {
      case "In":
        return setTest(key, true, values)(labels);
      case "NotIn":
        return setTest(key, false, values)(labels);
      case "Exists":
        return labels[key] !== undefined;
      default:
        return labels[key] === undefined;
    }
  });
}

const ALWAYS = ["metadata.name", "metadata.namespace"];

/** The fields by which each kind can be selected; the server knows no others. */
const FIELDS = new Map<Kind, readonly string[]>([
  [
    EVENT,
    [
      "involvedObject.kind",
      "involvedObject.namespace",
      "involvedObject.name",
      "involvedObject.uid",
      "involvedObject.apiVersion",
      "involvedObject.resourceVersion",
      "involvedObject.fieldPath",
      "reason",
      "reportingComponent",
      "source",
      "type",
    ],
  ],
  [NAMESPACE, ["status.phase"]],
  [
    POD,
    ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "status.phase"],
  ],
  [SECRET, ["type"]],
]);

/** Reads a field selector: `metadata.name=dev1,type!=Opaque`. */
export function parseFieldSelector(kind: Kind, text: string): Match | Refusal {
  const known = [...ALWAYS, ...(FIELDS.get(kind) ?? [])];
  const tests: Match[] = [];
  for (const part of text.split(",").filter((item) => item !== "")) {
    const [, field, operator, value = ""] = /^([^=!]*)(==|=|!=)(.*)$/u.exec(part) ?? [];
    if (field === undefined) {
      return badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
    }
    if (!known.includes(field)) return badRequest(unknownField(kind, field, known));
    const isWanted = operator !== "!=";
    tests.push((object) => (fieldOf(object, field) === value) === isWanted);
  }
  return (object) => tests.every((test) => test(object));
}

const unknownField = (kind: Kind, field: string, known: readonly string[]): string =>
  FIELDS.has(kind)
    ? `field label not supported: ${field}`
    : `"${field}" is not a known field selector: only ${known.map((name) => `"${name}"`).join(", ")}`;

function fieldOf(object: JsonObject, field: string): string {
  const path = field === "source" ? ["source", "component"] : field.split(".");
  const value = at(object, ...path);
  return typeof value === "number" ? String(value) : textOf(value);
}
