import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { MINUTE_MS, type DurationMs } from "../../domain/time.ts";

/** What a supervisor is started with. */
export interface SupervisorPlace {
  /** The bundled supervisor. */
  readonly program: string;
  /** What runs it: `process.execPath`, which in VS Code is Electron. */
  readonly node: string;
  /** A folder of our own: what lies in a workspace is not to be found by helm. */
  readonly folder: string;
}

type Environment = Readonly<Record<string, string>>;

interface Ready {
  readonly supervisor: ChildProcess;
  readonly environment: string;
  readonly idle: NodeJS.Timeout;
}

/** A review is read for a minute or two; who takes longer waits for another start. */
const IDLE_MS: DurationMs = 2 * MINUTE_MS;

/**
 * Starts supervisors. One may be started before there is anything to do for it, while a person still reads what will
 * be done: it waits for the path of its order, and ends where none comes, or where the window ends.
 */
export class Supervisors {
  readonly #place: SupervisorPlace;
  #ready: Ready | undefined;

  constructor(place: SupervisorPlace) {
    this.#place = place;
  }

  /** Something will soon be run in this environment. */
  prepare(environment: Environment): void {
    const ready = this.#ready;
    if (ready !== undefined && isOf(ready, environment)) {
      ready.idle.refresh();
      return;
    }
    this.#dismiss();
    const idle = setTimeout(() => {
      this.#dismiss();
    }, IDLE_MS);
    idle.unref();
    this.#ready = { supervisor: this.#spawn(environment), environment: keyOf(environment), idle };
  }

  /** A supervisor that works at the order from now on, whatever becomes of this window. */
  start(environment: Environment, order: string): ChildProcess {
    const supervisor = this.#take(environment) ?? this.#spawn(environment);
    supervisor.stdin?.end(`${order}\n`);
    return supervisor;
  }

  #take(environment: Environment): ChildProcess | undefined {
    const ready = this.#ready;
    if (ready === undefined || !isOf(ready, environment)) return undefined;
    this.#ready = undefined;
    clearTimeout(ready.idle);
    return ready.supervisor;
  }

  #dismiss(): void {
    clearTimeout(this.#ready?.idle);
    this.#ready?.supervisor.stdin?.end();
    this.#ready = undefined;
  }

  #spawn(environment: Environment): ChildProcess {
    const { node, program, folder } = this.#place;
    const supervisor = spawn(node, [program], {
      cwd: folder,
      env: { ...environment, ELECTRON_RUN_AS_NODE: "1" },
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
      windowsHide: true,
    });
    // One that could not be started, or has ended, is found by its having no process.
    supervisor.on("error", () => undefined);
    supervisor.stdin.on("error", () => undefined);
    // It keeps no window open.
    supervisor.unref();
    if (supervisor.stdin instanceof Socket) supervisor.stdin.unref();
    return supervisor;
  }
}

/** What a supervisor sees is what helm will see. */
const isOf = ({ supervisor, environment }: Ready, wanted: Environment): boolean =>
  environment === keyOf(wanted) && lives(supervisor);

const lives = ({ pid, exitCode, signalCode }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null;

const keyOf = (environment: Environment): string => JSON.stringify(Object.entries(environment).sort());
