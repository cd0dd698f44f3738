import type { Diagnosis, DiagnosisCause } from "../../src/domain/diagnosis.ts";
import { until } from "../builders/waiting.ts";
import type { Both } from "./attempt.ts";
import type { BareKind, BareStage } from "./bareStage.ts";
import { openRolloutPanel } from "./rolloutPanel.ts";
import { whySaid } from "./whySaid.ts";
import { whatIsWrong } from "./workloadWitness.ts";

export interface WhyAttempt {
  /** What the witness has to have seen before the panel is asked: that the story has come to where it was to come. */
  readonly is: RegExp;
  readonly kind?: BareKind;
  /** Ann, who may do everything in the namespace, where it is left out. */
  readonly person?: string;
  /** Taken from what the witness saw: what this person cannot know. */
  readonly without?: RegExp;
}

const TURNS = 5;

/** Waits until the witness sees what the story is about, asks the panel why, and lets both tell. */
export async function whyOf(
  stage: BareStage,
  { is, kind = "Deployment", ...how }: WhyAttempt,
): Promise<Both> {
  const person = how.person ?? "ann";
  const panel = await openRolloutPanel(stage, { person, kind });
  const seen = async (): Promise<string> => {
    const words = await whatIsWrong(stage, kind);
    return how.without === undefined ? words : words.replace(how.without, "");
  };
  let last = "";
  try {
    await until(`a workload of which the witness says ${is.source}`, async () => {
      last = await seen();
      return is.test(last) ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; it said ${last}`);
    });
    for (let turn = 1; ; turn += 1) {
      const happened = await seen();
      const diagnosis = await panel.diagnose();
      // What changed just then is asked for again: both have to have looked at the same thing.
      if (happened !== (await seen()) && turn < TURNS) continue;
      const drawn = (found: Diagnosis): string =>
        whySaid(panel.view({ side: { kind: "why", diagnosis: found } }));
      return { happened, said: drawn(diagnosis), lied: drawn(falsified(diagnosis)) };
    }
  } finally {
    panel.close();
  }
}

const NOT_FOUND: DiagnosisCause = {
  ...{ kind: "image", why: "missing", image: "registry.example.com/shop/web:a1" },
  ...{ pod: "web-1", container: "web" },
};

/** What says which cause it is; everything else is a fact that a lie may change. */
const WHICH: ReadonlySet<string> = new Set(["kind", "why", "which", "by", "role", "resource"]);

/** The same cause, of something else; what has no facts is told as another cause. */
function falsified({ cause, evidence }: Diagnosis): Diagnosis {
  const facts = Object.entries(cause).filter(([key, value]) => typeof value === "string" && !WHICH.has(key));
  if (facts.length === 0) return { cause: NOT_FOUND, evidence };
  const changed: Partial<Record<string, string>> = Object.fromEntries(
    facts.map(([key, value]) => [key, `other-${String(value)}`]),
  );
  return { cause: { ...cause, ...changed }, evidence };
}
