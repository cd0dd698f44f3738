/** Parts of a word that make a key one of a secret, wherever in it they stand. */
const TELLING =
  /pass|pwd|secret|token|credential|dsn|private|bearer|jwt|hmac|salt|cookie|authorization|webhook|connectionstring|connstr/u;
/** Words that say it alone or at their end: `apiKey`, `SSHKEY`, `creds`. */
const TELLING_END = /(?:keys?|creds?|auth|signature)$/u;

/** Last words of keys that name, count or place a secret and hold none: `passwordFile`, `tokenTTL`, `secretName`. */
const ABOUT = new Set([
  ...[
    "name",
    "names",
    "ref",
    "refs",
    "namespace",
    "file",
    "files",
    "path",
    "paths",
    "dir",
    "mount",
    "volume",
  ],
  ...["enabled", "type", "kind", "policy", "class", "length", "size", "count", "seconds", "minutes", "ttl"],
  ...["expiration", "expiry", "expires", "audience", "audiences", "issuer", "version", "algorithm", "format"],
  ...["provider", "backend", "store", "selector", "endpoint", "host", "port"],
]);
const HARMLESS = /^(?:public|topology|existing|partition|sort|label|node)/u;

/**
 * Whether what stands under this key is most likely a secret. Rather one too many: what is masked still shows that
 * it changes.
 */
export function looksSecret(key: string): boolean {
  const words = wordsOf(key);
  if (words[0] === "checksum") return false;
  const last = words.at(-1) ?? "";
  if (words.length > 1 && ABOUT.has(last)) return false;
  // `publicKey`, `topologyKey`, `existingSecret`: what they say is known to all, or a name.
  if (words.length === 2 && HARMLESS.test(words[0] ?? "")) return false;
  return words.some((word) => TELLING_END.test(word)) || TELLING.test(words.join(""));
}

/** `dbPassword`, `DB_PASSWORD`, `db-password` and `--db.password` are the same words. */
const wordsOf = (key: string): readonly string[] =>
  key
    .replaceAll(/([a-z0-9])([A-Z])/gu, "$1 $2")
    .replaceAll(/([A-Z]+)([A-Z][a-z])/gu, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word !== "");
