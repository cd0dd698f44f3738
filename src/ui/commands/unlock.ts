import * as vscode from "vscode";
import type { MachineView } from "../../app/lockBoard.ts";
import type { UnlockOutcome } from "../../app/unlockMachine.ts";
import type { Machine } from "../../domain/config.ts";
import { holderIdentity, type Person } from "../../domain/person.ts";
import { isConfirmed } from "../confirm.ts";
import * as say from "../messages/unlock.ts";
import type { UnlockRequest } from "../model/connection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import type { FolderView } from "../tree/folderView.ts";
import { isMine } from "../tree/machineRow.ts";
import { folderOf } from "./choose.ts";
import { othersLock } from "./fullPoolItems.ts";
import { livePick } from "./livePick.ts";
import { areLocksKnown } from "./locksKnown.ts";
import { machinesFor } from "./machineItems.ts";
import { askReason, given } from "./reason.ts";
import type { CommandServices } from "./services.ts";

const TOAST_SHOWN_MS = 5_000;

/** Unlocks the machine of the row, or the one that the person picks: theirs at once, another's after a question. */
export async function unlock(services: CommandServices, id?: string): Promise<void> {
  const folder = await folderOf(services, id);
  if (folder === undefined) return;
  const subject = id === undefined ? undefined : services.tree.subject(id);
  const name = subject?.machine ?? (await pickLocked(services, folder));
  if (name !== undefined) await unlockNamed(services, folder, name);
}

/** Unlocks the machine of that name; answers whether it is unlocked. */
export async function unlockNamed(
  services: CommandServices,
  folder: TeamFolder,
  name: string,
): Promise<boolean> {
  const found = find(folder, name);
  if (found === undefined) return refuse(say.unknownNow(name));
  const { state } = found.view;
  switch (state.kind) {
    case "free":
    case "expired":
    case "kept":
    case "missing":
      return refuse(say.notLocked(name));
    case "unknown":
      return refuse(say.unknownNow(name));
    case "unreadable":
      return clearUnreadable(services, folder, name);
    case "held":
      return isMine(state, found.me)
        ? unlockMine(services, folder, found)
        : unlockOthers(services, folder, found);
  }
}

interface Found {
  readonly machine: Machine;
  readonly view: MachineView;
  readonly me: Person;
}

/** Undefined where the machine is none of the team's any more, or where it is not known yet who asks. */
function find(folder: TeamFolder, name: string): Found | undefined {
  const machine = folder.team?.pools.flatMap(({ machines }) => machines).find((one) => one.name === name);
  const view = folder.view.machines.find((one) => one.name === name);
  const { me } = folder;
  return machine === undefined || view === undefined || me === undefined ? undefined : { machine, view, me };
}

function refuse(notice: Parameters<typeof showNotice>[0]): false {
  void showNotice(notice);
  return false;
}

async function unlockMine(
  services: CommandServices,
  folder: TeamFolder,
  { machine, view, me }: Found,
): Promise<boolean> {
  const { name } = machine;
  const isAtWork = services.running.current?.machine === name || view.operation?.kind === "working";
  if (isAtWork) return refuse(say.unlockWhileDeploying(name));
  const toast = say.unlockedToast(name, waitingFor(folder.view, machine.pool, me));
  return send(services, folder, { machine, by: me }, toast);
}

async function unlockOthers(
  services: CommandServices,
  folder: TeamFolder,
  { machine, view, me }: Found,
): Promise<boolean> {
  const { name } = machine;
  const first = othersLock(view);
  if (first === undefined) return refuse(say.unknownNow(name));
  const who = first.hold.by.name;
  const reason = await askReason({ title: say.unlockTitle(name, who), prompt: say.reasonPrompt(who) });
  if (reason === undefined) return false;
  // The dialog shows the lock as it is when it opens, and that very lock is the one that is ended.
  const now = find(folder, name);
  const lock = now === undefined ? undefined : othersLock(now.view);
  if (lock === undefined) return unlockNamed(services, folder, name);
  const modal = say.unlockModal({
    machine: name,
    hold: lock.hold,
    history: lock.history,
    waiting: waitingFor(folder.view, machine.pool, me),
    operation: lock.operation,
    reason,
    now: folder.view.nowAt(name),
  });
  if (!(await isConfirmed(modal))) return false;
  const request: UnlockRequest = { machine, by: me, shown: lock.shown, ...given(reason) };
  return send(services, folder, request, say.unlockedOthersToast(name, lock.hold.by.name));
}

const waitingFor = ({ pools }: FolderView, pool: string, me: Person): readonly string[] =>
  (pools.find(({ name }) => name === pool)?.waiters ?? [])
    .filter(({ by }) => by !== holderIdentity(me))
    .map(({ name }) => name);

/** Frees a machine whose lock says nothing that could be understood; answers whether it is free. */
export async function clearUnreadable(
  services: CommandServices,
  folder: TeamFolder,
  name: string,
): Promise<boolean> {
  const found = find(folder, name);
  const { state, lock } = found?.view ?? {};
  if (found === undefined || state?.kind !== "unreadable" || lock === undefined) {
    return refuse(say.unknownNow(name));
  }
  if (!(await isConfirmed(say.clearModal(name, state)))) return false;
  const request: UnlockRequest = { machine: found.machine, by: found.me, shownVersion: lock.version };
  const waiting = waitingFor(folder.view, found.machine.pool, found.me);
  return send(services, folder, request, say.unlockedToast(name, waiting));
}

async function send(
  services: CommandServices,
  folder: TeamFolder,
  request: UnlockRequest,
  toast: string,
): Promise<boolean> {
  const { name } = request.machine;
  const connection = await folder.wake();
  const outcome = await connection.unlockMachine(request, new AbortController().signal);
  services.log.info(`unlock ${name}: ${outcome.kind}`);
  if (outcome.kind === "unlocked") {
    vscode.window.setStatusBarMessage(toast, TOAST_SHOWN_MS);
    return true;
  }
  return tell(services, folder, { name, outcome });
}

async function tell(
  services: CommandServices,
  folder: TeamFolder,
  { name, outcome }: { readonly name: string; readonly outcome: UnlockOutcome },
): Promise<boolean> {
  const notice = say.unlockNotice(outcome, { name, now: folder.view.nowAt(name) });
  const button = notice === undefined ? undefined : await showNotice(notice);
  if (button?.kind === "show-log") services.log.show();
  return button?.kind === "unlock" ? unlockNamed(services, folder, name) : outcome.kind === "already-free";
}

/** Every machine that is locked, mine first, then others' by time left. */
async function pickLocked(services: CommandServices, folder: TeamFolder): Promise<string | undefined> {
  if (!(await areLocksKnown(services, folder))) return undefined;
  if (machinesFor(folder.view, "unlock").length === 0) {
    void showNotice(say.nothingLocked());
    return undefined;
  }
  return livePick<string>({
    title: "",
    placeholder: say.chooseMachineToUnlock(),
    onChange: services.folders.onChange,
    items: () => machinesFor(folder.view, "unlock"),
  });
}
