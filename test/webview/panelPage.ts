import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { PanelMemory, PanelMessage, PanelView, StateMessage } from "../../src/protocol/panel.ts";
import { run } from "../../scripts/tools/run.ts";
import { openOwnPage } from "../extension/harness/browser.ts";

/** VS Code's themes, as the preview has their colours. */
export const THEMES = ["dark", "light", "high-contrast", "high-contrast-light"] as const;
export type Theme = (typeof THEMES)[number];

export interface PanelOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
}

/** The panel in a browser, with a host that is the test. */
export interface PanelPage {
  readonly page: Page;
  show(view: PanelView, more?: Omit<StateMessage, "kind" | "view">): Promise<void>;
  /** Whatever a host that is broken might send. */
  send(...messages: readonly unknown[]): Promise<void>;
  /** What the panel posted since this was last asked. */
  posted(): Promise<readonly PanelMessage[]>;
  /** What it had VS Code keep last. */
  kept(): Promise<PanelMemory | undefined>;
  reload(): Promise<void>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const ORIGIN = "http://panel.test";
const NONCE = { script: "c2NyaXB0", style: "c3R5bGU" };
const POLICY = `default-src 'none'; script-src 'nonce-${NONCE.script}'; style-src ${ORIGIN} 'nonce-${NONCE.style}'; font-src ${ORIGIN}`;

/** What VS Code gives a webview, and an ear for whatever the policy forbids. */
const HOST = `
  window.posted = [];
  window.forbidden = [];
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber }) =>
    window.forbidden.push([violatedDirective, blockedURI, sourceFile, lineNumber, columnNumber].join(" ")));
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(message),
    getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
    setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
  });
`;

const document = (theme: Theme): string => `<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta property="csp-nonce" content="${NONCE.style}">
<title>web</title>
<link rel="stylesheet" href="${ORIGIN}/themes.css">
<link rel="stylesheet" href="${ORIGIN}/webview.css">
</head>
<body class="${theme.startsWith("high-contrast") ? "vscode-high-contrast " : ""}vscode-${theme}"
  data-vscode-theme-kind="vscode-${theme}" data-loading="Reading the history of web">
<div id="panel"></div>
<script nonce="${NONCE.script}" src="${ORIGIN}/webview.js"></script>
</body>
</html>`;

/** Builds the panel's program for the tests of a file, into a folder of its own: `dist` may be in use. */
export function usePanel(): (t: TestContext, options?: PanelOptions) => Promise<PanelPage> {
  let built = "";
  before(async () => {
    built = await mkdtemp(join(tmpdir(), "devdeploy-panel-"));
    const build = ["esbuild.mjs", "--production", `--outdir=${built}`, "--only=webview"];
    const { exitCode, stderr } = await run(process.execPath, build, { cwd: root });
    assert.equal(exitCode, 0, stderr);
  });
  after(() => rm(built, { recursive: true, force: true }));
  return (t, options) => openPanel(t, built, options);
}

/** Opens the panel as VS Code would serve it. A request for anything else, or a breach of the policy, fails the test. */
async function openPanel(t: TestContext, built: string, options: PanelOptions = {}): Promise<PanelPage> {
  const own = await openOwnPage();
  const { page } = own;
  await page.setViewportSize({ width: options.width ?? 1180, height: options.height ?? 820 });
  page.setDefaultTimeout(10_000);
  await page.addInitScript(HOST);

  const files: Readonly<Record<string, { readonly path: string; readonly contentType: string }>> = {
    "/themes.css": { path: join(root, "webview-ui/preview/themes.css"), contentType: "text/css" },
    "/webview.css": { path: join(built, "webview.css"), contentType: "text/css" },
    "/webview.js": { path: join(built, "webview.js"), contentType: "text/javascript" },
  };
  const strangers: string[] = [];
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = url.origin === ORIGIN ? files[url.pathname] : undefined;
    if (url.href === `${ORIGIN}/`) {
      await route.fulfill({ contentType: "text/html", body: document(options.theme ?? "dark") });
    } else if (file !== undefined) {
      await route.fulfill({ contentType: file.contentType, body: await readFile(file.path) });
    } else if (url.pathname === "/favicon.ico") {
      await route.fulfill({ status: 404 });
    } else {
      strangers.push(url.href);
      await route.abort();
    }
  });
  const mistakes: string[] = [];
  page.on("pageerror", (error) => mistakes.push(String(error.stack)));

  const open = async (): Promise<void> => {
    await page.goto(`${ORIGIN}/`);
    await page.locator(".opening").waitFor();
  };
  await open();
  t.after(async () => {
    const forbidden = await page.evaluate<unknown>("window.forbidden");
    await own.close();
    assert.deepEqual({ strangers, mistakes, forbidden }, { strangers: [], mistakes: [], forbidden: [] });
  });

  const send = async (...messages: readonly unknown[]): Promise<void> => {
    // Answers once the page has worked through all of them.
    await page.evaluate(
      `(async (messages) => {
        for (const message of messages) window.postMessage(message, "*");
        const last = new MessageChannel().port1;
        const passed = new Promise((done) =>
          window.addEventListener("message", function after({ ports }) {
            if (ports.length === 0) return;
            window.removeEventListener("message", after);
            done();
          }));
        // Messages come in the order in which they were posted: after this one the page has heard all others.
        window.postMessage(undefined, "*", [last]);
        await passed;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      })(${JSON.stringify(messages)})`,
    );
  };
  return {
    page,
    show: (view, more) => send({ kind: "state", view, ...more }),
    send,
    posted: () => page.evaluate<readonly PanelMessage[]>("window.posted.splice(0)"),
    kept: () =>
      page.evaluate<PanelMemory | undefined>(`JSON.parse(sessionStorage.getItem("state")) ?? undefined`),
    reload: open,
  };
}
