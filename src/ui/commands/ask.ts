import * as say from "../messages/waiting.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { folderOf } from "./choose.ts";
import { perform } from "./deeds.ts";
import { devdeployCurrentBranch } from "./devdeploy.ts";
import { othersLock, type OthersLock } from "./fullPoolItems.ts";
import { livePick } from "./livePick.ts";
import { areLocksKnown } from "./locksKnown.ts";
import { machinesFor } from "./machineItems.ts";
import type { CommandServices } from "./services.ts";

/** Asks the holder of the row's machine, or of the one that the person picks, whether they can do without it. */
export async function askHolderOf(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  const subject = id === undefined ? undefined : services.tree.subject(id)?.machine;
  const name = subject ?? (await pickHeld(services, folder));
  const lock = name === undefined ? undefined : lockOf(folder, name);
  if (lock !== undefined) return ask(services, folder, lock);
  if (subject !== undefined) void showNotice(say.nobodyToAsk());
}

/** Every machine that somebody else holds; the only one without a question. */
async function pickHeld(services: CommandServices, folder: TeamFolder): Promise<string | undefined> {
  if (!(await areLocksKnown(services, folder))) return undefined;
  const [only, ...others] = machinesFor(folder.view, "ask");
  if (only === undefined) {
    void showNotice(say.nobodyToAsk());
    return undefined;
  }
  if (others.length === 0) return only.value;
  return livePick<string>({
    title: "",
    placeholder: say.chooseMachineToAskFor(),
    onChange: services.folders.onChange,
    items: () => machinesFor(folder.view, "ask"),
  });
}

function lockOf({ view }: TeamFolder, name: string): OthersLock | undefined {
  const machine = view.machines.find((one) => one.name === name);
  return machine === undefined ? undefined : othersLock(machine);
}

async function ask(services: CommandServices, folder: TeamFolder, lock: OthersLock): Promise<void> {
  const machine = folder.team?.pools
    .flatMap(({ machines }) => machines)
    .find(({ name }) => name === lock.machine);
  const { me } = folder;
  if (machine === undefined || me === undefined) return;
  const { signal } = new AbortController();
  const connection = await folder.wake();
  const branch = await currentBranch(folder, signal);
  const request = { machine, by: me, shown: lock.shown, ...(branch === undefined ? {} : { branch }) };
  const outcome = await connection.askHolder(request, signal);
  services.log.info(`ask for ${machine.name}: ${outcome.kind}`);
  const asking = { machine: machine.name, holder: lock.hold.by.name, branch, pool: machine.pool };
  const button = await showNotice(say.askNotice(outcome, asking, folder.view.nowAt(machine.name)));
  if (button !== undefined && (await perform(services, button, folder)) === "again") {
    await devdeployCurrentBranch(services, folder.place.key);
  }
}

/** What the person most likely wants the machine for; a question without a branch is a question too. */
async function currentBranch(folder: TeamFolder, signal: AbortSignal): Promise<string | undefined> {
  const connection = await folder.wake();
  const repository = await connection.repository(signal);
  const head = repository.ok ? await repository.value.head(signal) : repository;
  return head.ok && head.value.kind === "branch" ? head.value.branch : undefined;
}
