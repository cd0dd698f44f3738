import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import { rolloutSubjects } from "../../app/rolloutSubjects.ts";
import type { TeamConfig, Tier } from "../../domain/config.ts";
import * as command from "../messages/command.ts";
import { configNotice } from "../messages/config.ts";
import { panelHeading } from "../messages/history.ts";
import * as say from "../messages/rollbackNotice.ts";
import type { Connection } from "../model/connection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { aboutWorkload, type PanelAbout } from "../panel/rolloutAbout.ts";
import { targetRow } from "../tree/environmentRow.ts";
import { onlookerAt } from "../tree/nodes.ts";
import { folderOf } from "./choose.ts";
import { perform } from "./deeds.ts";
import { livePick, type LiveItem } from "./livePick.ts";
import type { CommandServices } from "./services.ts";
import type { Notice } from "../messages/notice.ts";

/** An environment's or machine's target whose history can be opened, with the panel that shows it. */
interface Choice {
  readonly name: string;
  readonly target: string;
  readonly kind: "environment" | "machine";
  readonly tier: Tier;
  readonly about: PanelAbout;
}

/** Releases of helm's, then Deployments that are deployed without it. */
function choicesOf(config: TeamConfig, folder: string): readonly Choice[] {
  const releases = rollbackSubjects(config).map(({ name, target, kind, tier }): Choice => ({
    ...{ name, target, kind, tier },
    about: { folder, subject: name, target },
  }));
  const workloads = rolloutSubjects(config).flatMap(({ place, tier, workload }): readonly Choice[] => {
    if (place === undefined) return [];
    const { name, target, kind } = place;
    return [{ name, target, kind, tier, about: aboutWorkload(folder, workload) }];
  });
  return [...releases, ...workloads];
}

/** Opens the history of the row's release or workload, or of the one that the person picks, and does nothing else. */
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
  const all = choicesOf(config.config, folder.place.key);
  const fit =
    row === undefined
      ? all
      : all.filter(({ name, target }) => name === row.name && (row.target ?? target) === target);
  const [only] = fit;
  if (only === undefined) {
    return tell(services, row === undefined ? say.noHistoryToShow() : say.noHistoryOf(row.name), folder);
  }
  const choice = row !== undefined && fit.length === 1 ? only : await pick(services, folder, fit);
  if (choice !== undefined) services.panels.show(choice.about);
}

async function tell(services: CommandServices, notice: Notice, folder?: TeamFolder): Promise<void> {
  const button = await showNotice(notice);
  if (button !== undefined) await perform(services, button, folder);
}

async function pick(
  services: CommandServices,
  folder: TeamFolder,
  choices: readonly Choice[],
): Promise<Choice | undefined> {
  services.folders.wake();
  const connection = await folder.wake();
  return livePick<Choice>({
    title: say.historyTitle(),
    placeholder: say.chooseHistory(),
    onChange: services.folders.onChange,
    items: () => choices.map((choice) => choiceItem(choice, folder, connection)),
  });
}

/** A target with what runs there: `web  9c1f2ab · rollout failed · 2 h · Dan`. */
function choiceItem(
  choice: Choice,
  { view }: TeamFolder,
  { releases }: Pick<Connection, "releases">,
): LiveItem<Choice> {
  const { name, kind, tier } = choice;
  const targets =
    kind === "machine"
      ? releases.machines.filter((machine) => machine.name === name).map(({ target }) => target)
      : releases.environments
          .filter((environment) => environment.name === name)
          .flatMap((one) => one.targets);
  const target = targets.find((one) => one.name === choice.target) ?? targets[0];
  return {
    key: JSON.stringify([name, choice.target]),
    label: `$(${kind === "machine" ? "server" : "server-environment"}) ${panelHeading(choice)}`,
    description: target === undefined ? "" : targetRow(target, tier, onlookerAt(view, name)).description,
    value: choice,
  };
}
