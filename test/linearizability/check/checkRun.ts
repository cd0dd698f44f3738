import type { Remains } from "../run/run.ts";
import { MACHINES } from "../store/leases.ts";
import type { Target } from "../store/target.ts";
import { boardsLetGo } from "./boards.ts";
import { checkHistories, type Verdict } from "./checker.ts";
import type { Finding } from "./findings.ts";
import { everythingGoesOn } from "./liveness.ts";
import { machineHistories, writesOf } from "./operations.ts";
import { holdersStillHold, nothingNewerRemoved, tokensGrow } from "./ownership.ts";
import { nothingSecret } from "./secrets.ts";
import { effectsAreFenced, sectionsDoNotOverlap } from "./sections.ts";

export interface CheckPlan {
  /** The program around Porcupine. */
  readonly checker: string;
  /** Where to draw a history that is not linearizable. */
  readonly folder: string;
  readonly lockSeconds: number;
  /** Whether there were operations, and a time after all faults had healed. */
  readonly isWhole: boolean;
}

/** Every invariant against what a run has left. */
export async function checkRun(
  targets: readonly Target[],
  { history, files, complaints }: Remains,
  plan: CheckPlan,
): Promise<readonly Finding[]> {
  return [
    await isLinearizable({ history, files, complaints }, plan),
    tokensGrow(history),
    ...(plan.isWhole ? [sectionsDoNotOverlap(history), effectsAreFenced(history)] : []),
    nothingNewerRemoved(history),
    holdersStillHold(history),
    ...(plan.isWhole ? [everythingGoesOn(history, { ...plan, machines: MACHINES })] : []),
    boardsLetGo(history),
    await nothingSecret(
      files,
      complaints,
      targets.flatMap(({ access }) => Object.values(access.tokens)),
    ),
  ];
}

/** I1, by Porcupine. A history that it could not decide in its time counts as one that is not. */
async function isLinearizable({ history }: Remains, plan: CheckPlan): Promise<Finding> {
  const histories = machineHistories(history);
  const verdicts = await checkHistories(
    plan.checker,
    histories,
    (machine) => `${plan.folder}/${machine}-not-linearizable.html`,
  );
  const operations = histories.flatMap((one) => one.operations);
  const open = writesOf(history).filter(({ fate }) => fate === "open").length;
  const seconds = verdicts.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  return {
    invariant: "I1",
    checked:
      `${operations.length} readings and writes of ${verdicts.length} machines, ` +
      `${open} writes with an unknown end, decided by Porcupine in ${seconds.toFixed(1)} s`,
    violations: verdicts.filter(({ result }) => result !== "Ok").map(violationOf),
  };
}

const violationOf = ({ name, result, ordered, operations, stuck }: Verdict): string =>
  result === "Unknown"
    ? `${name}: not decided in time`
    : `${name}: no order of all ${operations}, after ${ordered} of them comes none of ${JSON.stringify(stuck.slice(0, 2))}`;
