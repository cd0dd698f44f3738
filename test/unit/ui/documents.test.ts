import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type {
  DocumentError,
  DocumentOf,
  DocumentReader,
  SeenDocument,
} from "../../../src/app/rolloutPorts.ts";
import { fail, ok, type Result } from "../../../src/domain/result.ts";
import { at } from "../../builders/lock.ts";
import { FakeLog } from "../../fakes/log.ts";

process.env["TZ"] = "Europe/Berlin";

interface FakeUri {
  readonly path: string;
  readonly query: string;
  toString(): string;
}
interface FakeVscode {
  readonly Uri: { from(parts: object): FakeUri };
  readonly workspace: { textDocuments: { readonly uri: FakeUri }[]; shown: string[] };
}
// The loader puts the stand-in here.
const vscode = (await import("vscode")) as unknown as FakeVscode;
const { DOCUMENT_SCHEME, ObjectDocuments, openDocument } = await import("../../../src/ui/documents.ts");

type Asked = Parameters<InstanceType<typeof ObjectDocuments>["provideTextDocumentContent"]>;

const LOG: DocumentOf = { kind: "log", pod: "web-7d9f5-x2x", container: "app", previous: false };
const place = { context: "staging", namespace: "dev1" };

/** A reader that answers the same each time, and keeps what it was asked. */
class FakeReader implements DocumentReader {
  answer: Result<SeenDocument, DocumentError> = ok({ kind: "log", text: "ready\n", isCut: false });
  readonly asked: unknown[] = [];

  read: DocumentReader["read"] = (where, of) => {
    this.asked.push([where, of]);
    return Promise.resolve(this.answer);
  };
}

let reader: FakeReader;
beforeEach(() => {
  reader = new FakeReader();
  vscode.workspace.textDocuments.length = 0;
  vscode.workspace.shown.length = 0;
});

const provided = (services: { readonly isTrusted?: boolean; readonly hasFolder?: boolean } = {}) =>
  new ObjectDocuments({
    log: new FakeLog(),
    now: () => at("13:02"),
    isTrusted: () => services.isTrusted ?? true,
    reader: () => Promise.resolve(services.hasFolder === false ? undefined : reader),
  });

/** Opens it as the tree does, and answers what VS Code would show. */
async function opened(of: DocumentOf, documents = provided()): Promise<string> {
  await openDocument({ ...place, of });
  const path = vscode.workspace.shown.at(-1);
  return text(vscode.workspace.textDocuments.find(({ uri }) => uri.path === path)?.uri, documents);
}

async function text(uri: FakeUri | undefined, documents = provided()): Promise<string> {
  const token = { onCancellationRequested: () => ({ dispose: () => undefined }) };
  const answer = await documents.provideTextDocumentContent(...([uri, token] as unknown as Asked));
  documents.dispose();
  return answer;
}

const HEAD =
  "in dev1 (staging), read at Mon, 23 Nov 2026 14:02:00 (13:02:00 UTC). What looks like a secret is masked. To read it anew, open it again.";

test("a document is called so that VS Code knows its language, and its address names the object", async () => {
  const all: readonly DocumentOf[] = [
    LOG,
    { ...LOG, previous: true },
    { kind: "yaml", object: "Pod", name: "web-7d9f5-x2x" },
    { kind: "yaml", object: "StatefulSet", name: "db" },
    { kind: "events", object: "Deployment", name: "web" },
  ];
  for (const of of all) await opened(of);
  assert.deepEqual(
    [vscode.workspace.shown, reader.asked],
    [
      [
        "/web-7d9f5-x2x.app.log",
        "/web-7d9f5-x2x.app.previous.log",
        "/web-7d9f5-x2x.yaml",
        "/StatefulSet.db.yaml",
        "/Deployment.web.events.log",
      ],
      all.map((of) => [place, of]),
    ],
  );
});

test("a log says whose it is, when it was read, and whether something is left out", async () => {
  const whole = await opened(LOG);
  reader.answer = ok({ kind: "log", text: "", isCut: true });
  const cut = await opened({ ...LOG, previous: true });
  assert.deepEqual(
    [whole, cut],
    [
      `# Log of container app of Pod/web-7d9f5-x2x ${HEAD}\n\nready\n`,
      `# Log of container app of Pod/web-7d9f5-x2x before its last restart ${HEAD}\n# These are its last lines, at most 1000 and 256 KiB of them: what it said before is left out.\n\n# It has written nothing.\n`,
    ],
  );
});

