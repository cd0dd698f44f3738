import { openSync, writeSync } from "node:fs";
import { readFile } from "node:fs/promises";
import * as z from "zod";

/** Microseconds of a clock that all processes of this computer share and that nobody sets. */
export type Moment = number;

export const now = (): Moment => Number(process.hrtime.bigint() / 1000n);

export const MICROS_OF_A_SECOND = 1_000_000;

/** What of a lock the model knows. Of a free one, claim and end are those of its last hold. */
const lockSeen = z.object({
  kind: z.enum(["free", "held", "unreadable"]),
  holder: z.string(),
  claim: z.string(),
  transitions: z.number(),
  until: z.number(),
});
export type LockSeen = z.infer<typeof lockSeen>;

/** Which writes of the application stand behind a verb; `steal` is taking over and going on at once. */
const verb = z.enum(["read", "claim", "extend", "unlock", "unlock-other", "steal"]);
export type Verb = z.infer<typeof verb>;

/** The answer of who looked for a lock to unlock or to take over, and found none. */
export const NOBODYS = "nobody's";

/** What a verb said about its write: it was done, it was not, or nobody can tell. */
const said = z.enum(["done", "not-done", "unknown"]);

const of = { client: z.string(), at: z.number() };

const entry = z.discriminatedUnion("entry", [
  z.object({
    entry: z.literal("client"),
    ...of,
    by: z.string(),
    role: z.enum(["locks", "operation", "quiet"]),
    rate: z.number(),
    offset: z.number(),
  }),
  z.object({ entry: z.literal("call"), ...of, operation: z.string(), verb }),
  z.object({
    entry: z.literal("return"),
    ...of,
    operation: z.string(),
    answer: z.string(),
    said,
    machine: z.string().optional(),
    /** The lock as the verb answered it. */
    lock: lockSeen.optional(),
  }),
  z.object({
    entry: z.literal("read"),
    ...of,
    operation: z.string(),
    from: z.number(),
    machine: z.string(),
    version: z.string(),
    serverTime: z.number().optional(),
    lock: lockSeen,
  }),
  z.object({
    entry: z.literal("send"),
    ...of,
    operation: z.string(),
    write: z.string(),
    verb,
    machine: z.string(),
    /** The version that the write names. */
    version: z.string(),
    serverTime: z.number().optional(),
    before: lockSeen,
    after: lockSeen,
  }),
  z.object({
    entry: z.literal("sent"),
    ...of,
    write: z.string(),
    result: z.enum(["ok", "refused", "unknown"]),
    reason: z.string(),
    version: z.string().optional(),
    lock: lockSeen.optional(),
  }),
  z.object({
    entry: z.literal("shown"),
    ...of,
    machine: z.string(),
    state: z.string(),
    holder: z.string(),
    until: z.number(),
  }),
  /** Somebody is at work at a machine from here on, under this token. */
  z.object({ entry: z.literal("enter"), ...of, machine: z.string(), token: z.number(), run: z.string() }),
  z.object({
    entry: z.literal("leave"),
    ...of,
    machine: z.string(),
    run: z.string(),
    why: z.enum(["finished", "taken"]),
  }),
  z.object({
    entry: z.literal("renewal"),
    ...of,
    from: z.number(),
    machine: z.string(),
    run: z.string(),
    isDone: z.boolean(),
  }),
  z.object({
    entry: z.literal("effect"),
    ...of,
    from: z.number(),
    machine: z.string(),
    token: z.number(),
    run: z.string(),
    result: z.enum(["accepted", "rejected", "unknown"]),
    /** The token that the store held before, where it was read. */
    highest: z.number(),
  }),
  z.object({ entry: z.literal("log"), ...of, text: z.string() }),
  /** Of the run itself: a fault, from here on until a moment. */
  z.object({
    entry: z.literal("fault"),
    at: z.number(),
    fault: z.string(),
    until: z.number(),
    /** The clients that it befell; empty where all. */
    clients: z.array(z.string()),
  }),
  z.object({ entry: z.literal("healed"), at: z.number() }),
  /** What the API server's own watch told: each state of each Lease, in order. */
  z.object({
    entry: z.literal("truth"),
    at: z.number(),
    machine: z.string(),
    version: z.string(),
    lock: lockSeen,
    /** Whether there may have been states before this one that nobody told of. */
    isAfterGap: z.boolean().optional(),
  }),
]);
export type Entry = z.infer<typeof entry>;
export type EntryOf<K extends Entry["entry"]> = Extract<Entry, { entry: K }>;

/** Takes down what happens. */
export interface Recorder {
  write(entry: Entry): void;
}

/** Writes each entry to the file at once and whole, so that killing the process loses none that was written. */
export function fileRecorder(file: string): Recorder {
  const descriptor = openSync(file, "a", 0o600);
  return {
    write: (entry) => {
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    },
  };
}

/** All entries of several files in order of time. A line that a killed process did not finish is left out. */
export async function readHistory(files: readonly string[]): Promise<readonly Entry[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return texts.flatMap(linesOf).sort((a, b) => a.at - b.at);
}

function linesOf(text: string): readonly Entry[] {
  const lines = text.split("\n");
  // The last one is empty, or was cut off by the end of its writer.
  return lines.slice(0, -1).map((line) => entry.parse(JSON.parse(line)));
}

export const isEntry =
  <K extends Entry["entry"]>(kind: K) =>
  (one: Entry): one is EntryOf<K> =>
    one.entry === kind;
