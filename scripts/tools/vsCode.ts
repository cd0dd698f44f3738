import type { Say } from "./cache.ts";
import { downloadDesktop, namedDesktop } from "./desktopVsCode.ts";
import { provideVsCodeServer, type VsCodeServer } from "./vsCodeServer.ts";

/** A VS Code for the tests. */
export type VsCodeForTests =
  | { readonly kind: "server"; readonly server: VsCodeServer }
  | { readonly kind: "desktop"; readonly program: string };

/**
 * The desktop VS Code that DEVDEPLOY_VSCODE names; else, where DEVDEPLOY_VSCODE_KIND is `desktop` or there is no web
 * server for this platform, one that is downloaded; else VS Code's web server.
 */
export async function provideVsCodeForTests(say: Say): Promise<VsCodeForTests> {
  const named = namedDesktop();
  if (named !== undefined) return { kind: "desktop", program: named };
  const hasServer = process.platform === "linux" && process.arch === "x64";
  if (!hasServer || process.env["DEVDEPLOY_VSCODE_KIND"] === "desktop") {
    return { kind: "desktop", program: await downloadDesktop(say) };
  }
  return { kind: "server", server: await provideVsCodeServer(say) };
}
