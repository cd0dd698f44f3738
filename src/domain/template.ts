import { shortCommit, safeBranchName, type BranchName, type CommitHash } from "./branch.ts";

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
