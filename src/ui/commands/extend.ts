import { lockDuration } from "../../domain/lock.ts";
import type { Machine, Pool } from "../../domain/config.ts";
import type { Person } from "../../domain/person.ts";
import * as say from "../messages/extend.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { isMine } from "../tree/machineRow.ts";
import { folderOf, pickMachine } from "./choose.ts";
import { perform } from "./deeds.ts";
import { devdeployCurrentBranch } from "./devdeploy.ts";
import { livePick, type LiveItem } from "./livePick.ts";
import { askReason, given } from "./reason.ts";
import type { CommandServices } from "./services.ts";

/** Lets a lock of mine last longer: of the row's machine, of the only one that I hold, or of the one I pick. */
export async function extendOwn(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  await folder.wake();
  const own = ownMachines(folder);
  const subject = id === undefined ? undefined : services.tree.subject(id)?.machine;
  const name =
    subject ?? (own.length === 0 ? undefined : await pickMachine(own, say.chooseMachineToExtend()));
  const mine = name === undefined || !own.includes(name) ? undefined : find(folder, name);
  if (mine !== undefined) return extend(services, folder, mine);
  if (own.length === 0 || name !== undefined) void showNotice(say.nothingToExtend());
}

const ownMachines = ({ view, me }: TeamFolder): readonly string[] =>
  view.machines.filter(({ state }) => isMine(state, me)).map(({ name }) => name);

interface Mine {
  readonly machine: Machine;
  readonly pool: Pool;
  readonly me: Person;
}

function find({ team, me }: TeamFolder, name: string): Mine | undefined {
  for (const pool of team?.pools ?? []) {
    const machine = pool.machines.find((one) => one.name === name);
    if (machine !== undefined && me !== undefined) return { machine, pool, me };
  }
  return undefined;
}

async function extend(
  services: CommandServices,
  folder: TeamFolder,
  { machine, pool, me }: Mine,
): Promise<void> {
  const { name } = machine;
  const hours = await livePick<number>({
    title: say.extendTitle(name),
    placeholder: hint(folder, name),
    onChange: services.folders.onChange,
    items: () => hourItems(folder, pool, name),
  });
  if (hours === undefined) return;
  const reason = await askReason({ title: say.extendTitle(name), prompt: say.extendReason() });
  if (reason === undefined) return;
  const connection = await folder.wake();
  const request = { machine, by: me, lasts: lockDuration(hours), ...given(reason) };
  const outcome = await connection.extendLock(request, new AbortController().signal);
  services.log.info(`extend ${name} by ${hours} h: ${outcome.kind}`);
  const now = folder.view.nowAt(name);
  const button = await showNotice(say.extendNotice(outcome, name, now));
  if (button !== undefined && (await perform(services, button, folder)) === "again") {
    await devdeployCurrentBranch(services, folder.place.key);
  }
}

function hint(folder: TeamFolder, name: string): string {
  const until = endOf(folder, name);
  return until === undefined ? "" : say.extendHint(until, folder.view.nowAt(name));
}

function endOf({ view }: TeamFolder, name: string): number | undefined {
  const state = view.machines.find((machine) => machine.name === name)?.state;
  return state?.kind === "held" ? state.hold.until : undefined;
}

/** A lock is never shortened: a length that ends no later is shown, and cannot be chosen. */
function hourItems(folder: TeamFolder, pool: Pool, name: string): readonly LiveItem<number>[] {
  const now = folder.view.nowAt(name);
  const was = endOf(folder, name) ?? now;
  return [...pool.extendHours]
    .sort((a, b) => a - b)
    .map((hours) => {
      const until = now + lockDuration(hours);
      const item = { key: String(hours), ...say.extendItem(hours, { until, was, now }) };
      return until > was ? { ...item, value: hours } : item;
    });
}
