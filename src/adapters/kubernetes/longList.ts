import { setImmediate as turn } from "node:timers/promises";
import { isObject, type JsonObject } from "./json.ts";

/** Some hundred objects are parsed in a few milliseconds; then others get a turn. */
const AT_ONCE = 200;
const ITEMS = '"items":[';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * The list that a text is, parsed object by object, since the metadata of five thousand records is megabytes of JSON.
 * Undefined where the text is not written as the API server writes lists, or is no JSON.
 */
export async function parseLongList(text: string): Promise<JsonObject | undefined> {
  const start = text.indexOf(ITEMS) + ITEMS.length;
  if (start < ITEMS.length) return undefined;
  const items: unknown[] = [];
  let at = start;
  try {
    while (text.charCodeAt(at) === OPEN) {
      const end = endOfObject(text, at);
      const item: unknown = JSON.parse(text.slice(at, end));
      items.push(item);
      at = text[end] === "," ? end + 1 : end;
      if (items.length % AT_ONCE === 0) await turn();
    }
    const rest: unknown = JSON.parse(text.slice(0, start) + text.slice(at));
    // The rest shows whether that was the list's own member: emptied, it has to be an empty list.
    const isItems = isObject(rest) && Array.isArray(rest["items"]) && rest["items"].length === 0;
    return isItems ? { ...rest, items } : undefined;
  } catch {
    return undefined;
  }
}

/** Behind its last bracket; the text's own end where there is none. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at);
    else if (code === OPEN) depth += 1;
    else if (code === CLOSE) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** Where the closing quote is: the next one that no odd number of backslashes stands before. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}
