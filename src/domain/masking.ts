import { isJsonList, isJsonObject, textAt, type JsonObject } from "./manifest.ts";
import { redacted } from "./redact.ts";
import type { Json } from "./release.ts";
import { looksSecret } from "./secretKeys.ts";

const HIDDEN = "[redacted]";
/** A line of a file within a text: its key, and what follows. */
const KEYED_LINE = /^(?<key>\s*(?:- )?(?:export )?["']?[\w./-]+["']?)(?<sign>\s*[:=]\s*)(?<rest>.*)$/u;
const BLOCK_BEGINS = /^[|>][-+\d]*$/u;
/** A secret as short or as plain as an ordinary word is not looked for elsewhere: it would mask half the text. */
const MIN_KNOWN_LENGTH = 8;
const MOST_KNOWN = 500;
/** What is longer is not looked through, which would take too long: it stands as one secret. */
const LONGEST_TEXT = 64 * 1024;

/** What stands for a secret while a text is worked on: one word without a sign, so that no rule takes it apart. */
const TOKEN = /\ue000(?<number>\d+)\ue001/gu;
const ONE_TOKEN = /^\ue000\d+\ue001$/u;

/**
 * Numbers secrets in the order in which they are met: the same number is the same value, another one is another
 * value, and nothing else is told. A digest would let a short password be found by trying; a number does not.
 */
export class Masks {
  readonly #numbers = new Map<string, number>();
  readonly #known: string[] = [];

  /** What stands in place of a secret. An empty one is none. */
  of(secret: string): string {
    return shown(this.#token(secret));
  }

  /** A text with the secrets in it masked: what looks like one, and those that are known already. */
  text(text: string): string {
    if (text.length > LONGEST_TEXT) return this.of(text);
    const keyed = text.includes("\n") ? this.#keyedLines(text) : text;
    return shown(this.#withoutKnown(this.#withoutFound(keyed)));
  }

  #token(secret: string): string {
    if (secret === "" || ONE_TOKEN.test(secret)) return secret;
    const number = this.#numbers.get(secret) ?? this.#add(secret);
    return `\ue000${number}\ue001`;
  }

  #add(secret: string): number {
    const number = this.#numbers.size + 1;
    this.#numbers.set(secret, number);
    const isTelling = secret.length >= MIN_KNOWN_LENGTH && /[^a-z]/u.test(secret);
    if (isTelling && this.#known.length < MOST_KNOWN) this.#known.push(secret);
    return number;
  }

  #withoutKnown(text: string): string {
    return this.#known.reduce(
      (clean, secret) =>
        clean.includes(secret) ? clean.replaceAll(secret, () => this.#token(secret)) : clean,
      text,
    );
  }

  /** A file within a value: what is indented below a telling key belongs to the secret. */
  #keyedLines(text: string): string {
    let within: number | undefined;
    const lines = text.split("\n").map((line) => {
      const indent = line.length - line.trimStart().length;
      const isBlank = line.trim() === "";
      if (within !== undefined && (isBlank || indent > within)) {
        return isBlank ? line : line.slice(0, indent) + this.#token(line.trim());
      }
      within = undefined;
      const { key, sign = "", rest = "" } = KEYED_LINE.exec(line)?.groups ?? {};
      if (key === undefined || !looksSecret(key)) return line;
      const value = rest.trim();
      if (value === "" || BLOCK_BEGINS.test(value)) within = indent;
      return within !== undefined || isPlain(value) ? line : `${key}${sign}${this.#token(value)}`;
    });
    return lines.join("\n");
  }

  /** What was taken out lies between the pieces that stayed. The pieces alone are shown, so nothing can slip through. */
  #withoutFound(text: string): string {
    const clean = redacted(text);
    if (!clean.includes(HIDDEN)) return text;
    const [first = "", ...rest] = clean.split(HIDDEN);
    let end = first.length;
    return rest.reduce((masked, piece, index) => {
      const isLast = index === rest.length - 1;
      const at = isLast ? text.length - piece.length : text.indexOf(piece, end);
      const secret = at < end ? text : text.slice(end, at);
      end = at < end ? end : at + piece.length;
      return masked + this.#token(secret) + piece;
    }, first);
  }
}

