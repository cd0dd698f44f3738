import * as z from "zod";
import type { KeptMonitors, Monitored } from "../app/monitors.ts";
import { parseCommitHash } from "../domain/branch.ts";

/** VS Code's memory of the workspace. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = "devdeploy.monitored";

const text = z.string().max(4_096);
const number = z.number();
const revision = z.int().min(1);
const place = { context: text, namespace: text };
const entry = z.object({
  ...{ id: text, folder: text, subject: text, target: text, provenAt: number, until: number },
  what: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("release"), release: z.object({ ...place, release: text }), revision }),
    z.object({
      kind: z.literal("workload"),
      workload: z.object({ ...place, kind: z.enum(["Deployment", "StatefulSet", "DaemonSet"]), name: text }),
      revision,
    }),
  ]),
  commit: text.optional(),
  baselines: z.record(text, z.object({ revision: text, restarts: z.record(text, number) })),
});

/** Deploys that are still monitored, in the memory of the workspace: a window that is reloaded goes on. */
export function keptMonitors(memory: Memory): KeptMonitors {
  return {
    load: () => {
      const kept = memory.get(KEY);
      return Array.isArray(kept) ? kept.flatMap(read) : [];
    },
    save: (all) => {
      void memory.update(KEY, all);
    },
  };
}

/** What an earlier version wrote, and cannot be made sense of, is not monitored any more. */
function read(raw: unknown): readonly Monitored[] {
  const parsed = entry.safeParse(raw);
  if (!parsed.success) return [];
  const { commit, ...rest } = parsed.data;
  const hash = commit === undefined ? undefined : parseCommitHash(commit);
  return [{ ...rest, ...(hash?.ok === true ? { commit: hash.value } : {}) }];
}
