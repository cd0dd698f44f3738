import { isTruthy } from "../../scripts/test/environment.ts";
import { toolPath } from "../../scripts/tools/provision.ts";
import { controlPlanePath } from "../../scripts/controlplane/build.ts";
import { aFolder } from "../builders/gitRepository.ts";
import { bundleRenewingSupervisor } from "../builders/supervisor.ts";
import { startControlPlaneCluster } from "../contract/controlPlaneCluster.ts";
import { rowOf, type Row } from "./account.ts";
import type { Both } from "./attempt.ts";
import { openBareStage, type BareTheatre } from "./bareStage.ts";
import { parseOptions, type TruthOptions } from "./options.ts";
import { table, verdict } from "./report.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";
import { openStage, type Theatre } from "./stage.ts";
import { UNDO_SCENARIOS } from "./undoScenarios.ts";
import { WHY_DAEMON_SCENARIOS } from "./whyDaemonScenarios.ts";
import { WHY_SCENARIOS, type BareScenario } from "./whyScenarios.ts";
import { WHY_SET_SCENARIOS } from "./whySetScenarios.ts";

/** Scenarios mostly wait, for helm and for pods. */
const AT_ONCE = 3;
const BARE_SCENARIOS = [...WHY_SCENARIOS, ...WHY_SET_SCENARIOS, ...WHY_DAEMON_SCENARIOS, ...UNDO_SCENARIOS];

/** A row, and whether a lie in its place would have been seen. */
interface Played {
  readonly row: Row;
  readonly lieIsSeen: boolean;
}

/**
 * Plays every scenario on a control plane of its own, those of releases with helm 3 and helm 4, and prints what happened
 * beside what the panel said. Answers 1 where they disagree anywhere, or where a lie would have gone unseen.
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    note(options);
    return 2;
  }
  const { only } = options;
  const isChosen = ({ name }: { readonly name: string }): boolean =>
    only.length === 0 || only.some((part) => name.includes(part));
  const chosen = { withHelm: SCENARIOS.filter(isChosen), bare: BARE_SCENARIOS.filter(isChosen) };
  if (chosen.withHelm.length + chosen.bare.length === 0) {
    const names = [...SCENARIOS, ...BARE_SCENARIOS].map(({ name }) => name);
    note(`There is no such scenario; there are: ${names.join(", ")}.`);
    return 2;
  }
  if ((await controlPlanePath()) === undefined) return isTruthy("CI") ? 1 : 0;
  const played = await playAll(chosen, options);
  return say(played, options);
}

/** A scenario on its own stage. */
interface Play {
  readonly scenario: string;
  /** Which major; `-` where it has no part in it. */
  readonly helm: string;
  readonly isLong: boolean;
  perform(): Promise<Both>;
}

interface Chosen {
  readonly withHelm: readonly Scenario[];
  readonly bare: readonly BareScenario[];
}

async function playAll({ withHelm, bare }: Chosen, { helms }: TruthOptions): Promise<readonly Played[]> {
  const cluster = await startControlPlaneCluster();
  const programs = aFolder();
  try {
    const shared = { cluster, kubectl: await toolPath("kubectl") };
    const supervisor = withHelm.length === 0 ? "" : await bundleRenewingSupervisor(programs.path);
    const plays: Play[] = [];
    for (const major of withHelm.length === 0 ? [] : helms) {
      const helm = { major, path: await toolPath(`helm${major}`) };
      for (const scenario of withHelm) plays.push(helmPlay(scenario, { ...shared, supervisor, helm }));
    }
    plays.push(...bare.map((scenario) => barePlay(scenario, shared)));
    const played = new Map<number, Played>();
    const next = [...plays.entries()]
      .sort(([, one], [, other]) => Number(other.isLong) - Number(one.isLong))
      .values();
    const work = async (): Promise<void> => {
      for (const [index, one] of next) played.set(index, await play(one));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return [...played].sort(([one], [other]) => one - other).map(([, row]) => row);
  } finally {
    await cluster.stop();
    programs.remove();
  }
}

const helmPlay = (scenario: Scenario, theatre: Theatre): Play => ({
  ...{ scenario: scenario.name, helm: theatre.helm.major, isLong: scenario.isLong === true },
  perform: () => onStage(openStage(theatre), scenario),
});

const barePlay = (scenario: BareScenario, theatre: BareTheatre): Play => ({
  ...{ scenario: scenario.name, helm: "-", isLong: false },
  perform: () => onStage(openBareStage(theatre), scenario),
});

async function onStage<S extends { remove(): void }>(
  opening: Promise<S>,
  scenario: { play(stage: S): Promise<Both> },
): Promise<Both> {
  const stage = await opening;
  try {
    return await scenario.play(stage);
  } finally {
    stage.remove();
  }
}

async function play(one: Play): Promise<Played> {
  const { scenario, helm } = one;
  const began = performance.now();
  const what = helm === "-" ? scenario : `${scenario}, helm ${helm}`;
  try {
    const { happened, said, lied } = await one.perform();
    const row = rowOf(scenario, helm, { happened, said });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    note(`${row.equal ? "agreed" : "DISAGREED"}: ${what} (${seconds} s)`);
    return { row, lieIsSeen: !rowOf(scenario, helm, { happened, said: lied }).equal };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    note(`${what}: ${error instanceof Error ? (error.stack ?? why) : why}`);
    return { row: rowOf(scenario, helm, { happened: `not played: ${why}`, said: "" }), lieIsSeen: false };
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
