import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { PastRollback } from "../../../../src/app/pastRuns.ts";
import type { RollbackOutcome } from "../../../../src/app/rollbackOutcome.ts";
import type { CommandServices } from "../../../../src/ui/commands/services.ts";
import type { RunOrder } from "../../../../src/ui/panel/rollbackRuns.ts";
import { aCommit } from "../../../builders/deploy.ts";
import { aRunOrder, NOW } from "../../../builders/panel.ts";
import { aKeptRollback } from "../../../builders/rollback.ts";
import { ManualClock } from "../../../fakes/clock.ts";
import { FakeLog } from "../../../fakes/log.ts";

interface FakeUri {
  readonly scheme: string;
  readonly path: string;
  toString(): string;
}
interface FakeVscode {
  readonly commands: { readonly run: unknown[][] };
  readonly notifications: { readonly shown: readonly { readonly text: string }[]; reset(): void };
  readonly Uri: { from(parts: { readonly scheme: string; readonly path: string }): FakeUri };
  readonly workspace: { close(uri: FakeUri): void };
}

// The loader puts the stand-in here.
const vscode = (await import("vscode")) as unknown as FakeVscode;
const { DiffDocuments } = await import("../../../../src/ui/panel/diffDocuments.ts");
const { panelHtml } = await import("../../../../src/ui/panel/html.ts");
const { RollbackRuns } = await import("../../../../src/ui/panel/rollbackRuns.ts");
const { tellPastRollback } = await import("../../../../src/ui/commands/pastRollback.ts");

beforeEach(() => {
  vscode.notifications.reset();
  vscode.commands.run.length = 0;
});

type Provided = Parameters<InstanceType<typeof DiffDocuments>["provideTextDocumentContent"]>[0];
const asUri = (uri: FakeUri): Provided => uri as unknown as Provided;

test("a comparison is one editor of all documents, which are let go when it is closed", async () => {
  const diffs = new DiffDocuments();
  await diffs.open("web: revision 168 ↔ 167", [
    { label: "values.yaml", left: "tag: a\n", right: "tag: b\n" },
    { label: "Deployment/web", left: "", right: "kind: Deployment\n" },
  ]);
  const [command, title, changes] = vscode.commands.run[0] ?? [];
  const triples = changes as readonly (readonly [FakeUri, FakeUri, FakeUri])[];
  const texts = triples.map(([, before, after]) =>
    [before, after].map((uri) => diffs.provideTextDocumentContent(asUri(uri))),
  );
  const kept = diffs.kept;
  for (const uri of triples.flatMap(([, ...both]) => both)) vscode.workspace.close(uri);
  vscode.workspace.close(vscode.Uri.from({ scheme: "file", path: "/a" }));
  const [first] = triples;
  assert.deepEqual(
    [
      command,
      title,
      triples.map(([label]) => label.path),
      texts,
      kept,
      diffs.kept,
      first === undefined ? "" : diffs.provideTextDocumentContent(asUri(first[1])),
    ],
    [
      "vscode.changes",
      "web: revision 168 ↔ 167",
      ["/values.yaml", "/Deployment/web.yaml"],
      [
        ["tag: a\n", "tag: b\n"],
        ["", "kind: Deployment\n"],
      ],
      4,
      0,
      "# This comparison was closed. Open it again from the panel.\n",
    ],
  );
});

test("where nothing differs there is nothing to open, and that is said", async () => {
  await new DiffDocuments().open("web", []);
  assert.deepEqual(
    [vscode.commands.run, vscode.notifications.shown.map(({ text }) => text)],
    [[], ["Manifest and values of the two revisions are the same."]],
  );
});

