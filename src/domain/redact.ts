const HIDDEN = "[redacted]";

/** Words of a terminal: colours, titles, cursor moves. They could also split a secret so that no rule finds it. */
const ESCAPES =
  // eslint-disable-next-line no-control-regex -- the escape character is exactly what has to be found here
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/gu;

/** Every control, zero-width and bidirectional character but line feed and tab. */
const INVISIBLE =
  // eslint-disable-next-line no-control-regex -- control characters are exactly what has to be found here
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

/** A key that names a secret, wherever in the key the word stands: `DB_PASSWORD`, `spring.datasource.password`. */
const KEY =
  "[\\w.-]*(?:passw(?:or)?d|passwd|passphrase|passcode|pwd|secret|token|api[-_.]?key|apikey|access[-_.]?key|private[-_.]?key|encryption[-_.]?key|signing[-_.]?key|credentials?|connection[-_.]?string|(?<![a-z])(?:pass|auth|dsn|jwt|salt))(?:[-_.]?(?:value|base64|b64|hash|data|key|id|\\d+))*";

/** A value in quotes (also in the escaped ones of JSON within JSON), else up to where a bare one ends. */
const VALUE =
  '(?!\\[redacted\\])(?:\\\\+"[^\\n]*?(?:(?<!\\\\)\\\\+"|$)|"(?:[^"\\\\\\n]|\\\\.)*(?:"|$)|\'[^\'\\n]*(?:\'|$)|`[^`\\n]*(?:`|$)|[^\\s"\'`,;&(){}<>[\\]][^\\s"\'`,;&(){}<>]*)';

/** `[pattern, replacement]`: what stays in the replacement says what was there, e.g. the key. First rule first. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-\n]+-----[\s\S]*?(?:-----END [^-\n]+-----|$)/gu, HIDDEN],
  // The rest of the line: such a header may hold several words.
  [
    /\b(?<name>(?:proxy-)?authorization|x-(?:api-key|auth-token|vault-token|amz-security-token)|(?:set-)?cookie)(?<sign>\\*["']?\s*[:=]\s*)(?!\s*\[redacted\])[^\n"']*(?:"[^"\n]*")*/giu,
    `$<name>$<sign>${HIDDEN}`,
  ],
  [/\b(?:Bearer|Basic)\s+(?!\[redacted\])[\w.~+/=-]+/giu, HIDDEN],
  // user:password of an address, up to its last @; a port with a path is no password.
  [/(?<=:\/\/)(?!\[redacted\])[^\s:@/?#"'<>]*:(?!\d{1,5}[/?#])[^\s"'<>]*@/gu, `${HIDDEN}@`],
  [/(?<=:\/\/)(?!\[redacted\])[^\s:@/?#"'<>]+@/gu, `${HIDDEN}@`],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/gu, HIDDEN],
  [/\bxox[a-z]-[\w-]+|\bxapp-[\w-]+|\bhooks\.slack\.com\/services\/[\w/]+/gu, HIDDEN],
  [
    /\bgh[a-z]_\w{16,}|\bgithub_pat_\w+|\bglpat-[\w-]+|\bnpm_\w{16,}|\bdckr_pat_[\w-]+|\bhv[sb]\.[\w.-]+/gu,
    HIDDEN,
  ],
  [
    /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|\b[srp]k[-_](?:live|test|proj|ant)[-_][\w-]+|\bSG\.[\w.-]{20,}/gu,
    HIDDEN,
  ],
  // An environment variable as a pod's description has it: its name first, its value after.
  [
    new RegExp(
      `(?<name>\\bname\\\\*["']?\\s*[:=]\\s*\\\\*["']?${KEY}\\\\*["']?[\\s,]*\\\\*["']?value\\\\*["']?\\s*[:=]\\s*)${VALUE}`,
      "giu",
    ),
    `$<name>${HIDDEN}`,
  ],
  // In YAML a value may hold spaces: the whole line.
  [
    new RegExp(
      `(?<key>^[ \\t]*(?:- )?["']?${KEY}["']?:[ \\t]+)(?!\\[redacted\\])(?![{[|>"'])\\S[^\\n]*`,
      "gimu",
    ),
    `$<key>${HIDDEN}`,
  ],
  // `volume "tls-secret" : secret "tls" not found` is the kubelet's way to put it, and holds no secret.
  [
    new RegExp(
      `(?<key>(?<!volume ["'])(?<![\\w.-])(?:--?)?${KEY}\\\\*["']?\\s*(?:[:=]>?|:=)\\s*)${VALUE}`,
      "giu",
    ),
    `$<key>${HIDDEN}`,
  ],
  [new RegExp(`(?<key>(?<![\\w-])--${KEY}\\s+)(?!-)${VALUE}`, "giu"), `$<key>${HIDDEN}`],
];

/** The letters of base64, also of its form for addresses; what is long enough is looked at more closely. */
const LONG_WORD = /(?<![\w+/=-])[\w+/-]{32,}={0,2}/gu;
const DIGEST_BEFORE = /(?:sha256:|sha512:|containerd:\/\/|docker:\/\/|cri-o:\/\/)$/u;
const COMMIT_DIGITS = 40;

/**
 * Text of other programs (logs, events, helm's output) made fit to be shown and logged: everything that looks like
 * a credential is taken out, and so are escape, control and turning characters. Lines stay lines. Names of commits
 * and digests of images stay: they say what runs.
 */
export function redacted(text: string): string {
  const plain = text.replaceAll(ESCAPES, "").replaceAll(/\r\n?/gu, "\n").replaceAll(INVISIBLE, "");
  const ruled = RULES.reduce(
    (clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement),
    plain,
  );
  return ruled.replaceAll(LONG_WORD, (word, at: number) =>
    looksRandom(word, ruled.slice(Math.max(0, at - 16), at)) ? HIDDEN : word,
  );
}

function looksRandom(word: string, before: string): boolean {
  if (/^[0-9a-f]+$/iu.test(word)) return word.length !== COMMIT_DIGITS && !DIGEST_BEFORE.test(before);
  const letters = word.replaceAll(/[^A-Za-z0-9]/gu, "");
  const hasAll = /[a-z]/u.test(letters) && /[A-Z]/u.test(letters) && /\d/u.test(letters);
  // In random letters capitals, small ones and digits change places all the time; in words and paths seldom.
  return hasAll && changes(letters) > 0.3 * letters.length;
}

function changes(letters: string): number {
  const kinds = Array.from(letters, (letter) => (/\d/u.test(letter) ? 0 : letter < "a" ? 1 : 2));
  return kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
}
