import { join } from "node:path";
import { _electron, type Page } from "playwright-core";
import { surroundings, writeUserSettings } from "../../../scripts/tools/settings.ts";

export interface DesktopOptions {
  readonly program: string;
  readonly dataFolder: string;
  readonly workspace: string;
  readonly extension: string;
  readonly env: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly asksForTrust?: boolean;
}

/** Arguments that every desktop VS Code of ours gets: nothing shared with the person's own. */
export function desktopArgs({ dataFolder, asksForTrust = false }: DesktopOptions): string[] {
  return [
    `--user-data-dir=${dataFolder}`,
    `--extensions-dir=${join(dataFolder, "extensions")}`,
    ...["--new-window", "--skip-welcome", "--skip-release-notes", "--disable-updates", "--disable-telemetry"],
    ...["--use-inmemory-secretstorage", "--no-sandbox", "--disable-gpu"],
    ...(asksForTrust ? [] : ["--disable-workspace-trust"]),
  ];
}

/** Opens a window of the desktop VS Code. */
export async function openDesktop(
  options: DesktopOptions,
): Promise<{ readonly page: Page; stop(): Promise<void> }> {
  await writeUserSettings(options.dataFolder, options.settings);
  const app = await _electron.launch({
    executablePath: options.program,
    args: [...desktopArgs(options), `--extensionDevelopmentPath=${options.extension}`, options.workspace],
    env: { ...surroundings(), ...options.env },
  });
  return { page: await app.firstWindow(), stop: () => app.close() };
}
