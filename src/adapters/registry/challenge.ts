/** What a registry asks for before it answers (`WWW-Authenticate`). */
export type Challenge =
  | { readonly kind: "bearer"; readonly realm: string; readonly service: string | undefined }
  | { readonly kind: "basic" };

const MOST_CHARACTERS = 4_096;
/** A scheme, or a parameter of the scheme before it. */
const PIECE = /(?<key>[\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<plain>[^\s,"]+)))?/gu;

/** The challenge that we can answer, a token before a password; undefined where there is none. */
export function parseChallenge(header: string): Challenge | undefined {
  const schemes: { readonly name: string; readonly values: Map<string, string> }[] = [];
  for (const { groups = {} } of header.slice(0, MOST_CHARACTERS).matchAll(PIECE)) {
    const { key = "", quoted, plain } = groups;
    const value = quoted?.replaceAll(/\\(.)/gu, "$1") ?? plain;
    if (value === undefined) schemes.push({ name: key.toLowerCase(), values: new Map() });
    else schemes.at(-1)?.values.set(key.toLowerCase(), value);
  }
  const bearer = schemes.find(({ name }) => name === "bearer")?.values;
  const realm = bearer?.get("realm");
  if (realm !== undefined) return { kind: "bearer", realm, service: bearer?.get("service") };
  return schemes.some(({ name }) => name === "basic") ? { kind: "basic" } : undefined;
}
