import * as z from "zod";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
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
  z.strictObject({ kind: z.literal("confirm"), review: text, typed: text, reason: z.exactOptional(text) }),
]);

/** Names as Kubernetes has them: labels, and, for what has dots in it, several of them. */
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/u;

const address = z.strictObject({
  context: z
    .string()
    .min(1)
    .max(MAX_TEXT)
    // Whatever a kubeconfig calls it, but nothing that cannot be seen.
    .regex(/^[^\p{C}]+$/u),
  namespace: z.string().max(63).regex(LABEL),
  kind: z.enum(["Deployment", "StatefulSet", "DaemonSet"]),
  name: z.string().max(253).regex(SUBDOMAIN),
});

const memory = z.object({
  folder: z.string().max(MAX_ADDRESS),
  subject: text,
  target: text,
  workload: address.optional(),
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
  const { chosen, workload, ...about } = parsed.data;
  return {
    ...about,
    ...(workload === undefined ? {} : { workload }),
    ...(chosen === undefined ? {} : { chosen }),
  };
}

/** A workload that somebody names from outside; undefined where it can be none. */
export function parseWorkload(raw: unknown): WorkloadAddress | undefined {
  const parsed = address.safeParse(raw);
  return parsed.success ? parsed.data : undefined;
}
