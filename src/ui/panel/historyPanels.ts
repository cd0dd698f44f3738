import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { LeftUndoEnd } from "../../app/followUndo.ts";
import type { KeptUndo } from "../../app/keptUndo.ts";
import type { ReleaseRef } from "../../app/ports.ts";
import type { RollbackOutcome } from "../../app/rollbackOutcome.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import type { UndoOutcome } from "../../app/undoOutcome.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import type { DocumentRequest } from "../documents.ts";
import { commandFailed } from "../messages/command.ts";
import { panelTitle } from "../messages/history.ts";
import type { Button, Notice } from "../messages/notice.ts";
import { leftUndoNotice } from "../messages/pastUndo.ts";
import { rollbackNotice } from "../messages/rollbackNotice.ts";
import { rolloutTitle } from "../messages/rolloutHistory.ts";
import { undoNotice } from "../messages/rolloutNotice.ts";
import { showNotice } from "../notices.ts";
import { DiffDocuments } from "./diffDocuments.ts";
import { PanelHost, type HostedSession } from "./host.ts";
import { panelHtml } from "./html.ts";
import { parseMemory } from "./messages.ts";
import { performDeed } from "./performDeed.ts";
import type { PanelServices } from "./runRollback.ts";
import type { RunOrder } from "./rollbackRuns.ts";
import { aboutWorkload, isPlaceOf, type PanelAbout } from "./rolloutAbout.ts";
import { performRolloutDeed } from "./rolloutPerform.ts";
import { keyOfWorkload, type UndoOrder, type UndoRuns } from "./rolloutRuns.ts";
import { RolloutSession } from "./rolloutSession.ts";
import { PanelSession } from "./session.ts";

export const PANEL_TYPE = "devdeploy.history";

/** What the panels of this window work with. Built once in extension.ts. */
export interface HistoryPanelServices extends Omit<PanelServices, "tellEnd"> {
  /** The undos of this window. */
  readonly undos: UndoRuns;
  /** Opens something of the cluster's to be read. */
  readonly openDocument: (request: DocumentRequest) => Promise<void>;
}

/** A session, whatever it is about. */
type AnySession = HostedSession & Disposable;

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  /** Whether it is about this release. */
  readonly isOf: (release: ReleaseRef) => boolean;
  readonly session: AnySession;
}

const isSame = (a: ReleaseRef | undefined, b: ReleaseRef): boolean =>
  a?.context === b.context && a.namespace === b.namespace && a.release === b.release;

const keyOf = ({ folder, subject, target, workload }: PanelAbout): string =>
  JSON.stringify(workload === undefined ? [folder, subject, target] : [folder, keyOfWorkload(workload)]);

/** The panels of this window: one for each release and workload, opened once and found again after a reload. */
export class HistoryPanels implements vscode.WebviewPanelSerializer, Disposable {
  readonly #services: HistoryPanelServices;
  readonly #dist: vscode.Uri;
  readonly #diffs = new DiffDocuments();
  readonly #open = new Map<string, OpenPanel>();
  readonly #serializer: Disposable;

  constructor(services: HistoryPanelServices, extension: vscode.Uri) {
    this.#services = services;
    this.#dist = vscode.Uri.joinPath(extension, "dist");
    this.#serializer = vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this);
  }

  /** Opens the history, or brings it to the front where it is open, with a revision chosen if one is named. */
  show(about: PanelAbout & Pick<PanelMemory, "chosen">): void {
    const open = this.#open.get(keyOf(about));
    if (open !== undefined) {
      open.panel.reveal();
      if (about.chosen !== undefined) open.session.choose(about.chosen);
      return;
    }
    const title =
      about.workload === undefined
        ? panelTitle({ name: about.subject, target: about.target })
        : rolloutTitle(about.workload);
    const panel = vscode.window.createWebviewPanel(PANEL_TYPE, title, vscode.ViewColumn.Active);
    this.#fill(panel, about);
  }

  deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const memory = parseMemory(state);
    // What cannot be made sense of names nothing, so there is nothing to show.
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

