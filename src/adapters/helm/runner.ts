import type { ChildProcess } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import type { Deployer, DeployerEnd, DeployerError, DeployerTool, DeployOrder } from "../../app/ports.ts";
import type { KeptRollback, ReleaseRemover, RemovalOrder, RollbackRunner } from "../../app/rollbackPorts.ts";
import type { CommitHash } from "../../domain/branch.ts";
import type { HeldOperation } from "../../domain/operation.ts";
import type { RecordDriver } from "../../domain/release.ts";
import { fail, ok, type Result } from "../../domain/result.ts";
import { rollbackArguments, uninstallArguments, upgradeArguments } from "./arguments.ts";
import { helmEnvironment } from "./environment.ts";
import { findHelm, KnownVersions, type HelmPlaces } from "./findHelm.ts";
import { followRun, type RunEnd } from "./followRun.ts";
import { deployerEnd, tellRemarks } from "./runEnd.ts";
import { newRunId, readSign, runFolder, writeJson, type AboutRun, type RunFolder } from "./runFolder.ts";
import { aboutRun, keptOrder, supervisorOrder } from "./runOrder.ts";
import { Supervisors } from "./supervisors.ts";
import { parseHelmVersion } from "./version.ts";

/** Writes a chart as a commit holds it into a folder that does not exist yet; the git adapter's. */
export type WriteChart = (
  order: {
    readonly repositoryRoot: string;
    readonly commit: CommitHash;
    readonly chart: string;
    readonly into: string;
  },
  signal: AbortSignal,
) => Promise<Result<string, DeployerError>>;

export interface HelmSurroundings {
  /** The extension's own storage on this machine, outside every workspace. */
  readonly storage: string;
  /** The bundled supervisor. */
  readonly supervisor: string;
  /** What runs it: `process.execPath`, which in VS Code is Electron. */
  readonly node: string;
  readonly writeChart: WriteChart;
  readonly places: () => HelmPlaces;
  /** One path or a list in the platform's own form; undefined leaves helm its default. */
  readonly kubeconfig: () => string | undefined;
  /** Fires when the window closes: what is kept of runs is then left to the next one. */
  readonly closing: AbortSignal;
}

/** What is the order's own in a run; everything else is the same for all. */
interface Work {
  readonly command: readonly string[];
  readonly operation: HeldOperation | undefined;
  readonly records: RecordDriver | undefined;
  /** Absent where nothing is kept: then no other window follows it. */
  readonly kept?: AboutRun["order"];
  readonly isStoppable: boolean;
  /** Makes what the command needs in the run's folder. */
  readonly prepare: (run: RunFolder) => Promise<Result<void, DeployerError>>;
}

const NOTHING_TO_PREPARE = (): Promise<Result<void, DeployerError>> => Promise.resolve(ok(undefined));

/** helm, run by a supervisor that outlives this window. */
export class HelmDeployer implements Deployer, RollbackRunner, ReleaseRemover {
  readonly #surroundings: HelmSurroundings;
  readonly #followed: Set<string>;
  /** The command is shown before the run is made, and it is to be the very command. */
  readonly #folders = new WeakMap<object, RunFolder>();
  readonly #supervisors: Supervisors;
  readonly #versions = new KnownVersions();

  /** `followed` tells `RunFolders` of the same window which runs have somebody waiting for them. */
  constructor(surroundings: HelmSurroundings, followed: Set<string>) {
    this.#surroundings = surroundings;
    this.#followed = followed;
    const { supervisor: program, node, storage: folder } = surroundings;
    this.#supervisors = new Supervisors({ program, node, folder });
  }

