import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { sayOnStderr } from "../../../scripts/tools/cache.ts";
import { provideChromium } from "../../../scripts/tools/chromium.ts";
import { surroundings } from "../../../scripts/tools/settings.ts";

const ARTIFACTS = fileURLToPath(new URL("../../../test-artifacts/", import.meta.url));

/** A page in a browser context of its own: its storage is nobody else's. */
export interface OwnPage {
  readonly page: Page;
  close(): Promise<void>;
}

let shared: Promise<Browser> | undefined;
let openPages = 0;

/** Opens an empty page; one browser serves all pages of this process and ends with the last of them. */
export async function openOwnPage(): Promise<OwnPage> {
  openPages += 1;
  const browser = await (shared ??= launch());
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  return { page, close: () => close(page, browser) };
}

/** Keeps a picture of the page in `test-artifacts/`; answers its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(ARTIFACTS, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  await page.screenshot({ path });
  return path;
}

async function launch(): Promise<Browser> {
  const { executablePath, args, env } = await provideChromium(sayOnStderr);
  return chromium.launch({ executablePath, args: [...args], env: { ...surroundings(), ...env } });
}

async function close(page: Page, browser: Browser): Promise<void> {
  // A page that is simply closed leaves its extension host behind for hours.
  await page.goto("about:blank");
  await page.context().close();
  openPages -= 1;
  if (openPages > 0) return;
  shared = undefined;
  await browser.close();
}
