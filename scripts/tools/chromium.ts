import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { unbrotli, unpackNpmPackage } from "./archives.ts";
import { cached, CannotProvide, type Say } from "./cache.ts";
import { CHROMIUM_PACKAGE } from "./catalogue.ts";
import { findOnPath } from "./run.ts";

/** A browser for Playwright to start. */
export interface Browser {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Not those of the package: they turn off what VS Code's webviews rely on. */
const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-zygote",
  "--font-render-hinting=none",
  "--disable-dev-shm-usage",
];

/** The font of the package first, so that screenshots look alike everywhere; the machine's for all other signs. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/** The browser that DEVDEPLOY_CHROMIUM names, else one out of npm (Linux x64), else one on PATH. */
export async function provideChromium(say: Say): Promise<Browser> {
  const named = process.env["DEVDEPLOY_CHROMIUM"];
  if (named !== undefined && named !== "") return { executablePath: named, args: ARGS, env: {} };
  if (process.platform === "linux" && process.arch === "x64") return chromiumOutOfNpm(say);
  const own = ["google-chrome", "chromium", "chrome"].map(findOnPath).find((path) => path !== undefined);
  if (own !== undefined) return { executablePath: own, args: ARGS, env: {} };
  throw new CannotProvide(
    "No browser for the tests: install Chrome and name its program in DEVDEPLOY_CHROMIUM.",
  );
}

async function chromiumOutOfNpm(say: Say): Promise<Browser> {
  const folder = await cached(
    `chromium-${CHROMIUM_PACKAGE.version}`,
    async (partial) => {
      const unpacked = join(partial, ".package");
      await unpackNpmPackage(CHROMIUM_PACKAGE, unpacked, say);
      say("Unpacking the browser (200 MB) …");
      const packed = join(unpacked, "bin");
      await unbrotli(join(packed, "chromium.br"), join(partial, "chromium"));
      await unbrotli(join(packed, "swiftshader.tar.br"), partial);
      await unbrotli(join(packed, "al2023.tar.br"), join(partial, "system"));
      await unbrotli(join(packed, "fonts.tar.br"), join(partial, "fonts"));
      await writeFile(join(partial, "fonts", "devdeploy.conf"), FONTS);
      await rm(unpacked, { recursive: true });
    },
    say,
  );
  return {
    executablePath: join(folder, "chromium"),
    args: ARGS,
    env: {
      LD_LIBRARY_PATH: join(folder, "system", "lib"),
      FONTCONFIG_FILE: join(folder, "fonts", "devdeploy.conf"),
    },
  };
}
