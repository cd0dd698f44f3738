import { readyOfAll, type PodsSnapshot, type PodsSubject } from "../../app/livePods.ts";
import { podsSubject } from "../../app/livePodsSubjects.ts";
import type { TargetState, TargetView } from "../../app/releaseSummary.ts";
import type { SubjectName } from "../../app/rollbackSubjects.ts";
import type { OperationRecord } from "../../domain/operation.ts";
import { isPending } from "../../domain/release.ts";
import { readyPart } from "../messages/pods.ts";
import * as words from "../messages/rows.ts";
import type { FolderView } from "./folderView.ts";
import { podNodes } from "./podRows.ts";
import type { PodsOfRow, TreeNode } from "./treeNode.ts";

/** What is known of rows' pods beside what the folders hold. */
export interface PodsOfRows {
  /** By the row's id; undefined while they are not watched. */
  of(id: string): PodsSnapshot | undefined;
  /** A name for what this window itself does there; undefined where it does nothing. */
  ownWork(subject: PodsSubject): string | undefined;
}

/** Gives a row its pods, where anything is deployed there. */
export function withPods(
  folder: FolderView,
  { name, target, work }: SubjectName & { readonly work: readonly string[] },
  { node, state, pods }: { readonly node: TreeNode; readonly state: TargetState; readonly pods: PodsOfRows },
): TreeNode {
  const { config } = folder;
  const subject =
    config.kind === "valid" && mayHavePods(state) ? podsSubject(config.config, { name, target }) : undefined;
  if (subject === undefined) return node;
  const own = pods.ownWork(subject);
  const found: PodsOfRow = { subject, work: own === undefined ? work : [...work, own] };
  const snapshot = pods.of(node.id);
  if (snapshot === undefined) return { ...node, pods: found };
  const figures = found.work.length === 0 ? undefined : readyOfAll(snapshot);
  const { row } = node;
  // What changes goes before what stays, which a narrow sidebar cuts off.
  const description =
    figures === undefined ? row.description : words.parts(readyPart(figures), row.description);
  const children = podNodes({ id: node.id, folder: folder.key }, snapshot);
  return { ...node, row: { ...row, description }, children, pods: found };
}

/** A row keeps what is below it while its connection is gone: there it says so. */
function mayHavePods(state: TargetState): boolean {
  switch (state.kind) {
    case "revision":
      return state.status !== "uninstalled";
    case "rollout":
    case "unknown":
      return true;
    case "reading":
    case "none":
    case "not-recorded":
      return false;
  }
}

/**
 * What is under way at a target, by names that stay the same for as long as it is. An operation Lease speaks for a
 * whole environment: of several targets it means those at which helm works, else the one that was deployed last.
 */
export function workAt(
  target: TargetView,
  { operation, among }: { operation: OperationRecord | undefined; among: readonly TargetView[] },
): readonly string[] {
  const { state } = target;
  const isAtIt = isPendingState(state);
  const pending = state.kind === "revision" && isAtIt ? [`revision ${state.revision}`] : [];
  if (operation?.kind !== "working") return pending;
  const isMeant = among.some((one) => isPendingState(one.state)) ? isAtIt : target === latest(among);
  return isMeant ? [`run ${operation.run}`, ...pending] : pending;
}

const isPendingState = (state: TargetState): boolean => state.kind === "revision" && isPending(state.status);

const deployedAt = ({ state }: TargetView): number =>
  state.kind === "revision" ? state.deployedAt : state.kind === "rollout" ? (state.since ?? 0) : 0;

const latest = ([first, ...others]: readonly TargetView[]): TargetView | undefined =>
  others.reduce(
    (found, one) => (found !== undefined && deployedAt(found) >= deployedAt(one) ? found : one),
    first,
  );
