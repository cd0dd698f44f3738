import * as vscode from "vscode";
import type { Disposable } from "../app/emitter.ts";
import { LockNews, type KeptNews } from "../app/lockNews.ts";
import type { Told } from "../app/ports.ts";
import type { TeamConfig } from "../domain/config.ts";
import type { News } from "../domain/news.ts";
import type { Person } from "../domain/person.ts";
import { perform } from "./commands/deeds.ts";
import { devdeployCurrentBranch } from "./commands/devdeploy.ts";
import type { CommandServices } from "./commands/services.ts";
import { commandFailed } from "./messages/command.ts";
import { keepNotice, keptToast, newsIsOver, newsNotice } from "./messages/news.ts";
import type { Button, Notice } from "./messages/notice.ts";
import type { TeamFolder } from "./model/teamFolder.ts";
import { showNotice } from "./notices.ts";

const TOAST_SHOWN_MS = 5_000;

/** Tells people what becomes of their locks, in whichever window is first, and does what they answer. */
export function tellLockNews(services: CommandServices, told: Told): Disposable {
  const { folders } = services;
  const followed = new Map<TeamFolder, LockNews>();
  const teams = new WeakMap<TeamFolder, TeamConfig | undefined>();
  const close = (folder: TeamFolder, news: LockNews): void => {
    news.dispose();
    followed.delete(folder);
  };
  const look = (): void => {
    const { all } = folders;
    for (const [folder, news] of followed) if (!all.includes(folder)) close(folder, news);
    for (const folder of all) {
      const news = followed.get(folder) ?? newsOf(services, told, folder);
      followed.set(folder, news);
      if (teams.get(folder) !== folder.team) news.forget();
      teams.set(folder, folder.team);
      news.look(folder.view);
    }
  };
  const listening = folders.onChange(look);
  look();
  return {
    dispose: () => {
      listening.dispose();
      for (const [folder, news] of followed) close(folder, news);
    },
  };
}

function newsOf(services: CommandServices, told: Told, folder: TeamFolder): LockNews {
  const lockNews = new LockNews({
    told,
    clock: services.clock,
    acknowledge: (kept, me, signal) => acknowledge(services, { folder, kept, me }, signal),
    tell: (news) => {
      tell(services, { folder, lockNews }, news).catch(async (error: unknown) => {
        services.log.error(`news of ${news.machine}: ${String(error)}`);
        await showNotice(commandFailed(error));
      });
    },
  });
  return lockNews;
}

interface Acknowledging {
  readonly folder: TeamFolder;
  readonly kept: KeptNews;
  readonly me: Person;
}

async function acknowledge(
  { log }: CommandServices,
  { folder, kept, me }: Acknowledging,
  signal: AbortSignal,
): Promise<void> {
  const pool = folder.team?.pools.find(({ name }) => name === kept.pool);
  if (pool === undefined) return;
  const connection = await folder.wake();
  const { machine, freeAt } = kept;
  const outcome = await connection.acknowledgeKept({ pool, by: me, machine, freeAt }, signal);
  log.info(`${machine} is kept for ${me.name}: ${outcome.kind}`);
}

interface Source {
  readonly folder: TeamFolder;
  readonly lockNews: LockNews;
}

/** A notification may stand for hours: whether what it says is still so is looked at when it is answered. */
async function tell(services: CommandServices, { folder, lockNews }: Source, news: News): Promise<void> {
  services.log.info(`${news.machine}: ${news.kind}`);
  const button = await showNotice(newsNotice(news, folder.view.nowAt(news.machine)));
  if (button === undefined) return;
  if (isAboutNow(news) && !lockNews.isCurrent(news)) return follow(services, folder, newsIsOver(news));
  // The branch that was lost, which need not be the one that is checked out now.
  const isLoss = news.kind === "lost" || news.kind === "vanished";
  if (button.kind === "devdeploy-again" && isLoss && news.branch !== undefined) {
    return act(services, folder, { kind: "devdeploy-branch", branch: news.branch });
  }
  if (button.kind === "keep" && news.kind === "asked") return keep(services, folder, news);
  return act(services, folder, button);
}

const isAboutNow = ({ kind }: News): boolean => kind === "asked" || kind === "kept" || kind === "ending";

async function keep(
  services: CommandServices,
  folder: TeamFolder,
  news: News & { readonly kind: "asked" },
): Promise<void> {
  const machine = folder.team?.pools
    .flatMap(({ machines }) => machines)
    .find(({ name }) => name === news.machine);
  const { me } = folder;
  if (machine === undefined || me === undefined) return follow(services, folder, newsIsOver(news));
  const connection = await folder.wake();
  const { signal } = new AbortController();
  const outcome = await connection.keepMachine({ machine, by: me, asks: [news.ask] }, signal);
  services.log.info(`keep ${news.machine}: ${outcome.kind}`);
  const notice = keepNotice(outcome, news);
  if (notice !== undefined) return follow(services, folder, notice);
  vscode.window.setStatusBarMessage(keptToast(news), TOAST_SHOWN_MS);
}

async function follow(services: CommandServices, folder: TeamFolder, notice: Notice): Promise<void> {
  const button = await showNotice(notice);
  if (button !== undefined) await act(services, folder, button);
}

async function act(services: CommandServices, folder: TeamFolder, button: Button): Promise<void> {
  if ((await perform(services, button, folder)) === "again") {
    await devdeployCurrentBranch(services, folder.place.key);
  }
}
