import * as vscode from "vscode";

/** How long an extension host needed for us. */
export interface Activation {
  /** Reading and running the bundle, and `activate`, in ms. */
  readonly totalMs: number;
  /** `activate` alone, as it reports itself, in ms. */
  readonly activateMs: number;
  readonly vscode: string;
  readonly node: string;
}

/** Activates the extension for the first time in this extension host. */
export async function measureActivation(): Promise<Activation> {
  const extension = vscode.extensions.getExtension<{ readonly activationMs: number }>("devdeploy.devdeploy");
  if (extension === undefined || extension.isActive)
    throw new Error("Nothing to measure: no cold extension.");
  const started = performance.now();
  const { activationMs } = await extension.activate();
  return {
    totalMs: performance.now() - started,
    activateMs: activationMs,
    vscode: vscode.version,
    node: process.versions.node,
  };
}
