import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Quiet, without network, and without pages that nobody asked for. */
const QUIET = {
  "chat.commandCenter.enabled": false,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.autofetch": false,
  "git.openRepositoryInParentFolders": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  // Dialogs and the title bar of the desktop are drawn by VS Code then, and alike everywhere.
  "window.dialogStyle": "custom",
  "window.titleBarStyle": "custom",
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Writes the user settings of a VS Code that keeps its data in this folder. */
export async function writeUserSettings(
  dataFolder: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await mkdir(join(dataFolder, "User"), { recursive: true });
  const text = JSON.stringify({ ...QUIET, ...settings }, undefined, 2);
  await writeFile(join(dataFolder, "User", "settings.json"), text);
}

/**
 * Writes the settings of the machine that a VS Code server runs on. Those of the scope `machine` belong there: among the
 * user's own they are forgotten as soon as another one is changed.
 */
export async function writeMachineSettings(
  dataFolder: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await mkdir(join(dataFolder, "Machine"), { recursive: true });
  await writeFile(join(dataFolder, "Machine", "settings.json"), JSON.stringify(settings, undefined, 2));
}

/** The environment without what a VS Code or a test runner around this process says to its own children. */
export function surroundings(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isInner = /^(?:VSCODE_.*|ELECTRON_RUN_AS_NODE|NODE_OPTIONS|NODE_TEST_CONTEXT)$/u.test(name);
    if (value !== undefined && !isInner) kept[name] = value;
  }
  return kept;
}
