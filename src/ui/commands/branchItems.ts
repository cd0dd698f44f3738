import type { RepositoryError } from "../../app/ports.ts";
import type { TargetState } from "../../app/releaseSummary.ts";
import { shortCommit, type BranchName, type CommitHash, type KnownBranch } from "../../domain/branch.ts";
import type { EpochMs } from "../../domain/time.ts";
import * as say from "../messages/chosen.ts";
import { repositorySentence } from "../messages/repository.ts";
import { shown, withoutIcons } from "../messages/text.ts";
import type { FolderView } from "../tree/folderView.ts";
import type { Heading, LiveItem } from "./livePick.ts";

/** What git has told so far; the remote answers later than the clone. */
export interface BranchesSoFar {
  readonly current: BranchName | undefined;
  readonly known: readonly KnownBranch[];
  /** Undefined until it has answered. */
  readonly remote: ReadonlyMap<BranchName, CommitHash> | undefined;
  readonly trouble: RepositoryError | undefined;
  readonly now: EpochMs;
}

type Item = LiveItem<BranchName> | Heading;

type Running = Pick<FolderView, "machines" | "releases">;

/** Branches by their newest commit, then those that only the remote has. */
export function branchItems(so: BranchesSoFar, at: Running): readonly Item[] {
  const known = so.known.filter((branch) => !isGone(branch, so));
  const names = new Set(known.map(({ branch }) => branch));
  const others = [...(so.remote ?? [])].filter(([branch]) => !names.has(branch));
  const items: Item[] = [
    ...known.map((branch) => knownItem(branch, so, at)),
    ...others.map(([branch, commit]) => otherItem(branch, commit, at)),
  ];
  if (so.trouble === undefined) return items;
  const why = { key: "trouble", label: `$(warning) ${say.why()}`, detail: repositorySentence(so.trouble) };
  return [{ heading: say.asFetchedLast() }, ...items, { heading: "" }, why];
}

/** Which remote would have it is not known, so that nothing can be said of a branch. */
const isUnclear = ({ trouble }: BranchesSoFar): boolean => trouble?.reason === "remote-unclear";

/** It was on the remote when that was fetched last, and is not any more. */
const isGone = ({ branch, isOnRemote }: KnownBranch, { remote }: BranchesSoFar): boolean =>
  isOnRemote && remote !== undefined && !remote.has(branch);

function knownItem(known: KnownBranch, so: BranchesSoFar, at: Running): Item {
  const { branch, commit } = known;
  const there = so.remote?.get(branch);
  const notes = say.branchNotes({
    isCurrent: branch === so.current,
    places: running(branch, at),
    hasMoved: there !== undefined && there !== commit,
    isNotPushed: so.remote === undefined ? !known.isOnRemote && !isUnclear(so) : there === undefined,
  });
  return item(branch, notes, say.commitWords(known, so.now));
}

const otherItem = (branch: BranchName, commit: CommitHash, at: Running): Item =>
  item(
    branch,
    say.branchNotes({
      isCurrent: false,
      places: running(branch, at),
      hasMoved: false,
      isNotPushed: false,
    }),
    say.notFetched(shortCommit(commit)),
  );

const item = (branch: BranchName, description: string, detail: string): Item => ({
  key: branch,
  label: withoutIcons(shown(branch)),
  description,
  detail,
  value: branch,
});

/** Machines by their locks, environments by what was deployed there; only what is current counts. */
const running = (branch: BranchName, { machines, releases }: Running): readonly string[] => [
  ...machines
    .filter(({ state }) => state.kind === "held" && state.hold.branch === branch)
    .map(({ name }) => name),
  ...releases
    .filter(({ targets }) =>
      targets.some(({ state, liveness }) => liveness.kind === "live" && runs(state, branch)),
    )
    .map(({ name }) => name),
];

const runs = (state: TargetState, branch: BranchName): boolean =>
  state.kind === "rollout"
    ? state.branch === branch
    : state.kind === "revision" && state.status === "deployed" && state.branch === branch;
