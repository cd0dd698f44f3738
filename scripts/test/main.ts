import { npmCommand } from "../npm.mjs";
import { runInTerminal } from "../tools/run.ts";
import { clusterTarget } from "./cluster.ts";
import { isTruthy } from "./environment.ts";
import { add, closingLine, isAccepted, NOTHING, runSuite, testFiles, type Counts } from "./suites.ts";

/** One step of a run. */
interface Stage {
  readonly name: string;
  /** What to run to see the step alone. */
  readonly again: string;
  run(): Promise<Counts>;
}

const typecheck = npmStage("typecheck");
const lint = npmStage("lint");
const formatCheck = npmStage("format:check", "npm run format");
const build = npmStage("build");

const unit: Stage = {
  name: "unit tests",
  again: "npm run test:unit",
  run: async () =>
    runSuite([...(await testFiles("test/unit", ".test.ts")), "test/architecture.test.ts"], {
      concurrency: 2,
      limitMinutes: 10,
    }),
};

const contract: Stage = {
  name: "contract tests on the sandbox",
  again: "npm run test:contract",
  run: async () =>
    runSuite(await testFiles("test/contract", ".contract.test.ts"), {
      concurrency: 1,
      limitMinutes: 30,
      env: { DEVDEPLOY_CONTRACT_TARGET: "sandbox" },
    }),
};

const panel: Stage = {
  name: "the panel in a browser",
  again: "npm run test:panel",
  run: async () =>
    runSuite(await testFiles("test/webview", ".test.ts"), { concurrency: 1, limitMinutes: 15 }),
};

const extension: Stage = {
  name: "extension tests in VS Code",
  again: "npm run test:extension",
  run: async () =>
    runSuite(await testFiles("test/extension", ".test.ts"), { concurrency: 1, limitMinutes: 30 }),
};

const cluster: Stage = {
  name: "contract tests on a control plane",
  again: "npm run test:cluster",
  run: runCluster,
};

/** Its invariants are counted as tests are. With `--quick` on the sandbox alone, in two minutes. */
const linearizability = (args: readonly string[]): Stage => ({
  name: "linearizability of the locks",
  again: "npm run test:linearizability",
  run: async () => {
    // It brings the sandbox and a bundler with it, which the other suites do not need.
    const { testLinearizability } = await import("../../test/linearizability/main.ts");
    return testLinearizability(args);
  },
});

const RUNS: Readonly<Record<string, (args: readonly string[]) => readonly Stage[]>> = {
  all: () => [typecheck, lint, formatCheck, unit, contract, panel, build, extension],
  unit: () => [unit],
  contract: () => [contract],
  panel: () => [panel],
  extension: () => [build, extension],
  cluster: () => [cluster],
  linearizability: (args) => [linearizability(args)],
};

/** Runs the named suite, with its arguments, or all; ends with one line of counts; answers the exit code. */
export async function main([name = "all", ...args]: readonly string[]): Promise<number> {
  const stages = RUNS[name]?.(args);
  if (stages === undefined) {
    console.error(`There is no suite ${name}; there are ${Object.keys(RUNS).join(", ")}.`);
    return 2;
  }
  let total = NOTHING;
  const broken: Stage[] = [];
  for (const stage of stages) {
    console.log(`\n— ${stage.name}`);
    const started = performance.now();
    const counts = await stage.run();
    total = add(total, counts);
    if (!isAccepted(counts)) broken.push(stage);
    console.log(`  ${stage.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  console.log("");
  for (const stage of broken) console.log(`Not accepted: ${stage.name}. To see it alone: ${stage.again}`);
  console.log(closingLine(total));
  return isAccepted(total) ? 0 : 1;
}

/** A script of package.json: it counts as one failure when it ends with an error, and as nothing otherwise. */
function npmStage(script: string, again = `npm run ${script}`): Stage {
  return {
    name: script,
    again,
    run: async () => {
      const [program, args] = npmCommand(["run", "--silent", script]);
      return (await runInTerminal(program, args)) === 0 ? NOTHING : { ...NOTHING, failed: 1 };
    },
  };
}

async function runCluster(): Promise<Counts> {
  const target = await clusterTarget();
  if (target.kind === "none") {
    console.log(`Skipped: ${target.why}`);
    return isTruthy("CI") ? { ...NOTHING, failed: 1 } : { ...NOTHING, skipped: 1 };
  }
  try {
    const files = (await testFiles("test/contract", ".contract.test.ts")).filter(target.includes);
    return await runSuite(files, { concurrency: 1, limitMinutes: 35, env: target.env });
  } finally {
    await target.end();
  }
}
