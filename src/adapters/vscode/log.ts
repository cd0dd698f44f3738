import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { Log } from "../../app/ports.ts";

/** The log that a person can open; its level follows VS Code's own setting. */
export interface ShownLog extends Log, Disposable {
  show(): void;
}

export function createLog(): ShownLog {
  const channel = vscode.window.createOutputChannel("Devdeploy", { log: true });
  return {
    info: (message) => {
      channel.info(message);
    },
    warn: (message) => {
      channel.warn(message);
    },
    error: (message) => {
      channel.error(message);
    },
    show: () => {
      channel.show(true);
    },
    dispose: () => {
      channel.dispose();
    },
  };
}
