import { setImmediate } from "node:timers/promises";
import { parseDocument, stringify } from "yaml";
import type { Manifests } from "../../app/rollbackPorts.ts";
import { isJsonObject, type ManifestPiece } from "../../domain/manifest.ts";
import type { Json } from "../../domain/release.ts";
import { hasCompoundKeys } from "./manifest.ts";

/** Between documents; three dashes at the start of a line are nothing else in YAML, not even within a block of text. */
const MARKER = /^---(?=\s|$)/mu;
/** What helm writes above every document: the template that it comes from. */
const SOURCE = /^# Source: (?<source>\S.*)$/mu;
const DEEPEST = 100;

export const manifestYaml: Manifests = {
  async read(manifest) {
    const pieces: ManifestPiece[] = [];
    for (const text of manifest.split(MARKER)) {
      const piece = readDocument(text);
      if (piece !== undefined) pieces.push(piece);
      // A document takes milliseconds to parse, and a manifest can have hundreds.
      await setImmediate();
    }
    return pieces;
  },
  write: (value) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }),
  giveWay: () => setImmediate(),
};

/** Undefined where there is nothing but comments. */
function readDocument(text: string): ManifestPiece | undefined {
  const source = SOURCE.exec(text)?.groups?.["source"]?.trim();
  const named = source === undefined ? {} : { source };
  const content = parsed(text);
  if (content === null) return undefined;
  return isJsonObject(content)
    ? { kind: "object", content, ...named }
    : { kind: "text", text: text.replace(/^\s*\n/u, ""), ...named };
}

/** Null where the document is empty, undefined where it is no YAML or too much of it. */
function parsed(text: string): Json | undefined {
  try {
    const document = parseDocument(text, { logLevel: "silent", intAsBigInt: true });
    if (document.errors.length > 0 || hasCompoundKeys(document)) return undefined;
    // Too many aliases, and too deep a document, are thrown at us.
    return asJson(document.toJS({ maxAliasCount: 100 }), 0);
  } catch {
    return undefined;
  }
}

function asJson(value: unknown, depth: number): Json {
  if (depth > DEEPEST) throw new RangeError("The document is too deep.");
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  // Two numbers that a double cannot tell apart are different all the same.
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (Array.isArray(value)) return value.map((item) => asJson(item, depth + 1));
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item, depth + 1)]));
  }
  return null;
}
