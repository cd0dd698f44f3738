import { isObject, textAt, type JsonObject } from "./json.ts";
import { statusCode } from "./status.ts";

/** What one line of a watch says. */
export type WatchLine =
  | { readonly kind: "put"; readonly object: JsonObject }
  | { readonly kind: "removed"; readonly object: JsonObject }
  | { readonly kind: "bookmark"; readonly object: JsonObject }
  /** The version that the watch began from is no longer kept: everything has to be listed again. */
  | { readonly kind: "gone" }
  | { readonly kind: "error"; readonly code: number | undefined; readonly detail: string };

/** A metadata object of a Lease or Secret is a few kB; anything near this is no watch. */
const MAX_LINE_LENGTH = 8 * 1024 * 1024;

/** The lines of a watch as they come. Throws where the connection breaks or what comes is no watch. */
export async function* watchLines(body: AsyncIterable<unknown>): AsyncGenerator<WatchLine> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new Error("A line of the watch does not end.");
    for (const line of lines) {
      if (line.trim() !== "") yield readLine(line);
    }
  }
}

function readLine(line: string): WatchLine {
  const event: unknown = JSON.parse(line);
  const object = isObject(event) ? event["object"] : undefined;
  if (!isObject(object)) throw new Error("A line of the watch is no event.");
  switch (textAt(event, "type")) {
    case "ADDED":
    case "MODIFIED":
      return { kind: "put", object };
    case "DELETED":
      return { kind: "removed", object };
    case "BOOKMARK":
      return { kind: "bookmark", object };
    default: {
      const code = statusCode(object);
      const isGone = code === 410 || textAt(object, "reason") === "Expired";
      return isGone ? { kind: "gone" } : { kind: "error", code, detail: textAt(object, "message") ?? "" };
    }
  }
}
