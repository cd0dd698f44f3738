import { Emitter } from "../../app/emitter.ts";
import type { Repository } from "../../app/ports.ts";
import { parseBranchName, type BranchName } from "../../domain/branch.ts";
import * as say from "../messages/chosen.ts";
import type { TeamFolder } from "../model/teamFolder.ts";
import { showNotice } from "../notices.ts";
import { branchItems, type BranchesSoFar } from "./branchItems.ts";
import { devdeployAs, fitFolder, repositoryTrouble } from "./devdeploy.ts";
import { livePick } from "./livePick.ts";
import type { CommandServices } from "./services.ts";

/** Devdeploys a branch that need not be checked out: the one that is named, or the one that the person picks. */
export async function devdeployBranch(services: CommandServices, name?: string): Promise<void> {
  const fit = await fitFolder(services);
  if (fit === undefined) return;
  const { folder } = fit;
  const named = name === undefined ? undefined : parseBranchName(name);
  const branch = named?.ok === true ? named.value : await pickBranch(services, folder);
  if (branch !== undefined) await devdeployAs(services, { row: folder.place.key, branch });
}

async function pickBranch(services: CommandServices, folder: TeamFolder): Promise<BranchName | undefined> {
  services.folders.wake();
  const connection = await folder.wake();
  const closing = new AbortController();
  const repository = await connection.repository(closing.signal);
  if (!repository.ok) {
    const button = await showNotice(repositoryTrouble(services, repository.error));
    if (button !== undefined) services.log.show();
    return undefined;
  }
  const branches = new Branches(services);
  void branches.fill(repository.value, closing.signal);
  try {
    return await livePick<BranchName>({
      title: say.chooseBranchTitle(),
      placeholder: say.chooseBranchHint(),
      onChange: branches.onChange,
      isBusy: () => branches.isBusy,
      items: () => {
        const items = branchItems(branches.soFar, folder.view);
        if (items.length > 0) return items;
        return [{ key: "none", label: branches.isBusy ? say.askingForBranches() : say.noBranches() }];
      },
    });
  } finally {
    closing.abort();
    branches.dispose();
  }
}

/** What git tells, as it comes: the list is open meanwhile and never waits. */
class Branches {
  readonly #changes = new Emitter<void>();
  readonly #listening: { dispose(): void };
  #soFar: BranchesSoFar;
  #waitsFor = 2;

  readonly onChange = this.#changes.event;

  constructor({ clock, folders }: CommandServices) {
    this.#soFar = {
      current: undefined,
      known: [],
      remote: undefined,
      trouble: undefined,
      now: clock.now(),
    };
    // Which machine runs what may change while one looks.
    this.#listening = folders.onChange(() => {
      this.#changes.fire();
    });
  }

  get soFar(): BranchesSoFar {
    return this.#soFar;
  }

  get isBusy(): boolean {
    return this.#waitsFor > 0;
  }

  async fill(repository: Repository, signal: AbortSignal): Promise<void> {
    await Promise.all([this.#askClone(repository, signal), this.#askRemote(repository, signal)]);
  }

  async #askClone(repository: Repository, signal: AbortSignal): Promise<void> {
    const [known, head] = await Promise.all([repository.branches(signal), repository.head(signal)]);
    const current = head.ok && head.value.kind === "branch" ? head.value.branch : undefined;
    this.#learn({
      current,
      ...(known.ok ? { known: known.value } : { trouble: known.error }),
    });
  }

  async #askRemote(repository: Repository, signal: AbortSignal): Promise<void> {
    const remote = await repository.remoteBranches(signal);
    this.#learn(remote.ok ? { remote: remote.value } : { trouble: remote.error });
  }

  #learn(news: Partial<BranchesSoFar>): void {
    this.#soFar = { ...this.#soFar, ...news };
    this.#waitsFor -= 1;
    this.#changes.fire();
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changes.dispose();
  }
}
