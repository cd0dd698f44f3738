import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Listen } from "../../app/emitter.ts";

const SECTION = "devdeploy";
const DEFAULT_STEADY_SECONDS = 15;

/** The settings of Devdeploy as they stand; a path that is empty means the usual place. */
export interface Settings {
  readonly kubeconfig: string | undefined;
  readonly helmPath: string | undefined;
  readonly steadySeconds: number;
}

/** Read afresh with every call, so that a changed setting counts without a reload of the window. */
export function readSettings(): Settings {
  const seconds = vscode.workspace.getConfiguration(SECTION).get<number>("proof.steadySeconds");
  return {
    kubeconfig: machinePath("kubeconfig"),
    helmPath: machinePath("helmPath"),
    steadySeconds: seconds !== undefined && seconds >= 1 ? seconds : DEFAULT_STEADY_SECONDS,
  };
}

/** Tells when one of the settings has changed. */
export const onSettingsChange: Listen<void> = (listener) =>
  vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(SECTION)) listener();
  });

/** Names of settings that a workspace tries to set and may not: a program or a credential is the person's choice. */
export function ignoredWorkspaceSettings(): readonly string[] {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  return ["kubeconfig", "helmPath"].filter((name) => {
    const found = configuration.inspect(name);
    return found?.workspaceValue !== undefined || found?.workspaceFolderValue !== undefined;
  });
}

// The scope `machine` already keeps a workspace out; looking only at the person's own value does it once more.
function machinePath(name: string): string | undefined {
  const value: unknown = vscode.workspace.getConfiguration(SECTION).inspect(name)?.globalValue;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const path = value.trim();
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
