import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../builders/waiting.ts";

/** helm as it is, only that one can find the process of its rollback. */
export interface KillableHelm {
  readonly path: string;
  /** Ends the rollback as a power cut would; waits until there is one. */
  kill(): Promise<void>;
  /** Waits until the rollback has ended, by itself or not. */
  ended(): Promise<void>;
}

export function killableHelm(folder: string, helm: string): KillableHelm {
  const path = join(folder, "helm");
  const pidFile = join(folder, "helm.pid");
  const script = `#!/bin/sh\nif [ "$1" = rollback ]; then echo $$ > '${pidFile}'; fi\nexec '${helm}' "$@"\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  const pid = (): Promise<number> =>
    until("helm's rollback", () => {
      const text = existsSync(pidFile) ? readFileSync(pidFile, "utf8").trim() : "";
      return text === "" ? undefined : Number(text);
    });
  return {
    path,
    kill: async () => {
      process.kill(await pid(), "SIGKILL");
    },
    ended: async () => {
      const id = await pid();
      await until("the end of helm's rollback", () => (isThere(id) ? undefined : true), 60_000);
    },
  };
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
