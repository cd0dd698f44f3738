import type { RollbackSubject } from "../../app/rollbackOutcome.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import * as command from "../messages/command.ts";
import { configNotice } from "../messages/config.ts";
import { panelHeading } from "../messages/history.ts";
import * as say from "../messages/rollbackNotice.ts";
import type { Connection } from "../model/connection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { targetRow } from "../tree/environmentRow.ts";
import { onlookerAt } from "../tree/nodes.ts";
import { folderOf } from "./choose.ts";
import { perform } from "./deeds.ts";
import { livePick, type LiveItem } from "./livePick.ts";
import type { CommandServices } from "./services.ts";
import type { Notice } from "../messages/notice.ts";

/** Opens the history of the row's release, or of the one that the person picks. It opens, and does nothing else. */
export async function showHistory(services: CommandServices, id?: string): Promise<void> {
  if (!services.folders.isTrusted) return tell(services, command.untrusted());
  const folder = await folderOf(services, id);
  if (folder === undefined) {
    if (services.folders.all.length === 0) void showNotice(command.noFolder());
    return;
  }
  const config = folder.config.current;
  if (config.kind !== "valid") return tell(services, configNotice(config, folder.place.name), folder);
  const row = id === undefined ? undefined : services.tree.subject(id)?.history;
  const all = rollbackSubjects(config.config);
  const fit =
    row === undefined
      ? all
      : all.filter(({ name, target }) => name === row.name && (row.target ?? target) === target);
  const [only] = fit;
  if (only === undefined) {
    return tell(services, row === undefined ? say.noHistoryToShow() : say.noHistoryOf(row.name), folder);
  }
  const subject = row !== undefined && fit.length === 1 ? only : await pick(services, folder, fit);
  if (subject === undefined) return;
  services.panels.show({ folder: folder.place.key, subject: subject.name, target: subject.target });
}

async function tell(services: CommandServices, notice: Notice, folder?: TeamFolder): Promise<void> {
  const button = await showNotice(notice);
  if (button !== undefined) await perform(services, button, folder);
}

async function pick(
  services: CommandServices,
  folder: TeamFolder,
  subjects: readonly RollbackSubject[],
): Promise<RollbackSubject | undefined> {
  services.folders.wake();
  const connection = await folder.wake();
  return livePick<RollbackSubject>({
    title: say.historyTitle(),
    placeholder: say.chooseHistory(),
    onChange: services.folders.onChange,
    items: () => subjects.map((subject) => subjectItem(subject, folder, connection)),
  });
}

/** A release with what runs there: `web  9c1f2ab · rollout failed · 2 h · Dan`. */
function subjectItem(
  subject: RollbackSubject,
  { view }: TeamFolder,
  { releases }: Pick<Connection, "releases">,
): LiveItem<RollbackSubject> {
  const { name, kind, tier } = subject;
  const targets =
    kind === "machine"
      ? releases.machines.filter((machine) => machine.name === name).map(({ target }) => target)
      : releases.environments
          .filter((environment) => environment.name === name)
          .flatMap((one) => one.targets);
  const target = targets.find((one) => one.name === subject.target) ?? targets[0];
  return {
    key: JSON.stringify([name, subject.target]),
    label: `$(${kind === "machine" ? "server" : "server-environment"}) ${panelHeading(subject)}`,
    description: target === undefined ? "" : targetRow(target, tier, onlookerAt(view, name)).description,
    value: subject,
  };
}
