import assert from "node:assert/strict";
import * as vscode from "vscode";
import { hostTest } from "./hostTest.ts";

function ourExtension(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension("devdeploy.devdeploy");
  assert.ok(extension, "VS Code does not know the extension.");
  return extension;
}

hostTest("the extension activates", async () => {
  const extension = ourExtension();
  await extension.activate();
  assert.equal(extension.isActive, true);
});

hostTest("every command of the manifest is registered", async () => {
  const extension = ourExtension();
  await extension.activate();
  const registered = new Set(await vscode.commands.getCommands(true));
  assert.deepEqual(
    declaredCommands(extension.packageJSON).filter((command) => !registered.has(command)),
    [],
  );
});

/** Command ids of a manifest. */
function declaredCommands(manifest: unknown): readonly string[] {
  const commands = property(property(manifest, "contributes"), "commands");
  assert.ok(Array.isArray(commands) && commands.length > 0, "The manifest declares no commands.");
  return commands.map((command) => String(property(command, "command")));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
