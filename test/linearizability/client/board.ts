import { LockBoard } from "../../../src/app/lockBoard.ts";
import type { Disposable } from "../../../src/app/emitter.ts";
import type { TeamConfig } from "../../../src/domain/config.ts";
import type { LockState } from "../../../src/domain/lock.ts";
import { holderIdentity } from "../../../src/domain/person.ts";
import { aConfig } from "../../builders/deploy.ts";
import { now } from "../history.ts";
import { poolOf, type Surroundings } from "./surroundings.ts";
import { CONTEXT } from "./job.ts";

/** Follows the machines on a board, as the sidebar does, and takes down each thing that it shows. */
export function watchBoard({ plan, job, recorder, clock, cluster }: Surroundings): Disposable {
  const board = new LockBoard({ watches: cluster.watches, clock });
  const shown = new Map<string, string>();
  const look = (): void => {
    for (const { name: machine, state } of board.machines) {
      const row = { machine, state: state.kind, ...holderOf(state) };
      const text = JSON.stringify(row);
      if (shown.get(machine) === text) continue;
      shown.set(machine, text);
      recorder.write({ entry: "shown", client: plan.name, at: now(), ...row });
    }
  };
  board.onChange(look);
  board.follow(configOf(job, plan.machines));
  return board;
}

function holderOf(state: LockState): { readonly holder: string; readonly until: number } {
  return state.kind === "held"
    ? { holder: holderIdentity(state.hold.by), until: state.hold.until }
    : { holder: "", until: 0 };
}

const configOf = (job: Surroundings["job"], machines: readonly string[]): TeamConfig =>
  aConfig({
    locks: { context: CONTEXT, namespace: job.namespace },
    environments: [],
    pools: [poolOf(job, machines)],
    services: [],
  });
