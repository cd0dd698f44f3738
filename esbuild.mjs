// Builds the programs of the extension into dist/: `--watch` rebuilds on change, `--production` minifies.
// `--outdir=FOLDER` builds into another one, and `--only=NAME,NAME` only some of them.
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import esbuild from "esbuild";

const { values: options } = parseArgs({
  options: {
    watch: { type: "boolean", default: false },
    production: { type: "boolean", default: false },
    outdir: { type: "string" },
    only: { type: "string" },
  },
});
const isWatch = options.watch;
const isProduction = options.production;
const outdir = options.outdir ?? "dist";
const only = options.only?.split(",");

/**
 * Entries that load when first needed. A dynamic import of one in the source becomes a require of its own
 * bundle, since esbuild does not split CommonJS.
 */
const LAZY = { "src/cluster.ts": "cluster" };

/** @type {esbuild.Plugin} */
const lazyBundles = {
  name: "lazy-bundles",
  setup(build) {
    build.onResolve({ filter: /cluster\.ts$/ }, (found) =>
      found.kind === "dynamic-import"
        ? { path: `./${LAZY["src/cluster.ts"]}.cjs`, external: true }
        : undefined,
    );
  },
};

/** Prints problems as `file:line:column`, and the two lines that VS Code's background task waits for. */
/** @type {esbuild.Plugin} */
const problemMatcher = {
  name: "problem-matcher",
  setup(build) {
    build.onStart(() => {
      if (isWatch) console.log("[watch] build started");
    });
    build.onEnd((result) => {
      for (const { text, location } of result.errors) {
        console.error(`✘ ${location ? `${location.file}:${location.line}:${location.column}: ` : ""}${text}`);
      }
      if (isWatch) console.log("[watch] build finished");
    });
  },
};

/** @type {esbuild.BuildOptions} */
const shared = {
  bundle: true,
  minify: isProduction,
  sourcemap: "linked",
  legalComments: "none",
  logLevel: "silent",
  metafile: true,
  outdir,
  plugins: [lazyBundles, problemMatcher],
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...shared,
  platform: "node",
  format: "cjs",
  // The oldest supported VS Code (1.100) runs extensions on Node 20.
  target: "node20.18",
  outExtension: { ".js": ".cjs" },
  external: ["vscode"],
  // jsonc-parser's CommonJS build requires its parts by names that a bundle does not have.
  mainFields: ["module", "main"],
  supported: { "dynamic-import": false },
  // Libraries that are ES modules ask for their own address.
  define: { "import.meta.url": "importMetaUrl" },
  banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
};

/** Chromium of the oldest supported VS Code. */
const BROWSER = "chrome132";

/** @type {esbuild.BuildOptions} */
const browser = { platform: "browser", format: "iife", target: BROWSER };

/** @type {esbuild.BuildOptions[]} */
const all = [
  { ...node, entryPoints: { extension: "src/extension.ts" } },
  { ...node, entryPoints: { cluster: "src/cluster.ts" } },
  { ...node, entryPoints: { decoder: "src/adapters/helm/decodeThread.ts" } },
  { ...node, entryPoints: { sandbox: "src/sandbox/main.ts" } },
  { ...node, entryPoints: { supervisor: "src/supervisor/main.ts" } },
  {
    ...shared,
    ...browser,
    entryPoints: { webview: "webview-ui/src/main.ts" },
  },
  // Not through the program: the page asks for it by itself, before the program has come.
  { ...shared, entryPoints: { webview: "webview-ui/styles/panel.css" }, target: BROWSER },
];

/** Opens the panel in every state without VS Code (webview-ui/preview.html); no part of the extension. */
/** @type {esbuild.BuildOptions} */
const preview = { ...shared, ...browser, entryPoints: { "preview/preview": "webview-ui/preview/main.ts" } };
if (!isProduction) all.push(preview);

const programs = all.filter(
  ({ entryPoints }) =>
    only === undefined || Object.keys(entryPoints ?? {}).some((name) => only.includes(name)),
);

if (isWatch) {
  for (const program of programs) await (await esbuild.context(program)).watch();
} else {
  // A folder that somebody named may hold more than what is built.
  if (options.outdir === undefined) await rm(outdir, { recursive: true, force: true });
  const results = await Promise.all(programs.map((program) => esbuild.build(program)));
  const outputs = Object.assign({}, ...results.map(({ metafile }) => metafile.outputs));
  if (!isProduction) await writeFile(join(outdir, "meta.json"), JSON.stringify({ outputs }));
  for (const [file, { bytes }] of Object.entries(outputs)) {
    if (!file.endsWith(".map")) console.log(`${file}  ${(bytes / 1024).toFixed(1)} kB`);
  }
}
