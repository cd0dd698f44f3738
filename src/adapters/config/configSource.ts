import { isDeepStrictEqual } from "node:util";
import type { ConfigSource } from "../../app/ports.ts";
import type { Disposable, Listen } from "../../app/emitter.ts";
import type { ConfigState } from "../../domain/config.ts";
import { readConfig } from "./load.ts";

/**
 * devdeploy.json of one workspace folder: read now, and again with every event of `fileEvents` (saved, created,
 * deleted, or the branch was switched). Listeners hear only of real changes. One source for each folder.
 */
export async function openConfigSource(folder: string, fileEvents: Listen<void>): Promise<ReloadableConfig> {
  const source = new FolderConfig(folder, await readConfig(folder));
  source.follow(fileEvents);
  // What was written between the reading and the listening.
  await source.reload();
  return source;
}

/** A source that can also be told to look: the person's Refresh. */
export interface ReloadableConfig extends ConfigSource {
  /** Resolves when what is on the disk now, or was written later, is the current state. */
  reload(): Promise<void>;
}

class FolderConfig implements ReloadableConfig {
  readonly #folder: string;
  readonly #listeners = new Set<{ readonly tell: (state: ConfigState) => void }>();
  #state: ConfigState;
  #files: Disposable | undefined;
  #reading: Promise<void> | undefined;
  #isStale = false;
  #isDisposed = false;

  constructor(folder: string, state: ConfigState) {
    this.#folder = folder;
    this.#state = state;
  }

  get current(): ConfigState {
    return this.#state;
  }

  readonly onChange: Listen<ConfigState> = (listener) => {
    const entry = { tell: listener };
    this.#listeners.add(entry);
    return { dispose: () => this.#listeners.delete(entry) };
  };

  follow(fileEvents: Listen<void>): void {
    this.#files = fileEvents(() => void this.reload());
  }

  reload(): Promise<void> {
    this.#isStale = true;
    this.#reading ??= this.#readUntilFresh().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  // One reading at a time, so that an older text can never come in after a newer one.
  async #readUntilFresh(): Promise<void> {
    while (this.#isStale && !this.#isDisposed) {
      this.#isStale = false;
      this.#accept(await readConfig(this.#folder));
    }
  }

  #accept(state: ConfigState): void {
    if (this.#isDisposed || isDeepStrictEqual(state, this.#state)) return;
    this.#state = state;
    for (const { tell } of [...this.#listeners]) tell(state);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#files?.dispose();
    this.#listeners.clear();
  }
}
