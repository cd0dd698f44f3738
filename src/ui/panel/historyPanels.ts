import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { ReleaseRef } from "../../app/ports.ts";
import type { RollbackOutcome } from "../../app/rollbackOutcome.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import { commandFailed } from "../messages/command.ts";
import { panelTitle } from "../messages/history.ts";
import { rollbackNotice } from "../messages/rollbackNotice.ts";
import { showNotice } from "../notices.ts";
import { DiffDocuments } from "./diffDocuments.ts";
import { PanelHost } from "./host.ts";
import { panelHtml } from "./html.ts";
import { parseMemory } from "./messages.ts";
import { performDeed } from "./performDeed.ts";
import type { PanelServices } from "./runRollback.ts";
import type { RunOrder } from "./rollbackRuns.ts";
import { PanelSession } from "./session.ts";

export const PANEL_TYPE = "devdeploy.history";

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
}

type About = Pick<PanelMemory, "folder" | "subject" | "target">;

const isSame = (a: ReleaseRef | undefined, b: ReleaseRef): boolean =>
  a?.context === b.context && a.namespace === b.namespace && a.release === b.release;

const keyOf = ({ folder, subject, target }: About): string => JSON.stringify([folder, subject, target]);

/** The panels of this window: one for each release, opened once and found again after a reload. */
export class HistoryPanels implements vscode.WebviewPanelSerializer, Disposable {
  readonly #services: Omit<PanelServices, "tellEnd">;
  readonly #dist: vscode.Uri;
  readonly #diffs = new DiffDocuments();
  readonly #open = new Map<string, OpenPanel>();
  readonly #serializer: Disposable;

  constructor(services: Omit<PanelServices, "tellEnd">, extension: vscode.Uri) {
    this.#services = services;
    this.#dist = vscode.Uri.joinPath(extension, "dist");
    this.#serializer = vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this);
  }

  /** Opens the history, or brings it to the front where it is open. */
  show(about: About): void {
    const open = this.#open.get(keyOf(about));
    if (open !== undefined) {
      open.panel.reveal();
      return;
    }
    const title = panelTitle({ name: about.subject, target: about.target });
    const panel = vscode.window.createWebviewPanel(PANEL_TYPE, title, vscode.ViewColumn.Active);
    this.#fill(panel, about);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const memory = parseMemory(state);
    // What cannot be made sense of names no release, so there is nothing to show.
    if (memory === undefined || this.#open.has(keyOf(memory))) panel.dispose();
    else this.#fill(panel, memory);
    return Promise.resolve();
  }

  /** Tells how a rollback ended, unless the person has its panel before their eyes. */
  async tellEnd(order: RunOrder, outcome: RollbackOutcome): Promise<void> {
    if (this.#isSeen(order.release)) return;
    const about = this.#aboutOf(order.release);
    const show = about === undefined ? [] : [{ kind: "show-history", ...about } as const];
    const button = await showNotice(
      rollbackNotice(outcome, { ends: order, release: order.release.release, show }),
    );
    if (button?.kind === "show-history") this.show(button);
    if (button?.kind === "show-log") this.#services.log.show();
  }

  #isSeen(release: ReleaseRef): boolean {
    return [...this.#open.values()].some(
      ({ panel, session }) => panel.visible && isSame(session.subject?.release, release),
    );
  }

  /** Where a release is at home in this window; a run of another window may be none of its folders'. */
  #aboutOf(release: ReleaseRef): About | undefined {
    for (const { team, place } of this.#services.folders.all) {
      const subject = team && rollbackSubjects(team).find((one) => isSame(one.release, release));
      if (subject !== undefined) return { folder: place.key, subject: subject.name, target: subject.target };
    }
    return undefined;
  }

  #fill(panel: vscode.WebviewPanel, memory: PanelMemory): void {
    const { runs, log, clock } = this.#services;
    const tellEnd = (order: RunOrder, outcome: RollbackOutcome): void => {
      void this.tellEnd(order, outcome);
    };
    const { webview } = panel;
    webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [this.#dist] };
    const session = new PanelSession({ ...this.#services, tellEnd }, memory, (deed, of) =>
      performDeed({ runs, log, diffs: this.#diffs }, deed, of),
    );
    const stumbled = (error: unknown): void => {
      log.error(`history panel: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      void showNotice(commandFailed(error)).then((button) => {
        if (button?.kind === "show-log") log.show();
      });
    };
    const host = new PanelHost({ clock, log, stumbled }, session, (message) => {
      void webview.postMessage(message);
    });
    const key = keyOf(memory);
    this.#open.set(key, { panel, session });
    const listening = [
      webview.onDidReceiveMessage((message: unknown) => {
        host.receive(message);
      }),
      panel.onDidChangeViewState(() => {
        host.see(panel.visible);
      }),
    ];
    panel.onDidDispose(() => {
      this.#open.delete(key);
      for (const one of [...listening, host, session]) one.dispose();
    });
    webview.html = panelHtml(webview, this.#dist, memory.subject);
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#diffs.dispose();
    for (const { panel } of this.#open.values()) panel.dispose();
  }
}
