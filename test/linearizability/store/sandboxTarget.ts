import { readOptions } from "../../../src/sandbox/options.ts";
import { startSandbox } from "../../../src/sandbox/sandbox.ts";
import { NAMESPACE } from "./leases.ts";
import { RequestFaults } from "./requestFaults.ts";
import type { Target } from "./target.ts";

const USERS = 24;

/** The sandbox in this process, with faults put before its door. Every client is a user of its own. */
export async function sandboxTarget(seed: number): Promise<Target> {
  const users = Array.from({ length: USERS }, (_, index) => `user${index}`);
  const options = readOptions(
    JSON.stringify({
      people: [...users, "quiet"],
      namespaces: [NAMESPACE],
      // As the real server remembers five minutes, so that the watch that is taken for the truth misses nothing.
      historyWindow: 1_000_000,
    }),
  );
  if (options === undefined) throw new Error("The sandbox's options cannot be read.");
  const requests = new RequestFaults(seed);
  const sandbox = await startSandbox(options, [requests.interceptor]);
  const { server, ca, tokens } = sandbox;
  // Several parts of a run ask for it, and one restart has to be over before the next.
  let restarted = Promise.resolve();
  return {
    name: "sandbox",
    access: { server, ca, tokens },
    users: ["user0", ...users.slice(1)],
    requests,
    restart: (downMs) => (restarted = restarted.then(() => sandbox.restart(downMs))),
    stop: () => sandbox.stop(),
  };
}
