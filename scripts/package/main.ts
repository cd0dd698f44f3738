import { readFile, rm, stat } from "node:fs/promises";
import { createVSIX } from "@vscode/vsce";
import { unzipSync } from "fflate";
import { CannotProvide } from "../tools/cache.ts";
import { run } from "../tools/run.ts";

/** All that may be in the package; a new kind of file has to be added here on purpose. */
const ALLOWED = [
  /^\[Content_Types\]\.xml$/u,
  /^extension\.vsixmanifest$/u,
  /^extension\/package(?:\.nls(?:\.[a-z-]+)?)?\.json$/u,
  /^extension\/(?:readme|changelog)\.md$/iu,
  /^extension\/LICENSE\.txt$/u,
  /^extension\/dist\/(?:extension|cluster|decoder|sandbox|supervisor)\.cjs$/u,
  /^extension\/dist\/webview\.(?:js|css)$/u,
  /^extension\/media\/[\w.-]+\.(?:svg|png|css|ttf)$/u,
  /^extension\/schemas\/[\w.-]+\.json$/u,
  /^extension\/l10n\/[\w.-]+\.json$/u,
];

/** Without these the extension does not start, or shows placeholders for its titles. */
const NEEDED = [
  ...[
    "extension.cjs",
    "cluster.cjs",
    "decoder.cjs",
    "sandbox.cjs",
    "supervisor.cjs",
    "webview.js",
    "webview.css",
  ].map((file) => `dist/${file}`),
  "package.nls.json",
].map((file) => `extension/${file}`);

/** Builds and packs the extension, then compares the package's files with the list above. */
export async function main(): Promise<number> {
  const built = await run(process.execPath, ["esbuild.mjs", "--production"]);
  if (built.exitCode !== 0) throw new CannotProvide(`The build failed:\n${built.stderr}`);

  const { name, version } = manifest(await readFile("package.json", "utf8"));
  const packagePath = `${name}-${version}.vsix`;
  await createVSIX({ dependencies: false, packagePath });

  const files = Object.keys(unzipSync(await readFile(packagePath)));
  const strangers = files.filter((file) => !ALLOWED.some((allowed) => allowed.test(file)));
  const missing = NEEDED.filter((file) => !files.includes(file));
  for (const file of files.sort()) console.log(`  ${file}`);
  if (strangers.length > 0 || missing.length > 0) {
    await rm(packagePath);
    throw new CannotProvide(
      [
        ...strangers.map((file) => `${file} does not belong into the package: see .vscodeignore.`),
        ...missing.map((file) => `${file} is missing in the package: see esbuild.mjs.`),
      ].join("\n"),
    );
  }
  console.log(
    `${packagePath}: ${files.length} files, ${((await stat(packagePath)).size / 1e6).toFixed(2)} MB`,
  );
  return 0;
}

function manifest(text: string): { readonly name: string; readonly version: string } {
  const value: unknown = JSON.parse(text);
  if (typeof value === "object" && value !== null && "name" in value && "version" in value) {
    return { name: String(value.name), version: String(value.version) };
  }
  throw new CannotProvide("package.json has no name or no version.");
}