test("the page loads our own files and nothing else, and no name in it is markup", () => {
  const webview = {
    cspSource: "https://own.example",
    asWebviewUri: (uri: unknown) => uri,
  } as unknown as Parameters<typeof panelHtml>[0];
  const dist = vscode.Uri.from({ scheme: "file", path: "/dist" }) as unknown as Parameters<
    typeof panelHtml
  >[1];
  const pages = ["<script>alert(1)</script>", "web"].map((name) => panelHtml(webview, dist, name));
  const nonces = pages.map((page) => /nonce="(?<nonce>[^"]+)"/u.exec(page)?.groups?.["nonce"] ?? "");
  const [hostile = ""] = pages;
  assert.deepEqual(
    [
      /content="(?<policy>default-src[^"]*)"/u.exec(hostile)?.groups?.["policy"],
      hostile.match(/<script/gu)?.length,
      hostile.includes("&lt;script&gt;alert(1)&lt;/script&gt;"),
      nonces[0] === nonces[1],
    ],
    [
      `default-src &#39;none&#39;; script-src &#39;nonce-${nonces[0] ?? ""}&#39;; style-src https://own.example &#39;nonce-${nonces[0] ?? ""}&#39;; font-src https://own.example`,
      1,
      true,
      false,
    ],
  );
});

const PAST: PastRollback = {
  id: "run-1",
  order: aKeptRollback({
    subject: "web",
    hold: {
      ref: { context: "staging", namespace: "devdeploy", name: "web" },
      by: "ann",
      name: "Ann Lee",
      undone: [aCommit("bad0bad")],
    },
  }),
  startedAt: NOW,
  isRunning: true,
};

/** Follows a rollback that another window began to the end that it is given; answers what came of that. */
async function follow(outcome: RollbackOutcome | undefined): Promise<unknown> {
  const clock = new ManualClock();
  const runs = new RollbackRuns(() => clock.now());
  const told: string[] = [];
  const seen: string[] = [];
  const during: unknown[] = [];
  const services: Partial<CommandServices> = {
    log: Object.assign(new FakeLog(), { show: () => undefined }),
    runs,
    panels: {
      show: () => undefined,
      tellEnd: (order: RunOrder, end: RollbackOutcome) => {
        told.push(`${order.subject} ${end.kind}`);
        return Promise.resolve();
      },
    },
  };
  await tellPastRollback(
    services as CommandServices,
    {
      pastRuns: {
        adopt: () => Promise.resolve([]),
        ended: () => Promise.resolve(undefined),
        stop: () => Promise.resolve(),
        seen: (id) => {
          seen.push(id);
          return Promise.resolve();
        },
      },
      followRollback: (run, onPhase) => {
        onPhase({ kind: "proving", items: [], elapsed: 0, pods: [] });
        const state = runs.of(run.order.release);
        during.push(state?.kind, state?.order.isFollowed, state?.order.undone.length);
        return Promise.resolve(outcome);
      },
    },
    PAST,
    new AbortController().signal,
  );
  return [during, told, seen, runs.of(PAST.order.release)?.kind];
}

test("a rollback of a window that is gone is followed in its panel, and told once", async () => {
  assert.deepEqual(
    [
      await follow({ kind: "proven", revision: 3, items: [] }),
      await follow({ kind: "cancelled", truth: { kind: "goes-on", revision: 3 } }),
      await follow(undefined),
    ],
    [
      [["running", true, 1], ["web proven"], ["run-1"], "ended"],
      // Its end is another window's to tell, so what is kept of it stays.
      [["running", true, 1], ["web cancelled"], [], "ended"],
      [["running", true, 1], [], [], undefined],
    ],
  );
});

test("what an earlier run of the same release still says is not heard any more", () => {
  const runs = new RollbackRuns(() => NOW);
  const order = aRunOrder();
  const first = runs.begin(order);
  runs.begin({ ...order, revision: 170 });
  first.ended({ kind: "wrong-name" });
  first.left();
  assert.deepEqual(
    [
      runs.of(order.release)?.kind,
      runs.running.map(({ revision }) => revision),
      runs.isRunning(order.release),
    ],
    ["running", [170], true],
  );
});
