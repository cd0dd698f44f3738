import { register } from "node:module";

/**
 * Lets modules that import "vscode" load outside of it. Import this first, and the module under test with
 * `await import(…)`, since static imports are resolved before any of them runs.
 */
const stub = new URL("./vscode.mjs", import.meta.url).href;

register(
  `data:text/javascript,${encodeURIComponent(
    `export const resolve = (specifier, context, next) =>
       specifier === "vscode" ? { url: ${JSON.stringify(stub)}, shortCircuit: true } : next(specifier, context);`,
  )}`,
);
