import * as vscode from "vscode";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { PanelMemory } from "../../protocol/panel.ts";

const EXTENSION_ID = "devdeploy.devdeploy";
const PATH = "/history";
/** What devdeploy.json lets environments, machines and targets be called. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const MAX_LENGTH = 500;
const MAX_NAME_LENGTH = 63;

/** What a link asks for: a history to be opened, and never anything more. */
export interface LinkedHistory {
  readonly subject: string;
  readonly target?: string;
}

/** A link that opens the history of a release in a window that has its repository open. */
export function historyLink({ subject, target }: Pick<PanelMemory, "subject" | "target">): string {
  const query = new URLSearchParams(target === subject ? { subject } : { subject, target });
  return `${vscode.env.uriScheme}://${EXTENSION_ID}${PATH}?${query.toString()}`;
}

/** Reads a link, which anybody may have written: whatever it does not know, it does not open. */
export function readLink({
  path,
  query,
}: Pick<vscode.Uri, "path" | "query">): Result<LinkedHistory, "not-ours" | "unnamed"> {
  if (path !== PATH || query.length > MAX_LENGTH) return fail("not-ours");
  const parameters = new URLSearchParams(query);
  const names = [...parameters.keys()];
  const isKnown = names.every((name) => name === "subject" || name === "target");
  if (!isKnown || new Set(names).size !== names.length) return fail("not-ours");
  const subject = parameters.get("subject") ?? "";
  const target = parameters.get("target");
  if (!isName(subject) || (target !== null && !isName(target))) return fail("unnamed");
  return ok({ subject, ...(target === null ? {} : { target }) });
}

const isName = (text: string): boolean => text.length <= MAX_NAME_LENGTH && NAME.test(text);
