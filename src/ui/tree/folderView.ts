import type { EnvironmentView as WorkView, MachineView, PoolView } from "../../app/lockBoard.ts";
import type { EnvironmentView as ReleaseView, MachineReleaseView } from "../../app/releaseSummary.ts";
import { mayHeal, type ClusterError, type Liveness } from "../../domain/cluster.ts";
import type { ConfigState, TeamConfig } from "../../domain/config.ts";
import type { Flag } from "../../domain/flags.ts";
import { holderIdentity, type Person } from "../../domain/person.ts";
import type { EpochMs } from "../../domain/time.ts";

/** Everything the sidebar shows of one workspace folder, at one moment. */
export interface FolderView {
  readonly key: string;
  readonly name: string;
  readonly config: ConfigState;
  readonly machines: readonly MachineView[];
  /** Who waits for a machine of a pool. */
  readonly pools: readonly PoolView[];
  /** Who works at an environment. */
  readonly work: readonly WorkView[];
  /** What is released in an environment. */
  readonly releases: readonly ReleaseView[];
  /** What is released on a machine. */
  readonly machineReleases: readonly MachineReleaseView[];
  readonly me: Person | undefined;
  /** What is amiss with a machine. */
  readonly flags: (machine: string) => readonly Flag[];
  /** The API server's time where a machine or an environment is. */
  readonly nowAt: (name: string) => EpochMs;
  /** By this computer's clock. */
  readonly now: EpochMs;
}

/** What the view shows: its rows, or the welcome text of package.json that explains why there are none. */
export type ViewKind =
  | "rows"
  | "untrusted"
  | "noFolder"
  | "noConfig"
  | "badConfig"
  | "empty"
  | "noContext"
  | "unreachable"
  | "loading";

/** With several folders, rows are shown as soon as one of them has any; the others say what is amiss in theirs. */
export function viewKind(folders: readonly FolderView[], isTrusted: boolean): ViewKind {
  const [first] = folders;
  if (first === undefined) return "noFolder";
  if (folders.length === 1) return folderKind(first, isTrusted);
  const kinds = folders.map((folder) => folderKind(folder, isTrusted));
  const isAll = (kind: ViewKind): boolean => kinds.every((one) => one === kind);
  if (isAll("noConfig")) return "noConfig";
  return isTrusted ? "rows" : "untrusted";
}

/** What is to be said about one folder. A mistake in devdeploy.json is told in an untrusted workspace too. */
export function folderKind(folder: FolderView, isTrusted: boolean): ViewKind {
  switch (folder.config.kind) {
    case "absent":
      return isTrusted ? "noConfig" : "untrusted";
    case "unreadable":
    case "invalid":
      return "badConfig";
    case "valid":
      return isTrusted ? connectionKind(folder, folder.config.config) : "untrusted";
  }
}

function connectionKind(folder: FolderView, { environments, pools }: TeamConfig): ViewKind {
  if (environments.length === 0 && pools.length === 0) return "empty";
  const lives = livenesses(folder);
  // What is deprecated lies in no cluster, and has a row all the same.
  if (lives.length === 0 && folder.releases.length > 0) return "rows";
  if (lives.every(({ kind }) => kind === "connecting")) return "loading";
  if (isAnythingKnown(folder)) return "rows";
  const errors = lives.map(errorOf);
  if (errors.every((error) => error !== undefined && isAboutKubeconfig(error))) return "noContext";
  return errors.every((error) => error !== undefined && mayHeal(error)) ? "unreachable" : "rows";
}

/** Of every machine and environment that has a connection to speak of. */
export const livenesses = ({ machines, releases }: FolderView): readonly Liveness[] => [
  ...machines.map(({ liveness }) => liveness),
  ...releases.filter(({ targets }) => targets.length > 0).map(({ liveness }) => liveness),
];

const errorOf = (liveness: Liveness): ClusterError | undefined =>
  liveness.kind === "stale" ? liveness.error : undefined;

const isAnythingKnown = ({ machines, releases }: FolderView): boolean =>
  machines.some(({ state, lastKnown }) => state.kind !== "unknown" || lastKnown !== undefined) ||
  releases.some(({ targets }) =>
    targets.some(({ state }) => state.kind === "revision" || state.kind === "none"),
  );

const isAboutKubeconfig = ({ reason }: ClusterError): boolean =>
  reason === "kubeconfig-absent" || reason === "kubeconfig-unreadable" || reason === "context-unknown";

/** The connection that has been gone for longest; undefined where none is. */
export function worstLiveness(folders: readonly FolderView[]): (Liveness & { kind: "stale" }) | undefined {
  return folders
    .flatMap(livenesses)
    .filter((liveness) => liveness.kind === "stale")
    .sort((a, b) => a.since - b.since)[0];
}

/** The pools on whose waiting lists the person who looks is. */
export function waitedFor({ pools, me }: FolderView): readonly string[] {
  if (me === undefined) return [];
  const identity = holderIdentity(me);
  return pools.filter(({ waiters }) => waiters.some(({ by }) => by === identity)).map(({ name }) => name);
}
