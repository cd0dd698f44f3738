import type { Disposable } from "../app/emitter.ts";
import type { ReleaseRef } from "../app/ports.ts";
import { rollbackSubjects } from "../app/rollbackSubjects.ts";
import type { RollBackTo } from "./messages/notice.ts";
import type { TeamFolder } from "./model/teamFolder.ts";
import type { TeamFolders } from "./model/teamFolders.ts";
import type { Monitoring, ProvenDeploy } from "./monitoring.ts";
import { aboutWorkload, isPlaceOf } from "./panel/rolloutAbout.ts";
import type { RollbackRuns } from "./panel/rollbackRuns.ts";
import type { UndoRuns } from "./panel/rolloutRuns.ts";
import type { WindowRuns } from "./panel/windowRuns.ts";

interface RunServices {
  readonly folders: Pick<TeamFolders, "all">;
  readonly runs: RollbackRuns;
  readonly undos: UndoRuns;
  readonly monitoring: Pick<Monitoring, "deployed">;
}

/** Monitors what rollbacks and undos of this window have brought back, once that is proven. */
export function monitorRuns({ folders, runs, undos, monitoring }: RunServices): Disposable {
  const all = [
    followEnds(
      runs,
      ({ release }) => release,
      ({ release, to }, outcome) => {
        if (outcome.kind !== "proven") return;
        const about = releaseAt(folders.all, release);
        if (about === undefined) return;
        const { revision } = outcome;
        monitoring.deployed({ ...about, ...commitOf(to), what: { kind: "release", release, revision } });
      },
    ),
    followEnds(
      undos,
      ({ subject }) => subject.workload,
      ({ subject: { workload }, to }, outcome) => {
        const folder = folders.all.find(({ team }) => team !== undefined && isPlaceOf(team, workload));
        if (outcome.kind !== "proven" || folder === undefined) return;
        const { revision } = outcome;
        const { subject, target } = aboutWorkload(folder.place.key, workload);
        const about = { folder: folder.place.key, subject, target };
        monitoring.deployed({ ...about, ...commitOf(to), what: { kind: "workload", workload, revision } });
      },
    ),
  ];
  return {
    dispose: () => {
      for (const one of all) one.dispose();
    },
  };
}

const commitOf = ({ commit }: Pick<ProvenDeploy, "commit">): Pick<ProvenDeploy, "commit"> =>
  commit === undefined ? {} : { commit };

/** Calls back once for each run that ends in this window. */
function followEnds<Ref, Order, Phase, Outcome>(
  runs: WindowRuns<Ref, Order, Phase, Outcome>,
  refOf: (order: Order) => Ref,
  ended: (order: Order, outcome: Outcome) => void,
): Disposable {
  let running: readonly Order[] = [];
  return runs.onChange(() => {
    const before = running;
    running = runs.running;
    for (const order of before) {
      const run = runs.of(refOf(order));
      if (run?.kind === "ended" && run.order === order) ended(order, run.outcome);
    }
  });
}

const isSame = (a: ReleaseRef, b: ReleaseRef): boolean =>
  a.context === b.context && a.namespace === b.namespace && a.release === b.release;

/** Where a release is at home in this window. */
function releaseAt(folders: readonly TeamFolder[], release: ReleaseRef): RollBackTo | undefined {
  for (const { team, place } of folders) {
    const found = team && rollbackSubjects(team).find((one) => isSame(one.release, release));
    if (found !== undefined) return { folder: place.key, subject: found.name, target: found.target };
  }
  return undefined;
}
