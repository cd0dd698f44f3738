import * as z from "zod";
import type { PanelMemory, PanelMessage } from "../../protocol/panel.ts";

const MAX_REVISION = 2 ** 31 - 1;
/** Longer than any id, name or filter of ours. */
const MAX_TEXT = 300;
/** A folder's address. */
const MAX_ADDRESS = 4_096;

const text = z.string().max(MAX_TEXT);
const revision = z.int().min(1).max(MAX_REVISION);

const message = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ready") }),
  z.strictObject({ kind: z.literal("choose"), revision }),
  z.strictObject({ kind: z.literal("act"), id: text }),
  z.strictObject({ kind: z.literal("confirm"), review: text, typed: text }),
]);

const memory = z.object({
  folder: z.string().max(MAX_ADDRESS),
  subject: text,
  target: text,
  chosen: revision.optional(),
});

/** What the webview may say; undefined for everything else. */
export function parseMessage(raw: unknown): PanelMessage | undefined {
  const parsed = message.safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}

/** What VS Code kept of a panel; undefined where it cannot be made sense of. */
export function parseMemory(raw: unknown): PanelMemory | undefined {
  const parsed = memory.safeParse(raw);
  if (!parsed.success) return undefined;
  const { chosen, ...about } = parsed.data;
  return { ...about, ...(chosen === undefined ? {} : { chosen }) };
}