  /** Tells how an undo ended, unless the person has its panel before their eyes. */
  async tellUndone(order: UndoOrder, outcome: UndoOutcome): Promise<void> {
    const { workload } = order.subject;
    const key = keyOfWorkload(workload);
    const isSeen = [...this.#open.values()].some(({ panel, session }) => {
      const about = session.about.workload;
      return panel.visible && about !== undefined && keyOfWorkload(about) === key;
    });
    if (!isSeen) await this.#tellOf(workload, (show) => undoNotice(outcome, order, show));
  }

  /** Tells what became of an undo whose window is gone, and of which no panel shows anything. */
  tellLeft(undo: KeptUndo, end: LeftUndoEnd): Promise<void> {
    return this.#tellOf(undo.subject.workload, (show) => leftUndoNotice(end, undo, show));
  }

  async #tellOf(workload: WorkloadAddress, notice: (show: readonly Button[]) => Notice): Promise<void> {
    const folder = this.#folderOf(workload);
    const about = folder === undefined ? undefined : aboutWorkload(folder, workload);
    const show = about === undefined ? [] : [{ kind: "show-history", ...about } as const];
    const button = await showNotice(notice(show));
    if (button?.kind === "show-history") this.show(button);
    if (button?.kind === "show-log") this.#services.log.show();
  }

  #isSeen(release: ReleaseRef): boolean {
    return [...this.#open.values()].some(({ panel, isOf }) => panel.visible && isOf(release));
  }

  /** A folder whose devdeploy.json names the workload's namespace, so that its rollouts may be read. */
  #folderOf(workload: WorkloadAddress): string | undefined {
    return this.#services.folders.all.find(({ team }) => team !== undefined && isPlaceOf(team, workload))
      ?.place.key;
  }

  /** Where a release is at home in this window; a run of another window may be none of its folders'. */
  #aboutOf(release: ReleaseRef): PanelAbout | undefined {
    for (const { team, place } of this.#services.folders.all) {
      const subject = team && rollbackSubjects(team).find((one) => isSame(one.release, release));
      if (subject !== undefined) return { folder: place.key, subject: subject.name, target: subject.target };
    }
    return undefined;
  }

  #fill(panel: vscode.WebviewPanel, memory: PanelMemory): void {
    const { log, clock } = this.#services;
    const { webview } = panel;
    webview.options = { enableScripts: true, enableCommandUris: false, localResourceRoots: [this.#dist] };
    const { session, isOf } = this.#sessionOf(memory);
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
    this.#open.set(key, { panel, session, isOf });
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

  #sessionOf(memory: PanelMemory): Pick<OpenPanel, "session" | "isOf"> {
    const { workload } = memory;
    if (workload !== undefined) {
      return { session: this.#rolloutSession({ ...memory, workload }), isOf: () => false };
    }
    const { runs, log, openDocument } = this.#services;
    const tellEnd = (order: RunOrder, outcome: RollbackOutcome): void => {
      void this.tellEnd(order, outcome);
    };
    const session = new PanelSession({ ...this.#services, tellEnd }, memory, (deed, of) =>
      performDeed({ runs, log, diffs: this.#diffs, openDocument }, deed, of),
    );
    return { session, isOf: (release) => isSame(session.subject?.release, release) };
  }

  #rolloutSession(memory: PanelMemory & { readonly workload: WorkloadAddress }): RolloutSession {
    const { undos, log, openDocument } = this.#services;
    const tellUndone = (order: UndoOrder, outcome: UndoOutcome): void => {
      void this.tellUndone(order, outcome);
    };
    const showRelease = ({ folder, subject, target }: PanelAbout): void => {
      this.show({ folder, subject, target });
    };
    return new RolloutSession({ ...this.#services, tellUndone }, memory, (deed, of) =>
      performRolloutDeed({ undos, log, diffs: this.#diffs, openDocument, showRelease }, deed, of),
    );
  }

  dispose(): void {
    this.#serializer.dispose();
    this.#diffs.dispose();
    for (const { panel } of this.#open.values()) panel.dispose();
  }
}
