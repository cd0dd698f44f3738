import * as z from "zod";

const person = z.object({ user: z.string(), mail: z.string(), name: z.string() });

const clientPlan = z.object({
  /** Names the client and, after a dot, its how manieth life this is. */
  name: z.string(),
  role: z.enum(["locks", "operation", "quiet"]),
  person,
  kubeconfig: z.string(),
  offset: z.number(),
  rate: z.number(),
  seed: z.number(),
  /** Those that it works with. */
  machines: z.array(z.string()),
});
export type ClientPlan = z.infer<typeof clientPlan>;

const job = z.object({
  clients: z.array(clientPlan),
  namespace: z.string(),
  pool: z.string(),
  /** How long a lock lasts, in hours as the configuration says it. */
  lockHours: z.number(),
  /** The longest pause between two operations of a client, in milliseconds. */
  pauseMs: z.number(),
  /** Whether the store gives up compare-and-swap, which has to be found out. */
  isBroken: z.boolean(),
  history: z.string(),
});
/** What a process that hosts clients is told: one line of JSON. */
export type Job = z.infer<typeof job>;

export const readJob = (line: string): Job => job.parse(JSON.parse(line));

/** The lines after that: the clients may begin, and they are to end. */
export const BEGIN = "begin";
export const END = "end";

/** The context's name in every client's kubeconfig: the one that the builders of the tests name. */
export const CONTEXT = "staging";
