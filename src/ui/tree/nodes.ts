import type { MachineView } from "../../app/lockBoard.ts";
import { rollbackSubjects } from "../../app/rollbackSubjects.ts";
import { rolloutSubjects } from "../../app/rolloutSubjects.ts";
import type { EnvironmentView, TargetView } from "../../app/releaseSummary.ts";
import type { Tier } from "../../domain/config.ts";
import { waiterFact } from "../messages/facts.ts";
import * as words from "../messages/rows.ts";
import { shown } from "../messages/text.ts";
import { environmentRow, targetRow } from "./environmentRow.ts";
import { folderKind, waitedFor, type FolderView } from "./folderView.ts";
import { machineRow, type Onlooker } from "./machineRow.ts";
import { withPods, workAt, type PodsOfRows } from "./rowPods.ts";
import type { Subject, TreeNode } from "./treeNode.ts";

/** The id of a machine's row, by which commands are called on it. */
export const machineId = (folder: string, machine: string): string => `${folder}/machine/${machine}`;

/** The id of a pool's row. */
export const poolId = (folder: string, pool: string): string => `${folder}/pool/${pool}`;

/** The id of an environment's row. */
export const environmentId = (folder: string, environment: string): string =>
  `${folder}/environment/${environment}`;

/** Nothing is opened, and this window does nothing. */
const NO_PODS: PodsOfRows = { of: () => undefined, ownWork: () => undefined };

const TIERS: readonly Tier[] = ["production", "staging"];

/** The whole tree; each folder is a group of its own where there are several. */
export function treeNodes(
  folders: readonly FolderView[],
  isTrusted: boolean,
  pods: PodsOfRows = NO_PODS,
): readonly TreeNode[] {
  const [only] = folders;
  if (folders.length === 1 && only !== undefined) return groups(only, pods);
  return folders.map((folder) => folderNode(folder, isTrusted, pods));
}

function folderNode(folder: FolderView, isTrusted: boolean, pods: PodsOfRows): TreeNode {
  const kind = folderKind(folder, isTrusted);
  return {
    // VS Code keeps a row closed that it knew without anything below it; this is another one to it.
    id: kind === "rows" ? `${folder.key}/rows` : folder.key,
    row: {
      label: shown(folder.name),
      description: kind === "rows" ? "" : words.folderTrouble(kind),
      tokens: ["folder", kind],
      facts: [],
    },
    subject: { folder: folder.key },
    children: kind === "rows" ? groups(folder, pods) : [],
    isOpen: true,
  };
}

function groups(folder: FolderView, pods: PodsOfRows): readonly TreeNode[] {
  const pools = folder.config.kind === "valid" ? folder.config.config.pools : [];
  return [
    ...TIERS.map((tier) => tierNode(folder, tier, pods)),
    ...pools.map(({ name }) => poolNode(folder, name, pods)),
  ].filter(({ children }) => children.length > 0);
}

function tierNode(folder: FolderView, tier: Tier, pods: PodsOfRows): TreeNode {
  const environments = folder.releases.filter((environment) => environment.tier === tier);
  return {
    id: `${folder.key}/tier/${tier}`,
    row: { label: words.tierName(tier), description: "", tokens: ["tier", tier], facts: [] },
    subject: { folder: folder.key },
    children: environments.map((environment) => environmentNode(folder, environment, pods)),
    isOpen: true,
  };
}

function environmentNode(folder: FolderView, environment: EnvironmentView, pods: PodsOfRows): TreeNode {
  const operation = folder.work.find(({ name }) => name === environment.name)?.operation;
  const onlooker = onlookerAt(folder, environment.name);
  const id = environmentId(folder.key, environment.name);
  const url = environment.deprecated === undefined ? environment.url : environment.deprecated.url;
  const subject = { folder: folder.key, ...(url === undefined ? {} : { url }) };
  const { name, targets } = environment;
  const podsAt = (target: TargetView, node: TreeNode): TreeNode => {
    const work = workAt(target, { operation, among: targets });
    return withPods(folder, { name, target: target.name, work }, { node, state: target.state, pods });
  };
  const [only] = targets;
  const node: TreeNode = {
    id,
    row: environmentRow(environment, operation, onlooker),
    subject,
    children: (targets.length > 1 ? targets : []).map((target) =>
      podsAt(
        target,
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
    ),
    isOpen: false,
  };
  const found = withHistory(folder, { name }, node);
  if (only === undefined || targets.length > 1 || environment.deprecated !== undefined) return found;
  return podsAt(only, found);
}

/** Whether releases or workloads of that name have a history that can be looked up. */
export function hasHistory({ config }: FolderView, history: NonNullable<Subject["history"]>): boolean {
  const isNamed = ({ name, target }: { readonly name: string; readonly target: string }): boolean =>
    name === history.name && (history.target ?? target) === target;
  return (
    config.kind === "valid" &&
    (rollbackSubjects(config.config).some(isNamed) ||
      rolloutSubjects(config.config).some(({ place }) => place !== undefined && isNamed(place)))
  );
}

/** Marks a row that has a history. */
function withHistory(folder: FolderView, history: NonNullable<Subject["history"]>, node: TreeNode): TreeNode {
  if (!hasHistory(folder, history)) return node;
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

function poolNode(folder: FolderView, pool: string, pods: PodsOfRows): TreeNode {
  const machines = folder.machines.filter((machine) => machine.pool === pool);
  const waiters = folder.pools.find(({ name }) => name === pool)?.waiters ?? [];
  const doIWait = waitedFor(folder).includes(pool);
  return {
    id: poolId(folder.key, pool),
    row: {
      label: shown(pool),
      description: words.parts(poolWords(machines), words.waitingCount(waiters.length)),
      tokens: ["pool", ...(waiters.length > 0 ? ["details"] : []), ...(doIWait ? ["waiting"] : [])],
      facts: waiters.map((waiter, index) => waiterFact(waiter, index + 1)),
    },
    subject: { folder: folder.key },
    children: machines.map((machine) => machineNode(folder, machine, pods)),
    isOpen: true,
  };
}

function poolWords(machines: readonly MachineView[]): string {
  const known = machines.filter(({ state }) => state.kind !== "unknown");
  if (known.length === 0) return "";
  const free = known.filter(({ state }) => state.kind === "free" || state.kind === "expired");
  return words.poolFree(free.length, machines.length);
}

function machineNode(folder: FolderView, machine: MachineView, pods: PodsOfRows): TreeNode {
  const { name, operation } = machine;
  const node = withHistory(
    folder,
    { name },
    {
      id: machineId(folder.key, name),
      row: machineRow(machine, onlookerAt(folder, name)),
      subject: {
        folder: folder.key,
        machine: name,
        ...(machine.url === undefined ? {} : { url: machine.url }),
      },
      children: [],
      isOpen: false,
    },
  );
  const target = folder.machineReleases.find((one) => one.name === name)?.target;
  if (target === undefined) return node;
  const work = workAt(target, { operation, among: [target] });
  return withPods(folder, { name, target: name, work }, { node, state: target.state, pods });
}
