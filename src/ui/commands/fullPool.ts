import type { FullAnswer, FullPool, WhenFull } from "../../app/fullPool.ts";
import type { JoinOutcome } from "../../app/waitingList.ts";
import { holderIdentity } from "../../domain/person.ts";
import { isConfirmed } from "../confirm.ts";
import * as say from "../messages/fullPool.ts";
import { takeOverModal, takeOverTitle, reasonPrompt } from "../messages/unlock.ts";
import { askNotice, joinNotice } from "../messages/waiting.ts";
import type { Connection } from "../model/connection.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { fullItems, fullView, type FullChoice, type OthersLock } from "./fullPoolItems.ts";
import { livePick } from "./livePick.ts";
import { askReason, given } from "./reason.ts";
import type { CommandServices } from "./services.ts";
import { clearUnreadable } from "./unlock.ts";

interface Surroundings {
  readonly services: CommandServices;
  readonly folder: TeamFolder;
  readonly connection: Connection;
}

/** Asks what a person wants to do when no machine is free; what they decline leads back to the list. */
export const askWhenFull =
  (around: Surroundings): WhenFull =>
  async (full, signal) => {
    while (!signal.aborted) {
      const choice = await livePick<FullChoice>(
        {
          title: say.fullTitle(full.pool.name, full.branch),
          placeholder: say.fullHint(full),
          onChange: around.services.folders.onChange,
          items: () => fullItems(fullView(full, around.folder.view)),
          staysOpen: true,
        },
        signal,
      );
      if (choice === undefined) return { kind: "nothing" };
      const answer = await answerTo(choice, { ...around, full }, signal);
      if (answer !== "back") return answer;
    }
    return { kind: "nothing" };
  };

interface Asked extends Surroundings {
  readonly full: FullPool;
}

function answerTo(choice: FullChoice, asked: Asked, signal: AbortSignal): Promise<FullAnswer | "back"> {
  switch (choice.kind) {
    case "again":
      return Promise.resolve({ kind: "again" });
    case "take-over":
      return takeOverFrom(choice.lock, asked);
    case "ask":
      return askFor(choice.lock, asked, signal);
    case "wait":
      return waitFor(asked, signal);
    case "clear":
      return clear(choice.machine, asked);
  }
}

async function takeOverFrom(
  { machine, hold, history, shown, operation }: OthersLock,
  { full, folder }: Asked,
): Promise<FullAnswer | "back"> {
  const who = hold.by.name;
  const reason = await askReason({ title: takeOverTitle(machine, who), prompt: reasonPrompt(who) });
  if (reason === undefined) return "back";
  const { waiters, now } = fullView(full, folder.view);
  const me = holderIdentity(full.person);
  const waiting = waiters.filter(({ by }) => by !== me).map(({ name }) => name);
  const modal = takeOverModal({ machine, hold, history, waiting, operation, reason, now });
  if (!(await isConfirmed(modal))) return "back";
  return { kind: "take-over", machine, shown, ...given(reason) };
}

async function askFor(
  { machine: name, hold, shown }: OthersLock,
  { full, connection, services }: Asked,
  signal: AbortSignal,
): Promise<FullAnswer | "back"> {
  const machine = full.pool.machines.find((one) => one.name === name);
  if (machine === undefined) return "back";
  const { branch, person: by, pool } = full;
  const outcome = await connection.askHolder({ machine, by, shown, branch }, signal);
  services.log.info(`ask for ${name}: ${outcome.kind}`);
  if (outcome.kind === "asked") return { kind: "asked", machine: name, holder: hold.by.name };
  void showNotice(
    askNotice(outcome, { machine: name, holder: hold.by.name, branch, pool: pool.name }, full.now),
  );
  return "back";
}

async function waitFor(
  { full, connection, services }: Asked,
  signal: AbortSignal,
): Promise<FullAnswer | "back"> {
  const { pool, person: by, branch } = full;
  const outcome = await connection.joinWaiting({ pool, by, branch }, signal);
  services.log.info(`wait for ${pool.name}: ${outcome.kind}`);
  if (outcome.kind === "free-now") return { kind: "again" };
  if (outcome.kind === "waiting") return { kind: "waiting", place: placeOf(outcome, holderIdentity(by)) };
  const notice = joinNotice(outcome, pool.name);
  if (notice !== undefined) void showNotice(notice);
  return "back";
}

/** From 1. */
export const placeOf = ({ waiters }: JoinOutcome & { readonly kind: "waiting" }, me: string): number =>
  Math.max(1, waiters.findIndex(({ by }) => by === me) + 1);

/** What is cleared is free for everybody, so the claim tries again at once. */
async function clear(name: string, { services, folder }: Asked): Promise<FullAnswer | "back"> {
  return (await clearUnreadable(services, folder, name)) ? { kind: "again" } : "back";
}
