import * as vscode from "vscode";
import * as z from "zod";
import { Emitter, type Disposable } from "../app/emitter.ts";
import type { Log } from "../app/ports.ts";
import type { DocumentOf, DocumentReader } from "../app/rolloutPorts.ts";
import type { EpochMs } from "../domain/time.ts";
import * as say from "./messages/documents.ts";

export const DOCUMENT_SCHEME = "devdeploy";

/** An object of a cluster that is opened to be read. */
export interface DocumentRequest {
  readonly context: string;
  readonly namespace: string;
  readonly of: DocumentOf;
}

/** Who opens a document knows nothing of who provides it; the one thing that is said between them is said here. */
const openedAgain = new Emitter<vscode.Uri>();

/** Opens an object's YAML, log or events, read-only; where that is open already, it is read anew. */
export async function openDocument(request: DocumentRequest): Promise<void> {
  const uri = documentUri(request);
  const isOpen = vscode.workspace.textDocuments.some((one) => one.uri.toString() === uri.toString());
  if (isOpen) openedAgain.fire(uri);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
}

/** All that names the object stands in it, so that a window that is reloaded finds it again. */
const documentUri = ({ context, namespace, of }: DocumentRequest): vscode.Uri =>
  vscode.Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `/${say.documentName(of)}`,
    query: JSON.stringify({ context, namespace, of }),
  });

export interface DocumentServices {
  readonly log: Log;
  now(): EpochMs;
  isTrusted(): boolean;
  /** Of a folder of this window, which is connected for that; undefined where there is none. */
  reader(): Promise<DocumentReader | undefined>;
}

/** Gives VS Code the texts of documents. They are read from the cluster when they are opened, and never kept. */
export class ObjectDocuments implements vscode.TextDocumentContentProvider, Disposable {
  readonly #services: DocumentServices;
  readonly #changes = new Emitter<vscode.Uri>();
  readonly #owned: readonly Disposable[];

  readonly onDidChange = this.#changes.event;

  constructor(services: DocumentServices) {
    this.#services = services;
    this.#owned = [
      this.#changes,
      vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this),
      openedAgain.event((uri) => {
        this.#changes.fire(uri);
      }),
    ];
  }

  /** What cannot be read is said in the document itself. */
  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const request = readRequest(uri.query);
    if (request === undefined) return `# ${say.unnamedDocument()}\n`;
    if (!this.#services.isTrusted()) return `# ${say.untrustedDocument()}\n`;
    const reader = await this.#services.reader();
    if (reader === undefined) return `# ${say.documentWithoutFolder()}\n`;
    return this.#read(reader, request, signalOf(token));
  }

  async #read(
    reader: DocumentReader,
    { context, namespace, of }: DocumentRequest,
    signal: AbortSignal,
  ): Promise<string> {
    const { log } = this.#services;
    const place = { context, namespace };
    const seen = await reader.read(place, of, signal);
    if (seen.ok) return say.documentText(seen.value, of, { place, at: this.#services.now() });
    log.warn(`${say.documentName(of)}: ${seen.error.reason}`);
    return `# ${say.documentFailure(seen.error, of)}\n`;
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
  }
}

function signalOf(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => {
    controller.abort();
  });
  return controller.signal;
}

/** As Kubernetes lets objects be called. */
const text = z
  .string()
  .max(253)
  .regex(/^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/u);
const object = z.enum(["Pod", "Deployment", "StatefulSet", "DaemonSet"]);
const request = z.strictObject({
  context: z.string().min(1).max(1_000),
  namespace: text,
  of: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("yaml"), object, name: text }),
    z.strictObject({ kind: z.literal("events"), object, name: text }),
    z.strictObject({ kind: z.literal("log"), pod: text, container: text, previous: z.boolean() }),
  ]),
});

/** Addresses come back from VS Code after a reload, and anybody can write one: undefined for what names no object. */
function readRequest(query: string): DocumentRequest | undefined {
  try {
    const parsed = request.safeParse(JSON.parse(query));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
