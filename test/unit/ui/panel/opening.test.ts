import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Environment, TeamConfig } from "../../../../src/domain/config.ts";
import type { CommandServices } from "../../../../src/ui/commands/services.ts";
import { aConfig, aHelmDriver, aMachine, aPool } from "../../../builders/deploy.ts";
import { TeamWindow } from "../../../fakes/teamWindow.ts";

interface FakeVscode {
  readonly notifications: { readonly shown: readonly { readonly text: string }[]; reset(): void };
}

// The loader puts the stand-in here.
const { notifications } = (await import("vscode")) as unknown as FakeVscode;
const { showHistory } = await import("../../../../src/ui/commands/showHistory.ts");
const { openLink } = await import("../../../../src/ui/links.ts");
const { treeNodes } = await import("../../../../src/ui/tree/nodes.ts");
const { allNodes } = await import("../../../../src/ui/tree/treeNode.ts");

const target = (name: string, release = name): Environment["targets"][number] => ({
  name,
  driver: aHelmDriver({ namespace: "shop", release }),
});

const environment = (name: string, ...targets: Environment["targets"]): Environment => ({
  name,
  tier: "production",
  targets,
  locks: { context: "staging", namespace: "devdeploy" },
});

const CONFIG: TeamConfig = aConfig({
  environments: [
    environment("web", target("web")),
    environment("cron", target("cron-updates"), target("cron-analytics")),
    environment("preview", target("preview", "preview-${branch}")),
  ],
  pools: [aPool([aMachine("dev1")])],
});

/** A window whose panels only remember what was opened. */
class Opening extends TeamWindow {
  readonly opened: unknown[] = [];
  get services(): CommandServices {
    const { folders, clock } = this;
    const nodes = allNodes(treeNodes(folders.views, true));
    const tree = { subject: (id: string) => nodes.find((node) => node.id === id)?.subject };
    const known: Partial<CommandServices> = {
      clock,
      folders,
      foldersRead: Promise.resolve(),
      tree: tree as unknown as CommandServices["tree"],
      panels: {
        show: ({ subject, target: of }) => {
          this.opened.push([subject, of]);
        },
        tellEnd: () => Promise.resolve(),
      },
    };
    return known as CommandServices;
  }

  static async awake(): Promise<Opening> {
    const window = new Opening(undefined, CONFIG);
    window.folders.wake();
    await window.settled();
    await window.tell({});
    return window;
  }
}

const told = (): readonly string[] => notifications.shown.map(({ text }) => text);

beforeEach(() => {
  notifications.reset();
});

test("rows whose release has a fixed name have a history, and know whose", async () => {
  const window = await Opening.awake();
  const nodes = allNodes(treeNodes(window.folders.views, true));
  assert.deepEqual(
    nodes
      .filter(({ row }) => row.tokens.includes("history"))
      .map(({ row, subject }) => [row.label, subject.history]),
    [
      ["web", { name: "web" }],
      ["cron", { name: "cron" }],
      ["cron-updates", { name: "cron", target: "cron-updates" }],
      ["cron-analytics", { name: "cron", target: "cron-analytics" }],
      ["dev1", { name: "dev1" }],
    ],
  );
});

test("a row opens its own history", async () => {
  const window = await Opening.awake();
  const { services } = window;
  for (const id of ["demo/environment/web", "demo/environment/cron/cron-analytics", "demo/machine/dev1"]) {
    await showHistory(services, id);
  }
  assert.deepEqual(window.opened, [
    ["web", "web"],
    ["cron", "cron-analytics"],
    ["dev1", "dev1"],
  ]);
});

test("a link opens what it names, and nothing else is done", async () => {
  const window = await Opening.awake();
  const { services } = window;
  await openLink(services, { path: "/history", query: "subject=web" });
  await openLink(services, { path: "/history", query: "subject=cron&target=cron-updates" });
  assert.deepEqual(
    [window.opened, window.rollbacks.reviews, told()],
    [
      [
        ["web", "web"],
        ["cron", "cron-updates"],
      ],
      [],
      [],
    ],
  );
});

test("a link that names nothing here, or asks for more, is refused in words", async () => {
  const window = await Opening.awake();
  const { services } = window;
  for (const query of [
    "subject=shop",
    "subject=cron&target=cron",
    "subject=web&revision=167",
    "subject=<b>",
  ]) {
    void openLink(services, { path: "/history", query });
    await window.settled();
  }
  assert.deepEqual(
    [window.opened, told()],
    [
      [],
      [
        "That link asks for the history of shop, which devdeploy.json of this window does not name. Open the folder of the right repository, then try again.",
        "That link asks for the history of cron, which devdeploy.json of this window does not name. Open the folder of the right repository, then try again.",
        "That link is none that Devdeploy knows, so nothing was opened.",
        "That link names no environment or machine as Devdeploy writes them, so nothing was opened.",
      ],
    ],
  );
});

test("in a workspace that is not trusted nothing is opened", async () => {
  const window = await Opening.awake();
  window.isTrusted = false;
  const { services } = window;
  void showHistory(services, "demo/environment/web");
  void openLink(services, { path: "/history", query: "subject=web" });
  await window.settled();
  assert.deepEqual(
    [window.opened, told()],
    [
      [],
      [
        "This workspace is not trusted, so Devdeploy runs nothing here. Trust it first.",
        "This workspace is not trusted, so Devdeploy runs nothing here. Trust it first.",
      ],
    ],
  );
});
