import "../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { CommandServices } from "../../../src/ui/commands/services.ts";
import type { PodOfRow } from "../../../src/ui/tree/treeNode.ts";

interface FakeVscode {
  readonly picks: { readonly shown: unknown[]; answer: number };
  readonly workspace: { readonly shown: string[] };
}
// The loader puts the stand-in here.
const { picks, workspace } = (await import("vscode")) as unknown as FakeVscode;
const { openPodEvents, openPodLog, openPodYaml } = await import("../../../src/ui/commands/podDocuments.ts");

beforeEach(() => {
  picks.shown.length = 0;
  picks.answer = 0;
  workspace.shown.length = 0;
});

const services = (pod: Partial<PodOfRow> | undefined): CommandServices => {
  const row = { context: "staging", namespace: "dev1", name: "web-1", containers: ["app"], restarted: false };
  const tree = {
    subject: () => ({ folder: "demo", ...(pod === undefined ? {} : { pod: { ...row, ...pod } }) }),
  };
  return { tree } as unknown as CommandServices;
};

test("the log of an only container is opened without a question, and so are YAML and events", async () => {
  for (const open of [openPodLog, openPodYaml, openPodEvents]) await open(services({}), "row");
  assert.deepEqual(
    [workspace.shown, picks.shown],
    [["/web-1.app.log", "/web-1.yaml", "/web-1.events.log"], []],
  );
});

test("of several containers, or runs, the person says which log", async () => {
  picks.answer = 1;
  await openPodLog(services({ containers: ["app", "migrate"] }), "row");
  picks.answer = 0;
  await openPodLog(services({ restarted: true }), "row");
  picks.answer = -1;
  await openPodLog(services({ restarted: true }), "row");
  assert.deepEqual(
    [picks.shown, workspace.shown],
    [
      [
        ["app", "migrate"],
        ["app before its last restart", "app now"],
        ["app before its last restart", "app now"],
      ],
      ["/web-1.migrate.log", "/web-1.app.previous.log"],
    ],
  );
});

test("a row that is no pod's, or none at all, opens nothing", async () => {
  for (const open of [openPodLog, openPodYaml, openPodEvents]) {
    await open(services(undefined), "row");
    await open(services({}));
  }
  assert.deepEqual(workspace.shown, []);
});
