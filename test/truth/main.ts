import { isTruthy } from "../../scripts/test/environment.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { controlPlanePath } from "../../scripts/controlplane/build.ts";
import { aFolder } from "../builders/gitRepository.ts";
import { bundleRenewingSupervisor } from "../builders/supervisor.ts";
import { startControlPlaneCluster } from "../contract/controlPlaneCluster.ts";
import { rowOf, type Row } from "./account.ts";
import { parseOptions, type TruthOptions } from "./options.ts";
import { table, verdict } from "./report.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { openStage, type Theatre } from "./stage.ts";

/** Scenarios mostly wait, for helm and for pods. */
const AT_ONCE = 3;

/** A row, and whether a lie in its place would have been seen. */
interface Played {
  readonly row: Row;
  readonly lieIsSeen: boolean;
}

/**
 * Plays every scenario with helm 3 and helm 4 on a control plane of its own and prints what happened beside what the
 * panel said. Answers 1 where they disagree anywhere, or where a lie would have gone unseen.
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    note(options);
    return 2;
  }
  const { only } = options;
  const chosen = SCENARIOS.filter(
    ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
  );
  if (chosen.length === 0) {
    note(`There is no such scenario; there are: ${SCENARIOS.map(({ name }) => name).join(", ")}.`);
    return 2;
  }
  if ((await controlPlanePath()) === undefined) return isTruthy("CI") ? 1 : 0;
  const played = await playAll(chosen, options);
  return say(played, options);
}

async function playAll(scenarios: readonly Scenario[], { helms }: TruthOptions): Promise<readonly Played[]> {
  const cluster = await startControlPlaneCluster();
  const programs = aFolder();
  try {
    const shared = {
      cluster,
      kubectl: await toolPath("kubectl"),
      supervisor: await bundleRenewingSupervisor(programs.path),
    };
    const plays: { readonly scenario: Scenario; readonly theatre: Theatre }[] = [];
    for (const major of helms) {
      const helm = { major, path: await toolPath(`helm${major}`) };
      for (const scenario of scenarios) plays.push({ scenario, theatre: { ...shared, helm } });
    }
    const played = new Map<number, Played>();
    const next = [...plays.entries()].sort(([, one], [, other]) => length(other) - length(one)).values();
    const work = async (): Promise<void> => {
      for (const [index, { scenario, theatre }] of next) played.set(index, await play(scenario, theatre));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return [...played].sort(([one], [other]) => one - other).map(([, row]) => row);
  } finally {
    await cluster.stop();
    programs.remove();
  }
}

const length = ({ scenario }: { readonly scenario: Scenario }): number => (scenario.isLong === true ? 1 : 0);

async function play(scenario: Scenario, theatre: Theatre): Promise<Played> {
  const began = performance.now();
  const stage = await openStage(theatre);
  try {
    const { happened, said, lied } = await scenario.play(stage);
    const row = rowOf(scenario.name, theatre.helm.major, { happened, said });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    note(`${row.equal ? "agreed" : "DISAGREED"}: ${row.scenario}, helm ${row.helm} (${seconds} s)`);
    return { row, lieIsSeen: !rowOf(scenario.name, theatre.helm.major, { happened, said: lied }).equal };
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    note(
      `${scenario.name}, helm ${theatre.helm.major}: ${error instanceof Error ? (error.stack ?? what) : what}`,
    );
    const row = rowOf(scenario.name, theatre.helm.major, { happened: `not played: ${what}`, said: "" });
    return { row, lieIsSeen: false };
  } finally {
    stage.remove();
  }
}

function say(played: readonly Played[], { json }: TruthOptions): number {
  const rows = played.map(({ row }) => row);
  const unseen = played.filter(({ lieIsSeen }) => !lieIsSeen).map(({ row }) => row.scenario);
  print(json ? JSON.stringify(rows, undefined, 2) : `${table(rows)}\n\n${verdict(rows)}`);
  if (unseen.length > 0) note(`A lie would have gone unseen: ${unseen.join(", ")}`);
  else note(`The opposite was said as well in each of ${rows.length} rows, and each time it was seen.`);
  return unseen.length === 0 && rows.every(({ equal }) => equal) ? 0 : 1;
}

/** The result; everything else goes to standard error, so that `--json` is JSON. */
function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
