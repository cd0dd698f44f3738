import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { BEGIN, END, type ClientPlan, type Job } from "../client/job.ts";

/** What a process is to host; its clients get a further life with each start. */
export interface WorkerPlan {
  readonly name: string;
  readonly clients: readonly ClientPlan[];
  readonly job: Omit<Job, "clients" | "history">;
  /** The file of each life's history. */
  readonly history: (life: number) => string;
}

/** A process that hosts clients, and that can be killed, paused and started again. */
export class WorkerProcess {
  readonly plan: WorkerPlan;
  readonly #program: string;
  /** What it said on its standard error, which should be nothing. */
  readonly complaints: string[] = [];
  readonly histories: string[] = [];
  #child: ChildProcess | undefined;
  #life = 0;
  isPaused = false;

  constructor(program: string, plan: WorkerPlan) {
    this.#program = program;
    this.plan = plan;
  }

  /** The names of the present life's clients. */
  get clients(): readonly string[] {
    return this.plan.clients.map(({ name }) => `${name}.${this.#life}`);
  }

  /** Starts it and waits until it is ready to begin. */
  async start(): Promise<void> {
    this.#life += 1;
    const history = this.plan.history(this.#life);
    this.histories.push(history);
    const clients = this.plan.clients.map((client) => ({
      ...client,
      name: `${client.name}.${this.#life}`,
      seed: client.seed + this.#life,
    }));
    const child = spawn(process.execPath, [this.#program], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.complaints.push(text));
    // A process that was killed does not read to the end.
    child.stdin.on("error", () => undefined);
    child.stdin.write(`${JSON.stringify({ ...this.plan.job, clients, history })}\n`);
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
  }

  begin(): void {
    this.#child?.stdin?.write(`${BEGIN}\n`);
  }

  /** Its clients finish what they are about; then it ends. */
  end(): void {
    this.#child?.stdin?.write(`${END}\n`);
  }

  pause(): void {
    this.isPaused = true;
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.isPaused = false;
    this.#child?.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.ended();
  }

  async ended(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    await once(child, "exit");
  }
}
