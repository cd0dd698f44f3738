import * as say from "../messages/waiting.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { folderOf, pickMachine } from "./choose.ts";
import { perform } from "./deeds.ts";
import { devdeployCurrentBranch } from "./devdeploy.ts";
import { othersLock, type OthersLock } from "./fullPoolItems.ts";
import type { CommandServices } from "./services.ts";
import { statusEntries } from "./statusEntries.ts";

/** Asks the holder of the row's machine, or of the one that the person picks, whether they can do without it. */
export async function askHolderOf(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  await folder.wake();
  const subject = id === undefined ? undefined : services.tree.subject(id)?.machine;
  const name = subject ?? (await pickHeld(folder));
  const lock = name === undefined ? undefined : lockOf(folder, name);
  if (lock !== undefined) return ask(services, folder, lock);
  if (subject !== undefined) void showNotice(say.nobodyToAsk());
}

async function pickHeld({ view }: TeamFolder): Promise<string | undefined> {
  const held = statusEntries(view).filter(({ actions }) => actions.includes("ask"));
  if (held.length === 0) void showNotice(say.nobodyToAsk());
  return held.length === 0
    ? undefined
    : pickMachine(
        held.map(({ line }) => line.name),
        say.chooseMachineToAskFor(),
      );
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
