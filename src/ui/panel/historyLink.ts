import * as vscode from "vscode";
import type { WorkloadAddress } from "../../app/rolloutPorts.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import type { PanelMemory } from "../../protocol/panel.ts";
import { parseWorkload } from "./messages.ts";

const EXTENSION_ID = "devdeploy.devdeploy";
const PATH = "/history";
const ROLLOUT_PATH = "/rollout";
/** What devdeploy.json lets environments, machines and targets be called. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/u;
const MAX_LENGTH = 500;
/** A context may be an address of several hundred characters, and its signs may be written as three each. */
const MAX_ROLLOUT_LENGTH = 1_500;
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

/** A link that opens the rollouts of a workload in a window whose devdeploy.json names its namespace. */
export function rolloutLink({ context, namespace, kind, name }: WorkloadAddress): string {
  const query = new URLSearchParams({ context, namespace, kind, name });
  return `${vscode.env.uriScheme}://${EXTENSION_ID}${ROLLOUT_PATH}?${query.toString()}`;
}

export const isRolloutLink = ({ path }: Pick<vscode.Uri, "path">): boolean => path === ROLLOUT_PATH;

/** Reads a link to rollouts, which anybody may have written as well. */
export function readRolloutLink({
  path,
  query,
}: Pick<vscode.Uri, "path" | "query">): Result<WorkloadAddress, "not-ours"> {
  if (path !== ROLLOUT_PATH || query.length > MAX_ROLLOUT_LENGTH) return fail("not-ours");
  const parameters = [...new URLSearchParams(query)];
  const workload = parseWorkload(Object.fromEntries(parameters));
  // One that is named twice leaves open which of them is meant.
  return workload === undefined || parameters.length !== Object.keys(workload).length
    ? fail("not-ours")
    : ok(workload);
}

const isName = (text: string): boolean => text.length <= MAX_NAME_LENGTH && NAME.test(text);
