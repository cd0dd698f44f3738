import * as say from "../messages/chosen.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { devdeployAs, fitFolder } from "./devdeploy.ts";
import { livePick, type LiveItem } from "./livePick.ts";
import { machineItem } from "./machineItems.ts";
import type { CommandServices } from "./services.ts";
import { statusEntries } from "./statusEntries.ts";

/** Devdeploys to the row's machine, or to the one that the person picks, and to no other. */
export async function devdeployToMachine(services: CommandServices, id?: string): Promise<void> {
  const fit = await fitFolder(services, id);
  if (fit === undefined) return;
  const { folder } = fit;
  const subject = id === undefined ? undefined : services.tree.subject(id)?.machine;
  const machine = subject ?? (await pickOne(services, folder));
  if (machine !== undefined) await devdeployAs(services, { row: folder.place.key, machine });
}

async function pickOne(services: CommandServices, folder: TeamFolder): Promise<string | undefined> {
  services.folders.wake();
  await folder.wake();
  return livePick<string>({
    title: say.chosenMachineTitle(),
    placeholder: say.chosenMachineHint(),
    onChange: services.folders.onChange,
    items: () => machineItems(folder),
  });
}

/** Those of others can be chosen too: what is said then is how to get them. */
const machineItems = ({ view }: TeamFolder): readonly LiveItem<string>[] =>
  statusEntries(view)
    .filter(({ section }) => section !== "environments")
    .map(machineItem);
