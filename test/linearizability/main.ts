import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkerPath } from "./check/checker.ts";
import { checkRun } from "./check/checkRun.ts";
import { readOptions, type Options } from "./options.ts";
import {
  caughtBy,
  closingLineOf,
  errorsOf,
  faultsOf,
  linesOf,
  operationsOf,
  type StoreReport,
} from "./report.ts";
import type { RunPlan } from "./run/crew.ts";
import { run } from "./run/run.ts";
import { workerProgram } from "./run/workerProgram.ts";
import { controlPlaneTarget } from "./store/controlPlaneTarget.ts";
import { sandboxTarget } from "./store/sandboxTarget.ts";
import type { Target } from "./store/target.ts";

/** What became of the invariants, counted as tests are. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const LOCK_SECONDS = 3;

/**
 * Lets 16 clients contend for 3 machines on each store while everything goes wrong, and checks what they have seen
 * against the invariants. Says what it finds, and at the end operations, faults and violations of each store.
 */
export async function testLinearizability(args: readonly string[]): Promise<Tally> {
  const options = readOptions(args);
  if (typeof options === "string") {
    say(options);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const checker = await checkerPath();
  if (checker === undefined) {
    say("Skipped: the linearizability test needs Go for its checker, Porcupine.");
    return { passed: 0, failed: 0, skipped: 1 };
  }
  say(`seed ${options.seed}: npm run test:linearizability -- --seed ${options.seed} repeats these faults`);
  const folder = await mkdtemp(join(tmpdir(), "devdeploy-linearizability-"));
  const stage: Stage = { options, checker, folder, program: await workerProgram(folder) };
  const { closing, tally } = await testAllStores(stage);
  const isKept = options.isKept || tally.failed > 0;
  await tidy(folder, isKept);
  if (isKept) say(`The histories are in ${folder}`);
  say("");
  for (const line of closing) say(line);
  return tally;
}

interface Stage {
  readonly options: Options;
  readonly checker: string;
  readonly folder: string;
  readonly program: string;
}

interface Outcome {
  readonly closing: readonly string[];
  readonly tally: Tally;
}

async function testAllStores(stage: Stage): Promise<Outcome> {
  const { options } = stage;
  const closing: string[] = [];
  let { passed, failed, skipped } = { passed: 0, failed: 0, skipped: 0 };
  const count = (report: StoreReport): void => {
    say("");
    for (const line of linesOf(report)) say(line);
    closing.push(closingLineOf(report));
    passed += report.findings.filter(({ violations }) => violations.length === 0).length;
    failed += report.findings.filter(({ violations }) => violations.length > 0).length;
  };
  if (options.stores.includes("sandbox")) {
    count(await testStore(stage, await sandboxTarget(options.seed), options.sandboxSeconds));
    const broken = await testBrokenStore(stage);
    const isCaught = isFoundOut(broken);
    say("");
    say(`broken store (no compare-and-swap): violations by invariant: ${caughtBy(broken)}`);
    closing.push(`broken store: ${isCaught ? "caught" : "NOT CAUGHT"}`);
    if (isCaught) passed += 1;
    else failed += 1;
  }
  if (options.stores.includes("controlplane")) {
    const target = await controlPlaneTarget();
    if (target === undefined) {
      closing.push("control plane: skipped, it cannot be built here");
      skipped += 1;
    } else {
      count(await testStore(stage, target, options.controlPlaneSeconds));
    }
  }
  return { closing, tally: { passed, failed, skipped } };
}

async function testStore(stage: Stage, target: Target, faultSeconds: number): Promise<StoreReport> {
  const quietTarget = target.requests === undefined ? undefined : await sandboxTarget(stage.options.seed);
  const plan: RunPlan = {
    seed: stage.options.seed,
    faultSeconds,
    healedSeconds: stage.options.healedSeconds,
    lockSeconds: LOCK_SECONDS,
    pauseMs: stage.options.pauseMs,
    isBroken: false,
  };
  try {
    return await reportOn(stage, { target, quietTarget }, plan);
  } finally {
    await quietTarget?.stop();
  }
}

const BROKEN_SECONDS = 6;

/** A store without compare-and-swap has to be found out, or the test is worth nothing. */
async function testBrokenStore(stage: Stage): Promise<StoreReport> {
  const target = await sandboxTarget(stage.options.seed);
  const plan: RunPlan = {
    ...{ seed: stage.options.seed, faultSeconds: BROKEN_SECONDS, healedSeconds: 0, pauseMs: 20 },
    lockSeconds: LOCK_SECONDS,
    isBroken: true,
  };
  return reportOn(stage, { target, quietTarget: undefined }, plan);
}

const isFoundOut = ({ findings }: StoreReport): boolean =>
  findings.some(({ invariant, violations }) => invariant === "I1" && violations.length > 0);

interface Targets {
  readonly target: Target;
  readonly quietTarget: Target | undefined;
}

async function reportOn(stage: Stage, { target, quietTarget }: Targets, plan: RunPlan): Promise<StoreReport> {
  const store = plan.isBroken ? "broken store" : target.name;
  const folder = join(stage.folder, store.replaceAll(" ", "-"));
  try {
    const remains = await run(target, plan, { program: stage.program, folder, quietTarget });
    const targets = quietTarget === undefined ? [target] : [target, quietTarget];
    const report: StoreReport = {
      store,
      operations: operationsOf(remains.history),
      errors: errorsOf(remains.history),
      faults: faultsOf(remains.history, [target.requests, quietTarget?.requests]),
      findings: await checkRun(targets, remains, {
        ...{ checker: stage.checker, folder, lockSeconds: plan.lockSeconds },
        isWhole: !plan.isBroken,
      }),
    };
    for (const complaint of remains.complaints) say(`  a client said: ${complaint.trimEnd()}`);
    return report;
  } finally {
    await target.stop();
  }
}

/** Histories are kept where something is to be looked for in them, kubeconfigs never. */
async function tidy(folder: string, isKept: boolean): Promise<void> {
  if (!isKept) {
    await rm(folder, { recursive: true, force: true });
    return;
  }
  for (const file of await readdir(folder, { recursive: true })) {
    if (file.endsWith(".kubeconfig")) await rm(join(folder, file));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
