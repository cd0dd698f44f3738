import type { MachineView } from "../../app/lockBoard.ts";
import { shortCommit } from "../../domain/branch.ts";
import type { LockState } from "../../domain/lock.ts";
import { isSamePerson } from "../../domain/person.ts";
import type { EpochMs } from "../../domain/time.ts";
import { parts } from "../messages/rows.ts";
import type { RowAction, StatusSection, TableLine } from "../messages/status.ts";
import { localAndUtc } from "../messages/time.ts";
import { environmentRow } from "../tree/environmentRow.ts";
import type { FolderView } from "../tree/folderView.ts";
import { isMine, machineRow } from "../tree/machineRow.ts";
import { environmentId, hasHistory, machineId, onlookerAt } from "../tree/nodes.ts";
import type { Row } from "../tree/row.ts";

/** A machine or an environment in the status list. */
export interface StatusEntry {
  /** Of its row in the tree, by which commands are called on it. */
  readonly id: string;
  readonly section: StatusSection;
  readonly row: Row;
  readonly url?: string;
  readonly actions: readonly RowAction[];
  readonly line: TableLine;
}

const ORDER: readonly StatusSection[] = [
  "mine",
  "free",
  "held",
  "kept",
  "blocked",
  "unknown",
  "environments",
];

/** All machines and environments of a folder, in the order in which they are of interest to whoever looks. */
export function statusEntries(folder: FolderView): readonly StatusEntry[] {
  const machines = folder.machines.map((machine) => ({
    entry: machineEntry(folder, machine),
    end: endOf(machine.state),
  }));
  const byEnd = machines.sort((a, b) => Math.sign(a.end - b.end) || 0).map(({ entry }) => entry);
  const entries = [...byEnd, ...folder.releases.map((release) => environmentEntry(folder, release))];
  return ORDER.flatMap((section) => entries.filter((entry) => entry.section === section));
}

function machineEntry(folder: FolderView, machine: MachineView): StatusEntry {
  const { name, pool, url } = machine;
  const now = folder.nowAt(name);
  const row = machineRow(machine, onlookerAt(folder, name));
  const isAlone = folder.machines.every((one) => one.pool === pool);
  return {
    id: machineId(folder.key, name),
    section: sectionOf(machine, folder),
    row: isAlone ? row : { ...row, description: parts(row.description, pool) },
    ...(url === undefined ? {} : { url }),
    actions: actionsOf(machine, folder),
    line: machineLine(machine, row.description, now),
  };
}

function sectionOf({ state }: MachineView, { me }: FolderView): StatusSection {
  switch (state.kind) {
    case "free":
    case "expired":
      return "free";
    case "held":
      return isMine(state, me) ? "mine" : "held";
    case "kept":
      return me !== undefined && isSamePerson(state.for, me) ? "mine" : "kept";
    case "unreadable":
    case "missing":
      return "blocked";
    case "unknown":
      return "unknown";
  }
}

function endOf(state: LockState): EpochMs {
  if (state.kind === "held") return state.hold.until;
  return state.kind === "kept" ? state.until : Infinity;
}

/** The first is what Enter does twice in a row. */
function actionsOf(machine: MachineView, folder: FolderView): readonly RowAction[] {
  const { state, url } = machine;
  const address: readonly RowAction[] = url === undefined ? [] : ["open", "copy-url"];
  const past: readonly RowAction[] = hasHistory(folder, { name: machine.name }) ? ["history"] : [];
  const rest: readonly RowAction[] = [...address, ...past, "details"];
  switch (sectionOf(machine, folder)) {
    case "mine":
      return state.kind === "held"
        ? [...address, "redeploy", "extend", "unlock", ...past, "details"]
        : ["devdeploy", "stop-waiting", ...rest];
    case "free":
      return ["devdeploy", ...rest];
    case "held":
      return ["ask", "unlock", ...rest];
    case "blocked":
      return state.kind === "unreadable" ? ["unlock", ...rest] : rest;
    case "kept":
    case "unknown":
    case "environments":
      return rest;
  }
}

function machineLine({ state, name }: MachineView, words: string, now: EpochMs): TableLine {
  if (state.kind !== "held") return { name, state: words };
  const { by, branch, commit, until } = state.hold;
  return {
    name,
    state: by.name,
    ...(branch === undefined ? {} : { branch }),
    ...(commit === undefined ? {} : { commit: shortCommit(commit) }),
    until: localAndUtc(until, now),
  };
}

function environmentEntry(folder: FolderView, release: FolderView["releases"][number]): StatusEntry {
  const operation = folder.work.find(({ name }) => name === release.name)?.operation;
  const row = environmentRow(release, operation, onlookerAt(folder, release.name));
  const url = release.deprecated === undefined ? release.url : release.deprecated.url;
  const address: readonly RowAction[] = url === undefined ? [] : ["open", "copy-url"];
  const past: readonly RowAction[] = hasHistory(folder, { name: release.name }) ? ["history"] : [];
  return {
    id: environmentId(folder.key, release.name),
    section: "environments",
    row,
    ...(url === undefined ? {} : { url }),
    actions: [...address, ...past, ...(row.facts.length > 0 ? (["details"] as const) : [])],
    line: { name: release.name, state: row.description },
  };
}
