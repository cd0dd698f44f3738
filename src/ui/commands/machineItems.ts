import type { RowAction } from "../messages/status.ts";
import type { FolderView } from "../tree/folderView.ts";
import type { LiveItem } from "./livePick.ts";
import { statusEntries, type StatusEntry } from "./statusEntries.ts";

/** The machines with which this can be done, as the sidebar shows them: mine first, then others' by time left. */
export const machinesFor = (view: FolderView, action: RowAction): readonly LiveItem<string>[] =>
  statusEntries(view)
    .filter(({ actions }) => actions.includes(action))
    .map(machineItem);

/** A machine to choose by its name. */
export const machineItem = ({ id, row, line }: StatusEntry): LiveItem<string> => ({
  key: id,
  label: `$(${row.icon?.id ?? "server"}) ${row.label}`,
  description: row.description,
  value: line.name,
});
