import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { sayOnStderr } from "../../../scripts/tools/cache.ts";
import { goProgramPath } from "../../../scripts/tools/goProgram.ts";
import type { LockSeen } from "../history.ts";
import type { MachineHistory } from "./operations.ts";

const SOURCE = fileURLToPath(new URL("../checker/", import.meta.url));

/** The program around Porcupine, built when the cache has none for these sources; undefined without Go. */
export const checkerPath = (): Promise<string | undefined> =>
  goProgramPath(
    {
      name: "linearizability",
      source: SOURCE,
      title: "The checker of the linearizability test",
      version: "porcupine",
      flags: ["-trimpath"],
      announcement: "Building the linearizability checker (Porcupine) from its Go module.",
    },
    { go: ["go"], say: sayOnStderr },
  );

const verdict = z.object({
  name: z.string(),
  /** `Unknown` where the time was not enough. */
  result: z.enum(["Ok", "Illegal", "Unknown"]),
  operations: z.number(),
  milliseconds: z.number(),
  ordered: z.number(),
  stuck: z.array(z.unknown()),
});
export type Verdict = z.infer<typeof verdict>;

const LIMIT_SECONDS = 120;
const EMPTY: LockSeen = { kind: "free", holder: "", claim: "", transitions: 0, until: 0 };

/** Asks Porcupine whether each machine's history is that of a compare-and-swap register which began empty. */
export async function checkHistories(
  program: string,
  histories: readonly MachineHistory[],
  pictureOf: (machine: string) => string = () => "",
): Promise<readonly Verdict[]> {
  const child = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
  const machines = histories.map(({ machine, operations }) => ({
    ...{ name: machine, initial: EMPTY, operations },
    picture: pictureOf(machine),
  }));
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (answer += text));
  child.stdin.end(JSON.stringify({ limitSeconds: LIMIT_SECONDS, machines }));
  const [code] = z.tuple([z.number().nullable(), z.unknown()]).parse(await once(child, "close"));
  if (code !== 0) throw new Error(`The checker ended with ${code ?? "a signal"}.`);
  return z.array(verdict).parse(JSON.parse(answer));
}
