import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { toolPath } from "../scripts/tools/provision.ts";
import { run } from "../scripts/tools/run.ts";
import { heldBy, type Staging } from "./staging.ts";

/** What a person without Devdeploy would have: kubectl, in the pool's namespace. */
export class Kubectl {
  readonly #program: string;
  readonly #place: readonly string[];

  private constructor(program: string, { kubeconfig, namespace }: Staging) {
    this.#program = program;
    this.#place = ["--kubeconfig", kubeconfig, "--namespace", namespace];
  }

  static async at(staging: Staging): Promise<Kubectl> {
    return new Kubectl(await toolPath("kubectl"), staging);
  }

  /** Looks who holds a machine and takes it, with the version that was seen; answers how long that took in ms. */
  async claim(machine: string, name: string): Promise<number> {
    const began = performance.now();
    const seen: unknown = JSON.parse(await this.#run("get", "lease", machine, "--output", "json"));
    const { metadata, spec } = heldBy(name);
    const body = JSON.stringify({ metadata: { ...metadata, resourceVersion: versionIn(seen) }, spec });
    await this.#run("patch", "lease", machine, "--type", "merge", "--patch", body);
    return performance.now() - began;
  }

  /** `kubectl get leases --watch`, and when by the wall clock it showed a line with a text. */
  watch(): KubectlWatch {
    return new KubectlWatch(this.#program, [...this.#place, "get", "leases", "--watch", "--output", WATCHED]);
  }

  async #run(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await run(this.#program, [...this.#place, ...args]);
    if (exitCode !== 0) throw new Error(`kubectl ${args.join(" ")} failed: ${stderr}`);
    return stdout;
  }
}

const WATCHED = "custom-columns=NAME:.metadata.name,HOLDER:.metadata.annotations.devdeploy\\.dev/holder-name";

function versionIn(lease: unknown): string {
  const metadata: unknown = typeof lease === "object" && lease !== null ? Reflect.get(lease, "metadata") : {};
  return String(Reflect.get(Object(metadata), "resourceVersion"));
}

export class KubectlWatch {
  readonly #child: ChildProcessByStdio<null, Readable, null>;
  readonly #waiting = new Map<string, (at: number) => void>();

  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      const at = Date.now();
      for (const [text, resolve] of this.#waiting) if (line.includes(text)) resolve(at);
    });
  }

  shownAt(text: string): Promise<number> {
    return new Promise((resolve) => this.#waiting.set(text, resolve));
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}
