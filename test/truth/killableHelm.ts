import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../builders/waiting.ts";

/** helm as it is, only that one can find the process of its rollback. */
export interface KillableHelm {
  readonly path: string;
  /** Ends the rollback as a power cut would; waits until there is one. */
  kill(): Promise<void>;
}

export function killableHelm(folder: string, helm: string): KillableHelm {
  const path = join(folder, "helm");
  const pidFile = join(folder, "helm.pid");
  const script = `#!/bin/sh\nif [ "$1" = rollback ]; then echo $$ > '${pidFile}'; fi\nexec '${helm}' "$@"\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return {
    path,
    kill: async () => {
      const pid = await until("helm's rollback", () => {
        const text = existsSync(pidFile) ? readFileSync(pidFile, "utf8").trim() : "";
        return text === "" ? undefined : Number(text);
      });
      process.kill(pid, "SIGKILL");
    },
  };
}
