import type { Disposable } from "../../app/emitter.ts";
import type { Clock, Log } from "../../app/ports.ts";
import { MINUTE_MS } from "../../domain/time.ts";
import type { PanelMemory, PanelMessage, StateMessage } from "../../protocol/panel.ts";
import type { DeedsById } from "./deeds.ts";
import { parseMessage } from "./messages.ts";
import type { PanelSession } from "./session.ts";

/** Every so many dropped messages there is a line in the log. */
const LOG_EVERY = 100;

export interface HostServices {
  readonly clock: Clock;
  readonly log: Log;
  /** Tells a mistake of ours. */
  stumbled(error: unknown): void;
}

/** What a panel is about and how far its person is: a release's, or a workload's. */
export interface HostedSession extends Pick<PanelSession, "onChange" | "shown" | "choose" | "act"> {
  /** `reason` counts where the view asked for one. */
  confirm(review: string, typed: string, reason?: string): Promise<boolean>;
  readonly about: Pick<PanelMemory, "folder" | "subject" | "target" | "workload">;
}

type Confirmation = PanelMessage & { readonly kind: "confirm" };

/**
 * Between one webview and its session: messages are checked, and what the webview asks for counts only as far as it
 * was offered by the view that was sent last. A router: it decides nothing about rollbacks.
 */
export class PanelHost implements Disposable {
  readonly #services: HostServices;
  readonly #session: HostedSession;
  readonly #post: (message: StateMessage) => void;
  readonly #listening: Disposable;
  #tick: Disposable | undefined;
  #isReady = false;
  #turn = 0;
  #sent = "";
  #deeds: DeedsById = new Map();
  #choosable: ReadonlySet<number> = new Set();
  #dropped = 0;

  constructor(services: HostServices, session: HostedSession, post: (message: StateMessage) => void) {
    this.#services = services;
    this.#session = session;
    this.#post = post;
    this.#listening = session.onChange(() => {
      this.#send();
    });
  }

  /** How many messages were none that a panel of ours sends. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The webview is in view, or not: its program ends with its view and says when it is there again. */
  see(isVisible: boolean): void {
    if (isVisible) return;
    this.#isReady = false;
    this.#tick?.dispose();
  }

  receive(raw: unknown): void {
    const message = parseMessage(raw);
    if (message === undefined) {
      this.#drop();
      return;
    }
    switch (message.kind) {
      case "ready":
        this.#isReady = true;
        this.#sent = "";
        this.#send();
        return;
      case "choose":
        if (this.#isReady && this.#choosable.has(message.revision)) this.#session.choose(message.revision);
        return;
      case "act": {
        const deed = this.#deeds.get(message.id);
        if (this.#isReady && deed !== undefined) this.#guard(this.#session.act(deed));
        return;
      }
      case "confirm":
        if (this.#isReady) this.#guard(this.#confirm(message));
    }
  }

  /** The panel waits for a state after each confirmation, be there anything new in it or not. */
  async #confirm({ review, typed, reason }: Confirmation): Promise<void> {
    const begun = await this.#session.confirm(review, typed, reason);
    if (begun) return;
    this.#sent = "";
    this.#send();
  }

  #guard(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#services.stumbled(error);
    });
  }

  #drop(): void {
    this.#dropped += 1;
    if (this.#dropped % LOG_EVERY !== 1) return;
    this.#services.log.warn(`history panel: dropped ${this.#dropped} messages that are none of ours`);
  }

  /** Whole views, and only where something in them has changed. */
  #send(): void {
    if (!this.#isReady) return;
    this.#waitForNextMinute();
    const { view, deeds } = this.#session.shown;
    this.#deeds = deeds;
    this.#choosable = new Set(view.table.rows.filter((row) => row.mayBeChosen).map((row) => row.revision));
    const text = JSON.stringify(view);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#turn += 1;
    const { folder, subject, target, workload } = this.#session.about;
    const memory = { folder, subject, target, ...(workload === undefined ? {} : { workload }) };
    this.#post({ kind: "state", view, turn: this.#turn, memory });
  }

  /** What is said about times gets older by itself. */
  #waitForNextMinute(): void {
    this.#tick?.dispose();
    this.#tick = this.#services.clock.after(MINUTE_MS, () => {
      this.#send();
    });
  }

  dispose(): void {
    this.#isReady = false;
    this.#tick?.dispose();
    this.#listening.dispose();
  }
}
