import type { MachineView } from "../../app/lockBoard.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import type { EnvironmentView } from "../../app/releaseSummary.ts";
import type { Tier } from "../../domain/config.ts";
import { waiterFact } from "../messages/facts.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { environmentRow, targetRow } from "./environmentRow.ts";
import { folderKind, waitedFor, type FolderView } from "./folderView.ts";
import { machineRow, type Onlooker } from "./machineRow.ts";
import type { Row } from "./row.ts";

/** A pod that has a row, as much as it takes to open its log, its YAML or its events. */
export interface PodOfRow {
  readonly context: string;
  readonly namespace: string;
  readonly name: string;
  /** Their names, the init containers' among them. */
  readonly containers: readonly string[];
  /** Some container has run before: its log of then can be read. */
  readonly restarted: boolean;
}

/** What a row is about, for the commands that are called on it. */
export interface Subject {
  readonly folder: string;
  readonly machine?: string;
  readonly url?: string;
  /** Whose history of releases it has; an environment's own row stands for all of its targets. */
  readonly history?: { readonly name: string; readonly target?: string };
  readonly pod?: PodOfRow;
}

/** A row with its place in the tree. The id stays the same while the row's texts change. */
export interface TreeNode {
  readonly id: string;
  readonly row: Row;
  readonly subject: Subject;
  readonly children: readonly TreeNode[];
  readonly isOpen: boolean;
}

/** The id of a machine's row, by which commands are called on it. */
export const machineId = (folder: string, machine: string): string => `${folder}/machine/${machine}`;

/** The id of an environment's row. */
export const environmentId = (folder: string, environment: string): string =>
  `${folder}/environment/${environment}`;

const TIERS: readonly Tier[] = ["production", "staging"];

/** The whole tree; each folder is a group of its own where there are several. */
export function treeNodes(folders: readonly FolderView[], isTrusted: boolean): readonly TreeNode[] {
  const [only] = folders;
  if (folders.length === 1 && only !== undefined) return groups(only);
  return folders.map((folder) => folderNode(folder, isTrusted));
}

function folderNode(folder: FolderView, isTrusted: boolean): TreeNode {
  const kind = folderKind(folder, isTrusted);
  return {
    id: folder.key,
    row: {
      label: shown(folder.name),
      description: kind === "rows" ? "" : words.folderTrouble(kind),
      tokens: ["folder", kind],
      facts: [],
    },
    subject: { folder: folder.key },
    children: kind === "rows" ? groups(folder) : [],
    isOpen: true,
  };
}

function groups(folder: FolderView): readonly TreeNode[] {
  const pools = folder.config.kind === "valid" ? folder.config.config.pools : [];
  return [
    ...TIERS.map((tier) => tierNode(folder, tier)),
    ...pools.map(({ name }) => poolNode(folder, name)),
  ].filter(({ children }) => children.length > 0);
}

function tierNode(folder: FolderView, tier: Tier): TreeNode {
  const environments = folder.releases.filter((environment) => environment.tier === tier);
  return {
    id: `${folder.key}/tier/${tier}`,
    row: { label: words.tierName(tier), description: "", tokens: ["tier", tier], facts: [] },
    subject: { folder: folder.key },
    children: environments.map((environment) => environmentNode(folder, environment)),
    isOpen: true,
  };
}

function environmentNode(folder: FolderView, environment: EnvironmentView): TreeNode {
  const operation = folder.work.find(({ name }) => name === environment.name)?.operation;
  const onlooker = onlookerAt(folder, environment.name);
  const id = environmentId(folder.key, environment.name);
  const url = environment.deprecated === undefined ? environment.url : environment.deprecated.url;
  const subject = { folder: folder.key, ...(url === undefined ? {} : { url }) };
  const targets = environment.targets.length > 1 ? environment.targets : [];
  const { name } = environment;
  const node = {
    id,
    row: environmentRow(environment, operation, onlooker),
    subject,
    children: targets.map((target) =>
      withHistory(
        folder,
        { name, target: target.name },
        {
          id: `${id}/${target.name}`,
          row: targetRow(target, environment.tier, onlooker),
          subject,
          children: [],
          isOpen: false,
        },
      ),
    ),
    isOpen: false,
  };
  return withHistory(folder, { name }, node);
}

/** Marks a row whose releases have a history that can be looked up. */
function withHistory(folder: FolderView, history: NonNullable<Subject["history"]>, node: TreeNode): TreeNode {
  const { config } = folder;
  const has =
    config.kind === "valid" &&
    rollbackSubjects(config.config).some(
      ({ name, target }) => name === history.name && (history.target ?? target) === target,
    );
  if (!has) return node;
  const { row, subject } = node;
  return {
    ...node,
    row: { ...row, tokens: [...row.tokens, "history"] },
    subject: { ...subject, history },
  };
}

/** Who looks at a machine or an environment, and when by its own clock. */
export const onlookerAt = (folder: FolderView, name: string): Onlooker => ({
  me: folder.me,
  now: folder.nowAt(name),
  flags: folder.flags(name),
});

function poolNode(folder: FolderView, pool: string): TreeNode {
  const machines = folder.machines.filter((machine) => machine.pool === pool);
  const waiters = folder.pools.find(({ name }) => name === pool)?.waiters ?? [];
  const doIWait = waitedFor(folder).includes(pool);
  return {
    id: `${folder.key}/pool/${pool}`,
    row: {
      label: shown(pool),
      description: words.parts(poolWords(machines), words.waitingCount(waiters.length)),
      tokens: ["pool", ...(doIWait ? ["waiting"] : [])],
      facts: waiters.map((waiter, index) => waiterFact(waiter, index + 1)),
    },
    subject: { folder: folder.key },
    children: machines.map((machine) => machineNode(folder, machine)),
    isOpen: true,
  };
}

function poolWords(machines: readonly MachineView[]): string {
  const known = machines.filter(({ state }) => state.kind !== "unknown");
  if (known.length === 0) return "";
  const free = known.filter(({ state }) => state.kind === "free" || state.kind === "expired");
  return words.poolFree(free.length, machines.length);
}

function machineNode(folder: FolderView, machine: MachineView): TreeNode {
  return withHistory(
    folder,
    { name: machine.name },
    {
      id: machineId(folder.key, machine.name),
      row: machineRow(machine, onlookerAt(folder, machine.name)),
      subject: {
        folder: folder.key,
        machine: machine.name,
        ...(machine.url === undefined ? {} : { url: machine.url }),
      },
      children: [],
      isOpen: false,
    },
  );
}

/** Every node below these, they themselves first. */
export const allNodes = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
  nodes.flatMap((node) => [node, ...allNodes(node.children)]);