  /** Who asks for it is about to run it: what can be started before that is started. */
  async tool(signal: AbortSignal): Promise<Result<DeployerTool, DeployerError>> {
    const found = await findHelm(this.#surroundings.places(), signal, this.#versions);
    if (!found.ok) return found;
    const { storage, kubeconfig } = this.#surroundings;
    await mkdir(storage, { recursive: true, mode: 0o700 }).then(
      () => {
        this.#supervisors.prepare(this.#environment(kubeconfig()));
      },
      // Told once there is something to be written there.
      () => undefined,
    );
    return ok(found.value.tool);
  }

  command(tool: DeployerTool, order: DeployOrder): readonly string[] {
    return [tool.path, ...upgradeArguments(order, this.#folder(order), majorOf(tool))];
  }

  rollbackCommand(tool: DeployerTool, order: KeptRollback): readonly string[] {
    return [tool.path, ...rollbackArguments(order, majorOf(tool))];
  }

  removeCommand(tool: DeployerTool, { release, timeoutMinutes }: RemovalOrder): readonly string[] {
    return [tool.path, ...uninstallArguments(release, timeoutMinutes, majorOf(tool))];
  }

  run(
    tool: DeployerTool,
    order: DeployOrder,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd> {
    const work: Work = {
      command: this.command(tool, order),
      operation: order.operation,
      records: order.records,
      kept: keptOrder(order),
      isStoppable: true,
      prepare: (run) => this.#prepare(run, order, signal),
    };
    return this.#perform(this.#folder(order), work, onLine, signal);
  }

  rollBack(
    tool: DeployerTool,
    order: KeptRollback,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd> {
    const work: Work = {
      command: this.rollbackCommand(tool, order),
      operation: order.operation,
      records: order.records,
      kept: order,
      isStoppable: false,
      prepare: NOTHING_TO_PREPARE,
    };
    return this.#perform(this.#folder(order), work, onLine, signal);
  }

  async remove(
    tool: DeployerTool,
    order: RemovalOrder,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd> {
    const work: Work = {
      command: this.removeCommand(tool, order),
      operation: order.operation,
      records: order.records,
      isStoppable: false,
      prepare: NOTHING_TO_PREPARE,
    };
    const run = this.#folder(order);
    const end = await this.#perform(run, work, onLine, signal);
    const isOver = end.ok || end.error.reason !== "run-lost";
    if (isOver) await this.#forget(run);
    return end;
  }

  told(order: DeployOrder): Promise<void> {
    return this.#settle(order);
  }

  rollbackTold(order: KeptRollback): Promise<void> {
    return this.#settle(order);
  }

  async #settle(order: object): Promise<void> {
    if (!this.#surroundings.closing.aborted) await this.#forget(this.#folder(order));
  }

  async #perform(
    run: RunFolder,
    { command, operation, records, kept, isStoppable, prepare }: Work,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<DeployerEnd> {
    this.#followed.add(run.id);
    let isBegun = false;
    try {
      await mkdir(run.path, { recursive: true, mode: 0o700 });
      const prepared = await prepare(run);
      if (!prepared.ok) return prepared;
      const [program = "", ...args] = command;
      const kubeconfig = this.#surroundings.kubeconfig();
      await writeJson(run.order, supervisorOrder(run, { program, args, operation, isStoppable }));
      if (kept !== undefined) await writeJson(run.about, aboutRun(kept, kubeconfig));
      if (signal.aborted) return fail({ reason: "cancelled", output: "" });
      isBegun = true;
      const end = await this.#supervise(run, { kubeconfig, records, isStoppable, onLine }, signal);
      // Nobody in this window waits for it any more: whoever looks for runs that are left may follow it.
      if (end.kind === "left") this.#followed.delete(run.id);
      tellRemarks(end, onLine);
      return deployerEnd(end, { isStoppable, isAsked: isStoppable && signal.aborted });
    } catch (error) {
      return fail({
        reason: "temporary-files",
        detail: error instanceof Error ? error.message : String(error),
      });
    } finally {
      if (!isBegun) await this.#forget(run);
    }
  }

  async #forget(run: RunFolder): Promise<void> {
    await rm(run.path, { recursive: true, force: true });
    this.#followed.delete(run.id);
  }

  #environment(kubeconfig: string | undefined, records?: RecordDriver): Readonly<Record<string, string>> {
    const own = helmEnvironment(process.env, kubeconfig);
    return records === undefined ? own : { ...own, HELM_DRIVER: records };
  }

  #folder(order: object): RunFolder {
    const folder = this.#folders.get(order) ?? runFolder(this.#surroundings.storage, newRunId());
    this.#folders.set(order, folder);
    return folder;
  }

  async #prepare(
    run: RunFolder,
    order: DeployOrder,
    signal: AbortSignal,
  ): Promise<Result<void, DeployerError>> {
    const chart = await this.#surroundings.writeChart(
      {
        repositoryRoot: order.repositoryRoot,
        commit: order.mark.commit,
        chart: order.driver.chart,
        into: run.chart,
      },
      signal,
    );
    if (!chart.ok) return signal.aborted ? fail({ reason: "cancelled", output: "" }) : chart;
    // JSON is YAML, and in it every text is quoted: `1e6`, `null` and `a,b={c}` arrive as they are.
    await writeFile(run.values, JSON.stringify(order.values), { mode: 0o600, flag: "wx" });
    return ok(undefined);
  }

  async #supervise(
    run: RunFolder,
    { kubeconfig, records, isStoppable, onLine }: Supervising,
    signal: AbortSignal,
  ): Promise<RunEnd> {
    const supervisor = this.#supervisors.start(this.#environment(kubeconfig, records), run.order);
    const gone = new Promise<void>((resolve, reject) => {
      supervisor.once("exit", () => {
        resolve();
      });
      supervisor.once("error", reject);
    });
    const left = new AbortController();
    const stop = (): void => {
      if (isStoppable) void askToStop(run, supervisor);
      else left.abort();
    };
    signal.addEventListener("abort", stop);
    try {
      if (signal.aborted) stop();
      const end = followRun(run, onLine, left.signal);
      await Promise.race([end, gone]);
      return await end;
    } finally {
      left.abort();
      signal.removeEventListener("abort", stop);
    }
  }
}

interface Supervising {
  readonly kubeconfig: string | undefined;
  readonly records: RecordDriver | undefined;
  readonly isStoppable: boolean;
  readonly onLine: (line: string) => void;
}

const majorOf = (tool: DeployerTool): number => parseHelmVersion(tool.version)?.major ?? 3;

async function askToStop(run: RunFolder, supervisor: ChildProcess): Promise<void> {
  // Windows has no signals between processes: there the supervisor finds a file, and its helm is ended hard.
  await writeFile(run.cancel, "", { mode: 0o600 });
  // Before its sign, the supervisor would be ended by the signal without a word; it then finds the file.
  const isListening = (await readSign(run)) !== undefined;
  if (process.platform !== "win32" && isListening) supervisor.kill("SIGTERM");
}
