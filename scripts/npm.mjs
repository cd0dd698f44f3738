// How to start npm without a shell: plain Node, since it runs before anything is installed.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The program and arguments that run npm with these arguments. npm's own script is preferred, because Windows
 * can start `npm.cmd` only through a shell.
 *
 * @param {readonly string[]} args
 * @returns {readonly [string, readonly string[]]}
 */
export function npmCommand(args) {
  const candidates = [
    process.env["npm_execpath"] ?? "",
    join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js"),
    join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ];
  const cli = candidates.find((candidate) => candidate.endsWith("npm-cli.js") && existsSync(candidate));
  return cli === undefined ? ["npm", args] : [process.execPath, [cli, ...args]];
}