const shown = (text: string): string => text.replaceAll(TOKEN, "‹masked #$<number>›");

/** A switch tells nothing. */
const isPlain = (value: string): boolean => /^(?:true|false|null|~|\{\}|\[\])$/u.test(value);

/** How one looks at what lies below a key. */
interface Look {
  /** Everything below is secret. */
  readonly isSecret: boolean;
  /** Keys were chosen by a person and speak; those of Kubernetes' own kinds are only names of fields. */
  readonly keysSpeak: boolean;
}

/** Values as a person gave them to helm. */
export const maskedValues = (values: JsonObject, masks: Masks): JsonObject =>
  maskedMap(values, masks, { isSecret: false, keysSpeak: true });

const OWN_GROUPS = /^(?:v1$|(?:apps|batch|autoscaling|policy|extensions)\/|[a-z.]+\.k8s\.io\/)/u;

/** An object of a manifest. All that a Secret holds is masked, and elsewhere what looks like a secret. */
export function maskedObject(object: JsonObject, masks: Masks): JsonObject {
  const isOwn = OWN_GROUPS.test(textAt(object, "apiVersion"));
  const isSecret = object["kind"] === "Secret" && isOwn;
  return mapped(object, (value, key) => {
    const holds = isSecret && (key === "data" || key === "stringData");
    const annotations = isSecret && key === "metadata" ? withoutCopies(value, masks) : value;
    return masked(annotations, masks, { isSecret: holds, keysSpeak: !isOwn || FREE_KEYS.has(key) });
  });
}

/** `kubectl apply` leaves a copy of the whole Secret in an annotation. */
const COPY = "kubectl.kubernetes.io/last-applied-configuration";

const withoutCopies = (metadata: Json, masks: Masks): Json =>
  isJsonObject(metadata) && isJsonObject(metadata["annotations"])
    ? {
        ...metadata,
        annotations: mapped(metadata["annotations"], (value, key) =>
          key === COPY && typeof value === "string" ? masks.of(value) : value,
        ),
      }
    : metadata;

/** Fields of Kubernetes' own kinds whose keys people choose. */
const FREE_KEYS = new Set([
  "annotations",
  "data",
  "stringData",
  "binaryData",
  "parameters",
  "volumeAttributes",
]);

function masked(value: Json, masks: Masks, look: Look): Json {
  if (isJsonList(value)) {
    return value.map((item, index) => {
      const isSecret = look.isSecret || isAfterFlag(value[index - 1]);
      return masked(item, masks, { ...look, isSecret });
    });
  }
  if (isJsonObject(value)) return maskedMap(value, masks, look);
  if (typeof value === "string") return look.isSecret ? masks.of(value) : masks.text(value);
  return look.isSecret && typeof value === "number" ? masks.of(String(value)) : value;
}

function maskedMap(object: JsonObject, masks: Masks, look: Look): JsonObject {
  // `{ name: DB_PASSWORD, value: … }`, as the environment of a container has it.
  const called = [object["name"], object["key"]].find((name) => typeof name === "string") ?? "";
  return mapped(object, (value, key) => {
    if (key.startsWith("checksum")) return value;
    const isNamed = key === "value" && typeof called === "string" && looksSecret(called);
    const isTelling = look.keysSpeak && looksSecret(key) && !NAMES_ONE.has(key);
    return masked(value, masks, {
      isSecret: look.isSecret || isNamed || isTelling,
      keysSpeak: (look.keysSpeak && key !== "labels" && !NAMES_ONE.has(key)) || FREE_KEYS.has(key),
    });
  });
}

/** Where other tools' kinds and charts' values refer to Secrets as Kubernetes itself does. */
const NAMES_ONE = new Set([
  ...["secretKeyRef", "secretRef", "imagePullSecrets", "imagePullSecret", "pullSecrets", "existingSecret"],
  ...["automountServiceAccountToken", "topologyKey"],
]);

/** `--password`, `hunter2` as two arguments. */
const isAfterFlag = (previous: Json | undefined): boolean =>
  typeof previous === "string" && /^--?[\w.-]+$/u.test(previous) && looksSecret(previous);

const mapped = (object: JsonObject, change: (value: Json, key: string) => Json): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
