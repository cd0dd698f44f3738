import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import { rollbackSubjects } from "../app/rollbackSubjects.ts";
import { perform } from "./commands/deeds.ts";
import type { CommandServices } from "./commands/services.ts";
import { showHistory } from "./commands/showHistory.ts";
import { untrusted } from "./messages/command.ts";
import { badLink } from "./messages/rollbackNotice.ts";
import { unknownPlace } from "./messages/rolloutNotice.ts";
import type { Notice } from "./messages/notice.ts";
import { showNotice } from "./notices.ts";
import { isRolloutLink, readLink, readRolloutLink } from "./panel/historyLink.ts";
import { aboutWorkload, isPlaceOf } from "./panel/rolloutAbout.ts";
import { environmentId } from "./tree/nodes.ts";

/** Links to a history, as `Copy Link` makes them. Anybody can write one, so it opens a panel and does nothing more. */
export const openLinks = (services: CommandServices): Disposable =>
  vscode.window.registerUriHandler({ handleUri: (uri) => openLink(services, uri) });

/** Opens what the link names in the first folder that has it, or says why not. */
export async function openLink(
  services: CommandServices,
  uri: Pick<vscode.Uri, "path" | "query">,
): Promise<void> {
  if (isRolloutLink(uri)) return openRolloutLink(services, uri);
  const { folders, foldersRead, panels } = services;
  const link = readLink(uri);
  if (!link.ok) return tell(services, badLink(link.error));
  await foldersRead;
  if (!folders.isTrusted) return tell(services, untrusted());
  const { subject: name, target } = link.value;
  const { current, all } = folders;
  for (const { team, place } of current === undefined ? all : [current, ...all]) {
    const fit = (team === undefined ? [] : rollbackSubjects(team)).filter(
      (one) => one.name === name && (target ?? one.target) === one.target,
    );
    const [found, ...others] = fit;
    if (found === undefined) continue;
    // Of several parts the person says which.
    if (others.length > 0) return showHistory(services, environmentId(place.key, name));
    panels.show({ folder: place.key, subject: found.name, target: found.target });
    return;
  }
  return tell(services, badLink("unknown-subject", name));
}

/** Opens rollouts in the first folder whose devdeploy.json names their namespace: no other is ever asked. */
async function openRolloutLink(
  services: CommandServices,
  uri: Pick<vscode.Uri, "path" | "query">,
): Promise<void> {
  const { folders, foldersRead, panels } = services;
  const link = readRolloutLink(uri);
  if (!link.ok) return tell(services, badLink(link.error));
  await foldersRead;
  if (!folders.isTrusted) return tell(services, untrusted());
  const workload = link.value;
  const { current, all } = folders;
  const found = (current === undefined ? all : [current, ...all]).find(
    ({ team }) => team !== undefined && isPlaceOf(team, workload),
  );
  if (found === undefined) return tell(services, unknownPlace(workload.namespace, workload.context));
  panels.show(aboutWorkload(found.place.key, workload));
}

async function tell(services: CommandServices, notice: Notice): Promise<void> {
  const button = await showNotice(notice);
  if (button !== undefined) await perform(services, button, services.folders.current);
}
