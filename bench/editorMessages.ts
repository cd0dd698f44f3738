import * as z from "zod";

/** What a process of editors is started with. */
export const editorOptions = z.object({
  kubeconfig: z.string(),
  /** The text of a devdeploy.json. */
  config: z.string(),
  /** One editor for each; its person bears this name. */
  names: z.array(z.string()),
});
export type EditorOptions = z.infer<typeof editorOptions>;

/** What such a process can be asked; it answers each with one message. */
export const editorCommand = z.discriminatedUnion("do", [
  /** What was sent and used since the last report. */
  z.object({ do: z.literal("report") }),
  /** The first editor claims and unlocks, one time after the other. */
  z.object({ do: z.literal("claim"), times: z.number() }),
  /** All editors claim and unlock for as long as this, each as fast as it can. */
  z.object({ do: z.literal("contend"), forMs: z.number() }),
]);
export type EditorCommand = z.infer<typeof editorCommand>;

const counts = z.record(z.string(), z.number());

const report = z.object({
  kind: z.literal("report"),
  /** Requests to the API server by what they were, e.g. `watch leases`. */
  requests: counts,
  /** Connections that those requests went over for the first time. */
  connections: z.number(),
  rssBytes: z.number(),
  heapBytes: z.number(),
  /** How often a board of locks told of a change. */
  changes: z.number(),
  /** What the log was told of lost watches and the like. */
  troubles: z.array(z.string()),
});
export type EditorReport = z.infer<typeof report>;

const claims = z.object({
  kind: z.literal("claims"),
  claimMs: z.array(z.number()),
  unlockMs: z.array(z.number()),
  /** Of each claim. */
  requests: z.array(z.number()),
  roundTrips: z.array(z.number()),
});
export type EditorClaims = z.infer<typeof claims>;

const contention = z.object({
  kind: z.literal("contention"),
  claimMs: z.array(z.number()),
  /** What did not come to a claim, by its kind. */
  failures: counts,
});
export type EditorContention = z.infer<typeof contention>;

export const editorMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("live") }),
  /** A row of the first editor's board after a change: machine, state and holder. */
  z.object({ kind: z.literal("row"), text: z.string(), at: z.number() }),
  report,
  claims,
  contention,
]);
export type EditorMessage = z.infer<typeof editorMessage>;
