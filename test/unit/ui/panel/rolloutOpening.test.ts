import "../../../fakes/vscode.ts";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { TeamConfig } from "../../../../src/domain/config.ts";
import { fail, ok } from "../../../../src/domain/result.ts";
import type { CommandServices } from "../../../../src/ui/commands/services.ts";
import { aConfig, aHelmDriver } from "../../../builders/deploy.ts";
import { anAddress } from "../../../builders/rollouts.ts";
import { TeamWindow } from "../../../fakes/teamWindow.ts";

interface FakeVscode {
  readonly notifications: { readonly shown: readonly { readonly text: string }[]; reset(): void };
}

// The loader puts the stand-in here.
const { notifications } = (await import("vscode")) as unknown as FakeVscode;
const { showHistory } = await import("../../../../src/ui/commands/showHistory.ts");
const { showRollouts, workloadItems } = await import("../../../../src/ui/commands/showRollouts.ts");
const { openLink } = await import("../../../../src/ui/links.ts");
const { readRolloutLink, rolloutLink } = await import("../../../../src/ui/panel/historyLink.ts");
const { parseMemory } = await import("../../../../src/ui/panel/messages.ts");
const { treeNodes } = await import("../../../../src/ui/tree/nodes.ts");
const { allNodes } = await import("../../../../src/ui/tree/treeNode.ts");

const LOCKS = { context: "staging", namespace: "devdeploy" };
const CONFIG: TeamConfig = aConfig({
  environments: [
    {
      name: "web",
      tier: "production",
      targets: [{ name: "web", driver: aHelmDriver({ context: "production", namespace: "buffer" }) }],
      locks: LOCKS,
    },
    {
      name: "worker",
      tier: "staging",
      targets: [
        {
          name: "worker",
          driver: {
            kind: "kubernetes",
            context: "staging",
            namespace: "jobs",
            deployment: "worker",
            container: "app",
            image: "app:${commit}",
          },
        },
      ],
      locks: LOCKS,
    },
  ],
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
        show: (about) => {
          this.opened.push(about);
        },
        tellEnd: () => Promise.resolve(),
      },
    };
    return known as CommandServices;
  }

  get rows(): readonly string[] {
    return allNodes(treeNodes(this.folders.views, true))
      .filter(({ row }) => row.tokens.includes("history"))
      .map(({ id }) => id);
  }

  static async awake(config = CONFIG): Promise<Opening> {
    const window = new Opening(undefined, config);
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

const WORKER = anAddress({ context: "staging", namespace: "jobs", name: "worker" });

test("the row of an environment that is deployed without helm opens its rollouts", async () => {
  const window = await Opening.awake();
  const id = window.rows.find((row) => row.includes("worker"));
  assert.ok(id);
  await showHistory(window.services, id);
  assert.deepEqual(window.opened, [
    { folder: "demo", subject: "Deployment/worker", target: "Deployment/worker", workload: WORKER },
  ]);
});

test("a link opens rollouts of a namespace that devdeploy.json names, and of no other", async () => {
  const window = await Opening.awake();
  const open = (link: string): Promise<void> => {
    const url = new URL(link);
    return openLink(window.services, { path: url.pathname, query: url.search.slice(1) });
  };
  await open(rolloutLink(WORKER));
  void open(rolloutLink(anAddress({ namespace: "kube-system" })));
  await window.settled();
  void open("vscode://devdeploy.devdeploy/rollout?context=staging");
  await window.settled();
  assert.deepEqual(
    [window.opened.length, told()],
    [
      1,
      [
        "That link asks for rollouts in the namespace kube-system of the context production, which devdeploy.json of this window does not name. Open the folder of the right repository, then try again.",
        "That link is none that Devdeploy knows, so nothing was opened.",
      ],
    ],
  );
});

test("a link leads back to what it was made for, and one that names no workload is not read", () => {
  const address = anAddress({ context: "arn:aws:eks:eu:1:cluster/prod", name: "web.v2" });
  const read = (query: string, path = "/rollout"): unknown => {
    const link = readRolloutLink({ path, query });
    return link.ok ? link.value : link.error;
  };
  const query = new URL(rolloutLink(address)).search.slice(1);
  const base = "context=c&namespace=n&kind=Deployment&name=web";
  assert.deepEqual(
    [
      read(query),
      read(base, "/history"),
      read(`${base}&revision=3`),
      read(`${base}&name=api`),
      read("context=c&namespace=n&kind=Pod&name=web"),
      read("context=c&namespace=n&kind=Deployment&name=../x"),
      read("context=c&namespace=n&kind=Deployment&name=web%20--all"),
      read("context=%E2%80%AEc&namespace=n&kind=Deployment&name=web"),
      read("context=&namespace=n&kind=Deployment&name=web"),
      read(`context=${"c".repeat(2_000)}&namespace=n&kind=Deployment&name=web`),
    ],
    [address, ...Array.from({ length: 9 }, () => "not-ours")],
  );
});

test("what was kept of a panel comes back with its workload, and not with one that can be none", () => {
  const about = { folder: "demo", subject: "Deployment/web", target: "Deployment/web" };
  assert.deepEqual(
    [
      parseMemory({ ...about, workload: anAddress(), chosen: 3 }),
      parseMemory({ ...about, workload: { ...anAddress(), kind: "Pod" } }),
      parseMemory({ ...about, workload: { ...anAddress(), namespace: "a/b" } }),
    ],
    [{ ...about, workload: anAddress(), chosen: 3 }, undefined, undefined],
  );
});

test("the list tells images and managers, and a namespace that cannot be read says why", () => {
  const items = workloadItems([
    {
      place: { context: "staging", namespace: "jobs" },
      answer: ok([
        { address: WORKER, images: ["registry.example.com/app:1"] },
        {
          address: { ...WORKER, kind: "StatefulSet", name: "db" },
          images: ["postgres:17"],
          manager: { kind: "helm", release: "web", namespace: "jobs" },
        },
      ]),
    },
    { place: { context: "staging", namespace: "empty" }, answer: ok([]) },
    {
      place: { context: "production", namespace: "buffer" },
      answer: fail({ reason: "unreachable", server: "https://prod", detail: "ECONNREFUSED" }),
    },
    { place: { context: "production", namespace: "slow" } },
  ]);
  assert.deepEqual(
    items.map((item) =>
      "heading" in item
        ? `# ${item.heading}`
        : [item.label, item.description, item.detail].filter(Boolean).join(" | "),
    ),
    [
      "# namespace jobs · context staging",
      "$(layers) Deployment/worker | app:1",
      "$(database) StatefulSet/db | postgres:17 · managed by helm release web",
      "# namespace empty · context staging",
      "$(info) No workload in this namespace",
      "# namespace buffer · context production",
      "$(warning) Could not be listed | https://prod cannot be reached: ECONNREFUSED. Check the network or the VPN.",
    ],
  );
});

test("without a namespace in devdeploy.json the command says so", async () => {
  const window = await Opening.awake(aConfig({ environments: [], pools: [], services: [] }));
  void showRollouts(window.services);
  await window.settled();
  assert.deepEqual(
    [window.rollouts.listed, told()],
    [[], ["devdeploy.json names no namespace of a cluster, so there are no rollouts to show."]],
  );
});
