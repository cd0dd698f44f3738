import { createInterface } from "node:readline";
import { readOptions } from "./options.ts";
import { startSandbox } from "./sandbox.ts";

/**
 * The sandbox as a program: options as one line of JSON on standard input, address, certificate and tokens as one
 * line of JSON on standard output. Ends on SIGTERM, and with its standard input unless it is detached.
 */
async function main(): Promise<void> {
  const input = createInterface({ input: process.stdin });
  const closed = new Promise<void>((resolve) => {
    input.once("close", resolve);
  });
  const line = await new Promise<string>((resolve) => {
    input.once("line", resolve);
    input.once("close", () => {
      resolve("");
    });
  });
  const options = readOptions(line);
  if (options === undefined) {
    console.error("The options on standard input are no JSON object.");
    process.exitCode = 2;
    return;
  }
  const sandbox = await startSandbox(options);
  const end = (): void => {
    void sandbox.stop().then(() => process.exit(0));
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  if (options.isDetached) {
    input.close();
    process.stdin.unref();
    setInterval(() => {
      if (Date.now() - sandbox.lastUsed() > options.idleSeconds * 1000) end();
    }, 10_000);
  } else {
    void closed.then(end);
  }
  const { server, ca, tokens } = sandbox;
  console.log(JSON.stringify({ server, ca, tokens }));
}

void main();
