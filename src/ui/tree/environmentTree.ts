import * as vscode from "vscode";
import type { Disposable } from "../../app/emitter.ts";
import type { TeamFolders } from "../model/teamFolders.ts";
import { deprecatedUri, greyDeprecatedLabels } from "./deprecatedLabels.ts";
import { allNodes, treeNodes, type Subject, type TreeNode } from "./nodes.ts";
import { spoken, type Row } from "./row.ts";

/** Rows of the sidebar: a projection of what the folders hold. It asks nobody and decides nothing. */
export class EnvironmentTree implements vscode.TreeDataProvider<string>, Disposable {
  readonly #folders: TeamFolders;
  readonly #changes = new vscode.EventEmitter<string[] | undefined>();
  readonly #owned: readonly Disposable[];
  #roots: readonly TreeNode[] = [];
  #nodes = new Map<string, TreeNode>();

  readonly onDidChangeTreeData = this.#changes.event;

  constructor(folders: TeamFolders) {
    this.#folders = folders;
    this.#owned = [
      greyDeprecatedLabels(),
      this.#changes,
      folders.onChange(() => {
        this.#project();
      }),
    ];
  }

  getChildren(id?: string): string[] {
    const nodes = id === undefined ? this.#roots : (this.#nodes.get(id)?.children ?? []);
    return nodes.map((node) => node.id);
  }

  getTreeItem(id: string): vscode.TreeItem {
    const node = this.#nodes.get(id);
    return node === undefined ? new vscode.TreeItem("") : treeItem(node);
  }

  resolveTreeItem(item: vscode.TreeItem, id: string): vscode.TreeItem {
    const row = this.row(id);
    if (row !== undefined && row.facts.length > 0) item.tooltip = tooltip(row);
    return item;
  }

  /** What is on a row, for the commands that are called on it. */
  row(id: string): Row | undefined {
    return this.#nodes.get(id)?.row;
  }

  subject(id: string): Subject | undefined {
    return this.#nodes.get(id)?.subject;
  }

  /** The ids of all rows that have details. */
  get detailed(): readonly string[] {
    return [...this.#nodes.values()].filter(({ row }) => row.facts.length > 0).map(({ id }) => id);
  }

  #project(): void {
    const before = this.#nodes;
    const isShown = this.#folders.kind === "rows";
    this.#roots = isShown ? treeNodes(this.#folders.views, this.#folders.isTrusted) : [];
    this.#nodes = new Map(allNodes(this.#roots).map((node) => [node.id, node]));
    if (shape(before) !== shape(this.#nodes)) {
      this.#changes.fire(undefined);
      return;
    }
    const changed = [...this.#nodes.values()].filter(({ id, row }) => !isSameRow(before.get(id)?.row, row));
    if (changed.length > 0) this.#changes.fire(changed.map(({ id }) => id));
  }

  dispose(): void {
    for (const one of this.#owned) one.dispose();
  }
}

const shape = (nodes: ReadonlyMap<string, TreeNode>): string => JSON.stringify([...nodes.keys()]);

const isSameRow = (a: Row | undefined, b: Row): boolean => JSON.stringify(a) === JSON.stringify(b);

function treeItem({ id, row, children, isOpen }: TreeNode): vscode.TreeItem {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(row.label, children.length === 0 ? None : isOpen ? Expanded : Collapsed);
  item.id = id;
  item.description = row.description;
  item.contextValue = row.tokens.join(" ");
  item.accessibilityInformation = { label: spoken(row) };
  if (row.isDeprecated === true) item.resourceUri = deprecatedUri(id);
  if (row.icon !== undefined) item.iconPath = icon(row.icon);
  if (row.facts.length > 0 && children.length === 0) {
    // The title is what a screen reader offers; the command only shows.
    item.command = { command: "devdeploy.showDetails", title: spoken(row), arguments: [id] };
  }
  return item;
}

const icon = ({ id, color }: NonNullable<Row["icon"]>): vscode.ThemeIcon =>
  new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));

function tooltip(row: Row): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown("**").appendText(row.label).appendMarkdown("**\n\n");
  for (const { name, value } of row.facts) {
    text.appendText(`${name}: `).appendText(value).appendMarkdown("  \n");
  }
  return text;
}