test("events stand one a line, oldest first, and none is said to be none", async () => {
  const about = "Pod/web-7d9f5-x2x";
  reader.answer = ok({
    kind: "events",
    events: [
      { at: at("12:00"), about, reason: "Pulled", message: "Image is there", count: 1, isWarning: false },
      { about, reason: "BackOff", message: "Back-off restarting", count: 12, isWarning: true },
    ],
    isCut: false,
  });
  const of: DocumentOf = { kind: "events", object: "Pod", name: "web-7d9f5-x2x" };
  const some = await opened(of);
  reader.answer = ok({ kind: "events", events: [], isCut: false });
  const none = await opened(of);
  assert.deepEqual(
    [some, none],
    [
      `# Events of Pod/web-7d9f5-x2x ${HEAD}\n\n2026-11-23T12:00:00Z Normal Pod/web-7d9f5-x2x Pulled: Image is there\n- Warning Pod/web-7d9f5-x2x BackOff (×12): Back-off restarting\n`,
      `# Events of Pod/web-7d9f5-x2x ${HEAD}\n\n# No events. The cluster keeps them for about an hour.\n`,
    ],
  );
});

test("what cannot be read is said in the document: what, of what, and what to do next", async () => {
  const said: string[] = [];
  const errors: readonly (readonly [DocumentError, DocumentOf])[] = [
    [{ reason: "not-found", what: "pods dev1/web" }, LOG],
    [{ reason: "no-log", detail: 'container "app" is waiting to start: ContainerCreating' }, LOG],
    [
      { reason: "no-log", detail: "previous terminated container not found" },
      { ...LOG, previous: true },
    ],
    [{ reason: "forbidden", detail: "get pods/log in dev1" }, LOG],
    [
      { reason: "unreachable", server: "https://staging", detail: "ECONNREFUSED" },
      { kind: "yaml", object: "Pod", name: "web" },
    ],
  ];
  for (const [error, of] of errors) {
    reader.answer = fail(error);
    said.push(await opened(of));
  }
  assert.deepEqual(said, [
    "# Log of container app of Pod/web-7d9f5-x2x cannot be read, since it is gone: it was deleted, or replaced by a newer one.\n",
    '# Log of container app of Pod/web-7d9f5-x2x is not there yet: container "app" is waiting to start: ContainerCreating. Its events tell what it waits for.\n',
    "# Log of container app of Pod/web-7d9f5-x2x before its last restart is not there: previous terminated container not found. It may not have restarted, or the log is not kept any more. Open the present log instead.\n",
    "# Log of container app of Pod/web-7d9f5-x2x cannot be read. You are not allowed to: get pods/log in dev1. Ask an admin for this permission.\n",
    "# Pod/web cannot be read. https://staging cannot be reached: ECONNREFUSED. Check the network or the VPN.\n",
  ]);
});

test("no cluster is asked before the workspace is trusted, without a folder, or for an address that names nothing", async () => {
  const untrusted = await opened(LOG, provided({ isTrusted: false }));
  const alone = await opened(LOG, provided({ hasFolder: false }));
  const forged = [
    "",
    "{}",
    JSON.stringify({ ...place, of: { ...LOG, pod: "../../../../api" } }),
    JSON.stringify({ ...place, of: { kind: "yaml", object: "Secret", name: "db" } }),
  ].map((query) => text(vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: "/a.log", query })));
  assert.deepEqual(
    [untrusted, alone, new Set(await Promise.all(forged)), reader.asked],
    [
      "# Devdeploy reads no cluster before the workspace is trusted. Trust it, then open this again.\n",
      "# No folder with a devdeploy.json is open, so no cluster can be read. Open one, then open this again.\n",
      new Set(["# This document names no object that Devdeploy could read.\n"]),
      [],
    ],
  );
});

test("a document that is opened once more is read once more", async () => {
  const documents = provided();
  const again: string[] = [];
  documents.onDidChange((uri) => again.push(uri.path));
  await openDocument({ ...place, of: LOG });
  const first = [...again];
  await openDocument({ ...place, of: LOG });
  documents.dispose();
  await openDocument({ ...place, of: LOG });
  assert.deepEqual([first, again], [[], ["/web-7d9f5-x2x.app.log"]]);
});
