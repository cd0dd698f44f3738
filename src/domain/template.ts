import { shortCommit, safeBranchName, safeName, type BranchName, type CommitHash } from "./branch.ts";
import type { ValueNode, ValueTree } from "./config.ts";

/** A text of devdeploy.json in which `${commit}` and its like stand for facts of a deploy. */
export type TemplateText = string;

export const TEMPLATE_NAMES = ["commit", "shortCommit", "branch", "machine", "environment", "user"] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

export interface UnknownTemplate {
  readonly name: string;
  /** Where `${` begins in the text, in UTF-16 units. */
  readonly offset: number;
  readonly length: number;
}

const TEMPLATE = /\$\{(?<name>[^}]*)\}?/gu;

/** Every `${…}` of the text that names no fact, or is not closed. */
export function unknownTemplates(text: TemplateText): readonly UnknownTemplate[] {
  const unknown: UnknownTemplate[] = [];
  for (const match of text.matchAll(TEMPLATE)) {
    const name = match.groups?.["name"] ?? "";
    const isClosed = match[0].endsWith("}");
    if (isClosed && TEMPLATE_NAMES.some((known) => known === name)) continue;
    unknown.push({ name, offset: match.index, length: match[0].length });
  }
  return unknown;
}

export interface TemplateFacts {
  readonly commit: CommitHash;
  readonly branch: BranchName;
  /** The part of the person's mail before the `@`, made safe for names. */
  readonly user: string;
  readonly machine?: string;
  readonly environment?: string;
}

/** `${user}` of a mail: the part before the `@`, made safe for names. */
export const templateUser = (mail: string): string => safeName(mail.split("@", 1)[0] ?? "", "user");

/** Fills the templates of a text. A fact that the deploy does not have becomes an empty text. */
export function renderTemplate(text: TemplateText, facts: TemplateFacts): string {
  const values: Record<TemplateName, string> = {
    commit: facts.commit,
    shortCommit: shortCommit(facts.commit),
    branch: safeBranchName(facts.branch),
    machine: facts.machine ?? "",
    environment: facts.environment ?? "",
    user: facts.user,
  };
  return text.replaceAll(TEMPLATE, (whole, name: string) =>
    Object.hasOwn(values, name) ? values[name as TemplateName] : whole,
  );
}

/** Fills every text of a tree of values. Keys are no templates, and what is no text stays as it is. */
export function renderValues(values: ValueTree, facts: TemplateFacts): ValueTree {
  return Object.fromEntries(Object.entries(values).map(([key, node]) => [key, renderNode(node, facts)]));
}

function renderNode(node: ValueNode, facts: TemplateFacts): ValueNode {
  if (typeof node === "string") return renderTemplate(node, facts);
  if (node === null || typeof node !== "object") return node;
  return isList(node) ? node.map((part) => renderNode(part, facts)) : renderValues(node, facts);
}

// Array.isArray does not narrow readonly arrays away from records.
const isList = (node: readonly ValueNode[] | ValueTree): node is readonly ValueNode[] => Array.isArray(node);

/** Fills a text that only names its place; undefined where it asks for facts that only a deploy has. */
export function renderPlace(
  text: TemplateText,
  place: { readonly machine?: string; readonly environment?: string },
): string | undefined {
  const values: Partial<Record<string, string>> = place;
  const isKnown = [...text.matchAll(TEMPLATE)].every((match) => {
    const name = match.groups?.["name"] ?? "";
    return Object.hasOwn(values, name);
  });
  return isKnown ? text.replaceAll(TEMPLATE, (whole, name: string) => values[name] ?? whole) : undefined;
}
