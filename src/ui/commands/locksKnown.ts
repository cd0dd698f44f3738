import * as vscode from "vscode";
import { SECOND_MS, type DurationMs } from "../../domain/time.ts";
import { configNotice } from "../messages/config.ts";
import * as say from "../messages/locksKnown.ts";
import type { Button, Notice } from "../messages/notice.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import type { CommandServices } from "./services.ts";

/** Longer than a cluster within reach takes; nobody waits longer for a list to choose from. */
const WAITS_MS: DurationMs = 10 * SECOND_MS;

/**
 * Whether it is known whose the folder's machines are, and who asks. The first command of a window is what connects
 * it, so the cluster's answer is waited for; where it is not known then, the person is told why.
 */
export async function areLocksKnown(services: CommandServices, folder: TeamFolder): Promise<boolean> {
  services.folders.wake();
  if (folder.team !== undefined && !isSettled(folder)) {
    const options = { location: vscode.ProgressLocation.Window, title: say.askingTheCluster() };
    await vscode.window.withProgress(options, async () => {
      await folder.wake();
      await settled(services, folder);
    });
  }
  const notice = notKnown(folder);
  if (notice === undefined) return true;
  const button = await showNotice(notice);
  const command = button === undefined ? undefined : COMMANDS[button.kind];
  if (command !== undefined) await vscode.commands.executeCommand(command, folder.place.key);
  return false;
}

/** What the buttons of these notices do. */
const COMMANDS: Readonly<Partial<Record<Button["kind"], string>>> = {
  "show-log": "devdeploy.showLog",
  "show-environments": "devdeploy.environments.focus",
  "create-config": "devdeploy.createConfig",
  "open-config": "devdeploy.openConfig",
};

function settled(
  { clock, folders }: Pick<CommandServices, "clock" | "folders">,
  folder: TeamFolder,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      for (const one of waiting) one.dispose();
      resolve();
    };
    const waiting = [
      folders.onChange(() => {
        if (isSettled(folder)) end();
      }),
      clock.after(WAITS_MS, end),
    ];
    if (isSettled(folder)) end();
  });
}

/** Without a cluster that answers nobody says who asks. */
function isSettled({ view, me, team }: TeamFolder): boolean {
  const lives = view.machines.map(({ liveness }) => liveness.kind);
  const hasNone = team === undefined || team.pools.length === 0;
  return (
    hasNone ||
    lives.includes("stale") ||
    (me !== undefined && lives.length > 0 && !lives.includes("connecting"))
  );
}

function notKnown({ config, place, view, me }: TeamFolder): Notice | undefined {
  const { current } = config;
  if (current.kind !== "valid") return configNotice(current, place.name);
  const states = view.machines.map(({ state }) => state);
  const unknown = states.filter((state) => state.kind === "unknown");
  if (current.config.pools.length > 0 && unknown.length === states.length) {
    return say.locksUnknown(unknown.find(({ error }) => error !== undefined)?.error);
  }
  return me === undefined ? say.youUnknown() : undefined;
}
