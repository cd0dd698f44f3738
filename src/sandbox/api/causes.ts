import type { Json } from "../json.ts";
import type { Cause } from "../refusal.ts";

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u;

export const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end " +
  "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Whether a text may be the name of a namespace or of a container. */
export const isLabel = (name: string): boolean => name.length <= 63 && LABEL.test(name);

/** A value that breaks a rule. */
export const wrong = (field: string, value: Json, rule: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${typeof value === "number" ? value : JSON.stringify(value)}: ${rule}`,
  field,
});

/** A field that has to be there. */
export const required = (field: string, rule = ""): Cause => ({
  reason: "FieldValueRequired",
  message: `Required value${rule === "" ? "" : `: ${rule}`}`,
  field,
});

/** A value that is none of those that there are. */
export const unsupported = (field: string, value: Json, supported: readonly string[]): Cause => ({
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => `"${one}"`).join(", ")}`,
  field,
});
